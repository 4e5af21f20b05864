"""Starts a server as its command was given: settings, sandbox, transport."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio

from server.folders import sandbox_store
from server.late_parts import LateParts, running
from server.listening import say
from server.logs.logs import configure_logging
from server.mcp.app import build_server
from server.mcp.prompts import PromptServer
from server.mcp.transports import serve_stdio
from server.settings.language import language_of
from server.settings.own_command import with_own_commands
from server.settings.secrets import secrets_of
from server.settings.settings import Settings, SettingsError, load_settings
from server.supervision import supervised
from tools.sentence import sentence

SANDBOX_LOGIN = "sandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What the command line asked for."""

    sandbox: bool
    http: bool
    port: int
    toolsets: str
    read_only: bool
    config: Path | None

    async def run(self) -> None:
        """Serve until the client leaves or a signal comes.

        Raises:
            SettingsError: a setting or an option cannot be used; it may come in groups of a task group.
        """
        if not self.http and (sys.stdin is None or sys.stdout is None):
            raise SettingsError(
                sentence(
                    "serve: stdin or stdout is closed, and MCP over stdio needs both. Let an MCP client "
                    "start this command, or serve with --http."
                )
            )
        if not self.sandbox:
            await self._serve(load_settings(self._config(), **self._options()))
            return
        async with embedded_sandbox(self._config()) as accounts:
            await self._serve(load_settings(self._config(), sandbox=accounts, **self._options()))

    def _config(self) -> Path | None:
        """A client starts this in the folder that it has open: what stands there is not to be trusted."""
        if self.config is not None and not self.config.is_absolute():
            raise SettingsError(sentence("--config: is not a whole path. `serve` needs it from the root on."))
        return self.config

    def _options(self) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        if self.toolsets:
            chosen["toolsets"] = self.toolsets
        if self.read_only:
            chosen["policy"] = {"read_only": True}
        return chosen

    async def _serve(self, settings: Settings) -> None:
        own_words = partial(with_own_commands, settings)
        configure_logging(settings.log_level, secrets_of(settings), own_words)
        parts = LateParts(settings)
        server = build_server(parts)
        if self.http:
            # It stays for long, and callbacks may come at once: nobody waits for its list of tools alone.
            await parts.opened()
        configure_logging(settings.log_level, secrets_of(settings), own_words)
        async with running(parts), anyio.create_task_group() as beside:
            beside.start_soon(receive_callbacks, parts)
            beside.start_soon(_keep_campaigns_going, parts)
            if settings.console.enabled:
                beside.start_soon(_show_the_page, parts)
            if settings.callbacks.ask and settings.every8d is not None:
                beside.start_soon(_ask_for_batches, parts)
            if self.http:
                await _serve_http(server, parts, self.port)
            else:
                await serve_stdio(server)
            beside.cancel_scope.cancel()


@asynccontextmanager
async def embedded_sandbox(config: Path | None) -> AsyncGenerator[dict[str, Any]]:
    """A sandbox in this process, and the settings that point both vendors at it."""
    from server.sandbox.run import running_sandbox  # noqa: PLC0415 - only with --sandbox

    async with running_sandbox() as url:
        say(sentence("sandbox at {url}: nothing real is sent", url=url), language_of(config))
        yield sandbox_accounts(url)


def sandbox_accounts(url: str) -> dict[str, Any]:
    """The sandbox's account at both vendors, and a store apart from the real one."""
    return {
        "store": sandbox_store(),
        "every8d": {"base_url": url, "uid": SANDBOX_LOGIN, "password": SANDBOX_LOGIN},
        "omis": {"base_url": url, "login_name": SANDBOX_LOGIN, "password": SANDBOX_LOGIN},
    }


async def _serve_http(server: PromptServer, parts: LateParts, port: int) -> None:
    from server.mcp.http_transport import serve_http  # noqa: PLC0415 - stdio needs none of it

    def announce(url: str) -> None:
        say(sentence("serving MCP at {url}", url=url), parts.settings.language)

    await serve_http(server, await parts.opened(), port, announce)


async def receive_callbacks(late: LateParts) -> None:
    """Receive what the vendor reports, as soon as there is a secret, until cancelled."""
    given = bool(late.settings.callbacks.token.get_secret_value())
    if not given:
        await late.wanted()
    parts = await late.opened()

    async def receive() -> None:
        # Without a secret nothing is received. It is looked for again: one may be issued meanwhile.
        if given or await parts.callback_tokens.in_force():
            await (await late_work()).serve_callbacks(parts)

    await supervised("the receiver of delivery reports", receive)


async def _ask_for_batches(late: LateParts) -> None:
    await late.wanted()
    parts, work = await late.opened(), await late_work()
    await supervised("the asking for batches", partial(work.keep_asking, parts))


async def _show_the_page(late: LateParts) -> None:
    await late.wanted()
    parts, work = await late.opened(), await late_work()
    await supervised("the page for people", partial(work.keep_the_page, parts))


async def late_work() -> ModuleType:
    """What is done beside the calls, imported in a thread."""

    def imported() -> ModuleType:
        from server import late_work as work  # noqa: PLC0415 - the door

        return work

    return await anyio.to_thread.run_sync(imported)


async def _keep_campaigns_going(late: LateParts) -> None:
    await late.wanted()
    parts = await late.opened()
    await supervised("the start of a worker", parts.keep_campaigns_going)
