"""What a driver raises, in our words."""

from server.store.errors import StoreUnavailableError
from server.store.sqlite_driver import error_name


def unavailable(error: BaseException, doing: str) -> StoreUnavailableError:
    """Our error for the driver's; `doing` is opened, read or written.

    The original, whose text can hold a path, a host or a row, is not told with it.
    """
    failed = StoreUnavailableError(f"the store could not be {doing} ({_code(error)}).")
    failed.__suppress_context__ = True
    return failed


def _code(error: BaseException) -> str:
    """SQLite's name of the error, PostgreSQL's five letters, or what kind of error it is."""
    # What a migration meets is wrapped by SQLAlchemy.
    original = getattr(error, "orig", None) or error
    known = error_name(original) or getattr(original, "sqlstate", None)
    return str(known or type(original).__name__)
