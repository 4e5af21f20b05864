"""Which SQLite is used: the one that pysqlite3 brings where there is a wheel, else Python's own.

Python 3.11 often comes with a SQLite whose WAL can be corrupted by two connections, so that every commit
would have to truncate a journal, with three waits for the disk in place of one (decision 0004).
"""

import importlib
import sqlite3
from types import ModuleType


def _best() -> ModuleType:
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


SQLITE = _best()
"""A DB-API module of SQLite."""


def sqlite_version() -> tuple[int, int, int]:
    """The version of the library that the store's files are opened with."""
    major, minor, patch = SQLITE.sqlite_version_info
    return major, minor, patch
