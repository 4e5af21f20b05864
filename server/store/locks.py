"""Vendor locks: after a wrong login every later call of that account stops (vendor facts, error bodies).

A lock holds for the credentials that failed: other settings have another fingerprint, and are tried again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from server.store.covered import CoveredRows
from server.store.plans import Connection
from server.store.schema import VENDOR_LOCKS

LOCKS = CoveredRows(VENDOR_LOCKS)
_UNLOCK = LOCKS.deleting(delete(VENDOR_LOCKS).where(VENDOR_LOCKS.c.vendor == bindparam("this_vendor")))


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorLock:
    """Why and since when a vendor's account is not called; `fingerprint` stands for its credentials."""

    vendor: str
    fingerprint: str
    reason: str
    at: datetime


def lock_vendor(conn: Connection, vendor: str, fingerprint: str, reason: str, now: datetime) -> None:
    """Stop the calls of an account; a lock of older credentials is replaced."""
    unlock(conn, vendor)
    LOCKS.insert(conn, {"vendor": vendor, "fingerprint": fingerprint, "reason": reason, "at": now})


def vendor_lock(conn: Connection, vendor: str, fingerprint: str) -> VendorLock | None:
    """The lock that holds for these credentials."""
    table = VENDOR_LOCKS.c
    held = select(VENDOR_LOCKS).where(table.vendor == vendor, table.fingerprint == fingerprint)
    row = conn.execute(held).mappings().one_or_none()
    return None if row is None else VendorLock(**row)


def unlock(conn: Connection, vendor: str) -> bool:
    """Let the account be called again; False when it was not locked."""
    return LOCKS.delete(conn, _UNLOCK, {"this_vendor": vendor}) == 1
