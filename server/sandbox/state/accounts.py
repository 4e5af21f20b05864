"""The accounts that the sandbox knows, on both vendors."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from server.sandbox.callback_target import CallbackTarget

START_CREDIT = Decimal(10000)


@dataclass(slots=True, kw_only=True)
class Account:
    """An EVERY8D account. Mutable: its credit and its failed logins change."""

    uid: str
    password: str
    credit: Decimal = START_CREDIT
    international: bool = False
    legacy: bool = False
    locked: bool = False
    failed_logins: int = 0
    callback: CallbackTarget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What ConnectionHandler gives in place of UID and PWD, for some hours."""

    uid: str
    expires: datetime


@dataclass(slots=True, kw_only=True)
class Manager:
    """An OMIS API login with the points that its jobs use."""

    login: str
    password: str
    points: Decimal = START_CREDIT
    licensed: bool = True


def every8d_accounts() -> dict[str, Account]:
    """A fresh set of EVERY8D accounts, by UID, which is also the password."""
    accounts = {name: Account(uid=name, password=name) for name in ("sandbox", "empty", "legacy", "locked")}
    accounts["sandbox"].international = True
    accounts["empty"].credit = Decimal(2)
    accounts["legacy"].legacy = True
    accounts["locked"].locked = True
    return accounts


def omis_managers() -> dict[str, Manager]:
    """A fresh set of OMIS logins; their names have no case (000_, 關於本文件 3)."""
    managers = {name: Manager(login=name, password=name) for name in ("sandbox", "nolicence")}
    managers["nolicence"].licensed = False
    return managers
