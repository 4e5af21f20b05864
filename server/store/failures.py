"""What a driver raises, in our words."""

from typing import Literal

from server.store.errors import StoreBusyError, StoreUnavailableError
from server.store.sqlite_driver import error_name
from tools.sentence import Sentence, sentence

Doing = Literal["opened", "read", "written"]
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")


def unavailable(error: BaseException, doing: Doing) -> StoreUnavailableError:
    """Our error for the driver's; `doing` is opened, read or written.

    The original, whose text can hold a path, a host or a row, is not told with it.
    """
    code = _code(error)
    kind = StoreBusyError if code.startswith(_BUSY) else StoreUnavailableError
    failed = kind(not_done(doing, code))
    failed.__suppress_context__ = True
    return failed


def not_done(doing: Doing, why: str) -> Sentence:
    """What could not be done with the store, and why."""
    match doing:
        case "opened":
            return sentence("the store could not be opened ({why}).", why=why)
        case "read":
            return sentence("the store could not be read ({why}).", why=why)
        case "written":
            return sentence("the store could not be written ({why}).", why=why)


def _code(error: BaseException) -> str:
    """SQLite's name of the error, PostgreSQL's five letters, or what kind of error it is."""
    # What a migration meets is wrapped by SQLAlchemy.
    original = getattr(error, "orig", None) or error
    known = error_name(original) or getattr(original, "sqlstate", None)
    return str(known or type(original).__name__)
