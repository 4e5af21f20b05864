"""Who may call EVERY8D, and how it says no: `-code,text`."""

from server.sandbox.state.accounts import Account
from server.sandbox.world import World

_FAILED_LOGINS_ALLOWED = 10


class RefusedError(Exception):
    """The platform refuses the whole call with a negative code and its text."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text


def log_in(world: World, uid: str, password: str) -> Account:
    """The account of a call. Raises RefusedError -300, -100, -101 or -999 (ten failed logins)."""
    if not uid or not password:
        raise RefusedError(-300, "帳號密碼不得為空")
    account = world.accounts.get(uid)
    if account is None:
        raise RefusedError(-100, "查無此帳號")
    if account.locked or account.failed_logins >= _FAILED_LOGINS_ALLOWED:
        raise RefusedError(-999, "帳號已被鎖定，請洽客服人員")
    if account.password != password:
        account.failed_logins += 1
        raise RefusedError(-101, "密碼錯誤")
    account.failed_logins = 0
    return account
