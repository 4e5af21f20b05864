"""Opening the database of a URL: migrated, and with its driver."""

from pathlib import Path
from types import ModuleType

from sqlalchemy import URL

from server.file_locks import LockHeldError
from server.store.engine import is_sqlite, read_url
from server.store.errors import StoreUnavailableError
from server.store.failures import not_done, unavailable
from server.store.migrate import open_and_migrate
from server.store.plans import Connection
from server.store.runners import Runner
from server.store.sqlite import SqliteConnection
from tools.sentence import reason_of, sentence

_UTF8 = "UTF8"


class SqliteFile:
    """A file, as long as its name means the same one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened = _identity(path)

    def connect(self, *, reads: bool, patient: bool = True) -> Connection:
        """See `Database.connect`."""
        return SqliteConnection(str(self._path), reads=reads, patient=patient)

    def is_gone(self) -> bool:
        """See `Database.is_gone`."""
        return _identity(self._path) != self._opened


class PostgresServer:
    """A database of a server; whether it is the same one is the server's affair."""

    def __init__(self, url: URL) -> None:
        self._url = url

    def check(self) -> None:
        """See that it keeps text as UTF-8: in another encoding some text comes back changed, or not at all.

        Raises:
            StoreUnavailableError: it does not.
        """
        encoding = _driver().encoding_of(self._url)
        if encoding != _UTF8:
            why = sentence("the database's encoding is {encoding}, and has to be UTF8", encoding=encoding)
            raise StoreUnavailableError(not_done("opened", why))

    def connect(self, *, reads: bool, patient: bool = True) -> Connection:
        """See `Database.connect`."""
        return _driver().PostgresConnection(self._url, reads=reads)

    def is_gone(self) -> bool:
        """See `Database.is_gone`."""
        return False


def _driver() -> ModuleType:
    from server.store import postgres  # noqa: PLC0415 - its driver is optional

    return postgres


def open_runner(url: str) -> Runner:
    """Open and migrate the database of this URL; blocks, so call it in a thread.

    Raises:
        StoreUnavailableError: it cannot be opened.
    """
    try:
        parsed = read_url(url)
        if is_sqlite(parsed):
            open_and_migrate(parsed)
            return Runner(SqliteFile(Path(str(parsed.database))), glances=True)
        server = PostgresServer(parsed)
        server.check()
        open_and_migrate(parsed)
        return Runner(server, glances=False)
    except (LockHeldError, ValueError) as error:
        raise StoreUnavailableError(reason_of(error)) from None
    except StoreUnavailableError:
        raise
    except Exception as error:  # noqa: BLE001 - a driver's, SQLAlchemy's or the system's: its text stays here
        raise unavailable(error, "opened") from None


def _identity(file: Path) -> tuple[int, int] | None:
    """Which file this name means now; None when there is none."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
