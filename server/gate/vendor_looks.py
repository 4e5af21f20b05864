"""What a look of the desk may not overlook although its failure is no error."""

from server.vendors.vendors import Vendors
from tools.problems import RefusedError


async def note_refused_login(vendors: Vendors, error: Exception) -> None:
    """A refused login stops every later call of EVERY8D: repeated ones lock the account."""
    if isinstance(error, RefusedError) and error.problem.code == "login_refused":
        await vendors.lock("every8d", error.problem.vendor_code or "?")
