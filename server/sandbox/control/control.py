"""The control endpoints below /_sandbox: for tests and for people, never a vendor's."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.sandbox.callback_target import CallbackTarget
from server.sandbox.control import control_input as take
from server.sandbox.control.control_input import WrongInputError, read
from server.sandbox.control.faults import REFUSE
from server.sandbox.control.state_view import state_view
from server.sandbox.delivery import reply
from server.sandbox.phone_numbers import read_number
from server.sandbox.sandbox import Sandbox
from server.sandbox.state.accounts import Account, Manager
from server.sandbox.state.fault_list import Fault
from server.sandbox.state.messages import Reply

Handler = Callable[[Sandbox, Request], Awaitable[Response]]


def control_app(sandbox: Sandbox) -> Starlette:
    """All control endpoints as one application."""
    routes = [
        Route(f"/_sandbox/{name}", _bound(sandbox, handler), methods=[method])
        for method, name, handler in _ROUTES
    ]
    return Starlette(routes=routes)


def _bound(sandbox: Sandbox, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return await handler(sandbox, request)
        except WrongInputError as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return endpoint


def _done(**facts: object) -> Response:
    return JSONResponse({"ok": True, **facts})


async def _reset(sandbox: Sandbox, _: Request) -> Response:
    sandbox.reset()
    return _done()


async def _clock(sandbox: Sandbox, request: Request) -> Response:
    given = await read(request, take.ClockInput)
    if given.date_offset_seconds is not None:
        sandbox.world.clock.date_offset = timedelta(seconds=given.date_offset_seconds)
    await sandbox.advance(given.advance_seconds or 0)
    return _done(now=sandbox.world.clock.now().isoformat())


async def _faults(sandbox: Sandbox, request: Request) -> Response:
    given = await read(request, take.FaultInput)
    if given.fault == REFUSE:
        return _refuse(sandbox, given.seconds)
    path = given.path.rsplit("/", 1)[-1].lower()
    fault = Fault(
        path=path,
        name=given.fault,
        times=given.times,
        after=given.after,
        seconds=given.seconds,
        processed=given.processed,
    )
    sandbox.world.faults.add(fault)
    return _done()


def _refuse(sandbox: Sandbox, seconds: float) -> Response:
    """Answered first; then nobody can connect, and this connection is not kept either."""

    async def refuse() -> None:
        sandbox.refuse(seconds)

    task = BackgroundTask(refuse)
    return JSONResponse({"ok": True}, headers={"Connection": "close"}, background=task)


async def _callbacks(sandbox: Sandbox, request: Request) -> Response:
    given = await read(request, take.CallbackInput)
    target = None
    if given.url is not None:
        options = given.model_dump(exclude={"uid"})
        target = CallbackTarget(**options)
    _account(sandbox, given.uid).callback = target
    return _done()


async def _reply(sandbox: Sandbox, request: Request) -> Response:
    given = await read(request, take.ReplyInput)
    world, mobile = sandbox.world, read_number(given.mobile).listed
    sender = mobile if given.sender is None else read_number(given.sender).listed
    for batch in reversed(world.batches.values()):
        if given.batch_id not in (None, batch.batch_id):
            continue
        for message in reversed(batch.messages):
            if message.mobile == mobile and message.sent:
                said = Reply(text=given.text, received=world.clock.now(), sender=sender)
                reply(world, batch, message, said)
                await world.outbox.drained()
                return _done(batch_id=batch.batch_id)
    raise WrongInputError("mobile: nothing was sent to this number")


async def _credit(sandbox: Sandbox, request: Request) -> Response:
    given = await read(request, take.CreditInput)
    points = Decimal(str(given.points))
    if given.login is not None:
        manager = _manager(sandbox, given.login)
        manager.points += points
        return _done(points=float(manager.points))
    account = _account(sandbox, given.uid or "sandbox")
    account.credit += points
    return _done(points=float(account.credit))


async def _change_account(sandbox: Sandbox, request: Request) -> Response:
    given = await read(request, take.AccountInput)
    account = _account(sandbox, given.uid)
    for name, value in given.model_dump(exclude={"uid"}, exclude_none=True).items():
        setattr(account, name, value)
    if given.locked is False:
        account.failed_logins = 0
    return _done()


async def _omis(sandbox: Sandbox, request: Request) -> Response:
    given = await read(request, take.OmisInput)
    for name, value in given.model_dump(exclude_none=True).items():
        setattr(sandbox.world.omis, name, value)
    return _done()


async def _log(sandbox: Sandbox, _: Request) -> Response:
    return JSONResponse([entry.as_json() for entry in sandbox.world.log.entries])


async def _clear_log(sandbox: Sandbox, _: Request) -> Response:
    sandbox.world.log.clear()
    return _done()


async def _state(sandbox: Sandbox, _: Request) -> Response:
    sandbox.world.clock.run_due()
    return JSONResponse(state_view(sandbox.world))


def _account(sandbox: Sandbox, uid: str) -> Account:
    account = sandbox.world.accounts.get(uid)
    if account is None:
        raise WrongInputError("uid: no such account")
    return account


def _manager(sandbox: Sandbox, login: str) -> Manager:
    manager = sandbox.world.managers.get(login.lower())
    if manager is None:
        raise WrongInputError("login: no such account")
    return manager


_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "reset", _reset),
    ("POST", "clock", _clock),
    ("POST", "faults", _faults),
    ("POST", "callbacks", _callbacks),
    ("POST", "reply", _reply),
    ("POST", "credit", _credit),
    ("POST", "account", _change_account),
    ("POST", "omis", _omis),
    ("GET", "log", _log),
    ("DELETE", "log", _clear_log),
    ("GET", "state", _state),
)
