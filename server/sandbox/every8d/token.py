"""ConnectionHandler of newer hosts (not in 003_; public clients use it): tokens in place of UID and PWD."""

import secrets
from datetime import timedelta

from server.sandbox.every8d.json import read_body
from server.sandbox.every8d.login import RefusedError, log_in
from server.sandbox.state.accounts import Account, Token
from server.sandbox.vendor_call import VendorCall
from server.sandbox.world import World

LIFETIME = timedelta(hours=8)
"""Our reading: clients fetch a new one every eight hours."""
_HANDLER = "3"
_GET, _CHECK, _CLOSE = "1", "2", "3"


def connect(world: World, call: VendorCall) -> dict[str, object]:
    """HandlerType 3 with VerifyType 1 gives a token for UID and PWD, 2 checks it, 3 closes it.

    Raises RefusedError -99 for any other type, and those of a login.
    """
    body = read_body(call.body)
    if body.text("HandlerType") != _HANDLER:
        raise RefusedError(-99, "HandlerType錯誤")
    verify = body.text("VerifyType")
    if verify == _GET:
        return {"Result": True, "Msg": _issue(world, log_in(world, body.text("UID"), body.text("PWD")))}
    if verify not in (_CHECK, _CLOSE):
        raise RefusedError(-99, "VerifyType錯誤")
    token = _bearer(call) or ""
    _account_by(world, token)
    if verify == _CLOSE:
        del world.tokens[token]
    return {"Result": True}


def account_of(world: World, call: VendorCall, uid: str, password: str) -> Account:
    """The account of a call: by its token if it brings one, else by UID and PWD. Raises RefusedError."""
    token = _bearer(call)
    return log_in(world, uid, password) if token is None else _account_by(world, token)


def _issue(world: World, account: Account) -> str:
    token = secrets.token_urlsafe(32)
    world.tokens[token] = Token(uid=account.uid, expires=world.clock.now() + LIFETIME)
    return token


def _bearer(call: VendorCall) -> str | None:
    scheme, _, token = dict(call.headers).get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _account_by(world: World, token: str) -> Account:
    """A token that is unknown, closed or too old is a failed login, which nobody counts (our reading)."""
    found = world.tokens.get(token)
    if found is None or found.expires <= world.clock.now():
        raise RefusedError(-101, "憑證無效或已逾時")
    account = world.accounts[found.uid]
    if account.locked:
        raise RefusedError(-999, "帳號已被鎖定，請洽客服人員")
    return account
