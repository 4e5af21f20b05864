"""What the engine raises, in our words."""

from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from server.store.errors import StoreUnavailableError
from server.store.sqlite_driver import Error as SqliteError
from server.store.sqlite_driver import error_name

ENGINE_ERRORS: Final = (DBAPIError, PoolTimeoutError, SqliteError)
"""The last comes bare from rows that are taken from the driver itself (`audit.verify`)."""


def unavailable(error: Exception, doing: str) -> StoreUnavailableError:
    """Our error for the engine's; `doing` is opened, read or written.

    Raise it `from None`: the original's text can hold a path, a host or a row.
    """
    return StoreUnavailableError(f"the store could not be {doing} ({_code(error)}).")


def _code(error: Exception) -> str:
    """SQLite's name of the error, PostgreSQL's five letters, or what kind of error it is."""
    original = error.orig if isinstance(error, DBAPIError) else error
    known = error_name(original) or getattr(original, "sqlstate", None)
    return str(known or type(original).__name__)
