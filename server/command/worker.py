"""`campaign-ops-mcp worker`: carries campaigns out, beside any number of servers."""

import logging
import os
import secrets
import socket
import sys
from contextlib import ExitStack, suppress
from functools import partial
from typing import Annotated

import anyio
import anyio.to_thread
import typer

from server.campaigns.arenas import share_arenas
from server.campaigns.course import ROUND, Course
from server.campaigns.engine import Engine
from server.campaigns.local import lock_of
from server.campaigns.part_makers import InProcess
from server.campaigns.worker import Worker
from server.command.common import parts_over
from server.command.options import Config, run, settings_from
from server.delivery.poller import keep_asking
from server.file_locks import held_alone
from server.folders import folder_of
from server.gate.campaign_chunks import ChunkSender
from server.logs.logs import configure_logging
from server.settings.secrets import secrets_of
from server.settings.settings import Settings, load_settings
from server.store.errors import StoreUnavailableError
from server.store.files import private_directory
from server.supervision import supervised
from server.systems import until_signal
from tools.sentence import sentence

_LOCAL = "local"
"""The worker of a store on one machine: there is one at a time, so whoever comes goes on as the last one."""
_log = logging.getLogger(__name__)


def worker(
    *,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help=sentence("End when no campaign is left to carry out."))
    ] = False,
    settings_from_stdin: Annotated[bool, typer.Option("--settings-from-stdin", hidden=True)] = False,
    config: Config = None,
) -> None:
    """Carry campaigns out: start it beside the server, on any machine that reaches the store."""
    given = settings_from(sys.stdin) if settings_from_stdin else load_settings(config)
    run(lambda: carry_campaigns_out(given, until_idle=until_idle))


async def carry_campaigns_out(settings: Settings, *, until_idle: bool) -> None:
    """Work until a signal comes; with `until_idle` until no campaign runs."""
    share_arenas()
    configure_logging(settings.log_level, secrets_of(settings))
    url = settings.store.url.get_secret_value()
    local = not url.startswith("postgresql")
    folder = folder_of(settings)
    await anyio.to_thread.run_sync(private_directory, folder)
    with ExitStack() as stack:
        if local and not stack.enter_context(held_alone(lock_of(settings))):
            _log.info("a worker of this store runs already")
            return
        name = _LOCAL if local else f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        own = f"sqlite:///{folder / 'campaigns.sqlite3'}" if local else url
        await _carry_out(settings, own, name, until_idle=until_idle)


async def _carry_out(settings: Settings, url: str, name: str, *, until_idle: bool) -> None:
    async with parts_over(settings) as parts, anyio.create_task_group() as group:

        async def end_on_signal() -> None:
            _log.info("ending on %s", await until_signal())
            group.cancel_scope.cancel()

        maker = InProcess(group)
        # It takes as long to begin as the engine and the first claims do.
        with suppress(StoreUnavailableError):
            maker.expect(await parts.campaigns.waiting_now(ROUND))
        course = Course(parts.campaigns, ChunkSender(parts.context, maker))
        engine = Engine(url, name, course.wave)
        engine.launch()
        try:
            group.start_soon(end_on_signal)
            group.start_soon(parts.work)
            # Where nobody calls back, a trial is known by asking.
            group.start_soon(supervised, "the asking for batches", partial(keep_asking, parts))
            carrying = Worker(parts.memory.keeper, name, engine.carry_out, parts.book)
            await carrying.work(until_idle=until_idle)
            group.cancel_scope.cancel()
        finally:
            engine.close()
