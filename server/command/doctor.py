"""`campaign-ops-mcp doctor`: settings, store, hosts, logins, folders and callbacks, one line each.

Each account's login is tried once, and never while the store cannot remember that it was refused: repeated
wrong logins lock the customer's account.
"""

from collections.abc import AsyncGenerator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread

from server.command.common import FAILED, OK, parts_over
from server.command.examining.accounts import of_clock, of_login
from server.command.examining.finding import Finding, failed, right
from server.command.examining.hosts import of_host
from server.command.examining.origins import of_settings
from server.command.examining.passkeys import of_passkeys
from server.command.examining.phone import of_phone
from server.command.examining.places import of_callbacks, of_images, of_reports
from server.command.examining.store import of_audit, of_store
from server.command.options import Config, Sandbox, run
from server.command.terminal import terminal
from server.logs.logs import configure_logging
from server.mcp.app import offered
from server.serving import embedded_sandbox
from server.settings.own_command import with_own_commands
from server.settings.secrets import secrets_of
from server.settings.settings import Settings, SettingsError, load_settings
from tools.operation import Vendor
from tools.sentence import plural, sentence


async def examine(config: Path | None, *, sandbox: bool = False) -> int:
    """Print one line for each thing that has to be right; 0 only if nothing fails.

    With `sandbox` it is about `serve --sandbox`, over simulated vendors of its own.
    """
    if sandbox:
        async with embedded_sandbox(config) as accounts:
            return await _examine(config, accounts)
    return await _examine(config, {})


async def _examine(config: Path | None, sandbox: Mapping[str, Any]) -> int:
    out = terminal(config)
    try:
        settings = load_settings(config, sandbox=sandbox)
        tools = offered(settings)
    except SettingsError as error:
        for line in error.lines:
            out.say(failed(sentence("settings"), line).line(out.language))
        return FAILED
    code = OK
    async for finding in _findings(settings, len(tools)):
        out.say(with_own_commands(settings, finding.line(out.language)))
        code = FAILED if finding.state == "failed" else code
    return code


async def _findings(settings: Settings, tools: int) -> AsyncGenerator[Finding]:
    configure_logging("CRITICAL", secrets_of(settings))
    yield right(sentence("settings"), plural("{count} tool is offered.", "{count} tools are offered.", tools))
    for finding in of_settings(settings.origins):
        yield finding
    async with parts_over(settings) as parts:
        store = await of_store(parts)
        yield store
        if store.state == "ok":
            async for finding in of_audit(parts):
                yield finding
        logins: dict[Vendor, Finding] = {}
        for vendor, base_url in _accounts(settings):
            host = await of_host(vendor, base_url)
            yield host
            login = await of_login(parts, vendor, _why_not(store, host))
            logins[vendor] = login
            yield login
            if login.state != "off":
                yield of_clock(parts, vendor)
        if parts.book.passkeys.needs_some and store.state == "ok":
            yield await of_passkeys(parts)
        if parts.book.phone.number:
            yield await of_phone(parts, logins.get("every8d"))
    yield await anyio.to_thread.run_sync(of_images, settings)
    yield await anyio.to_thread.run_sync(of_reports, settings)
    yield of_callbacks(settings)


def _accounts(settings: Settings) -> list[tuple[Vendor, str]]:
    every8d, omis = settings.every8d, settings.omis
    found: list[tuple[Vendor, str]] = [("every8d", every8d.base_url)] if every8d else []
    return [*found, ("omis", omis.base_url)] if omis else found


def _why_not(store: Finding, host: Finding) -> str:
    if store.state == "failed":
        return sentence("without the store a refused login could not be remembered.")
    return sentence("the host is not reached.") if host.state == "failed" else ""


def doctor(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """Check settings, reachability and login of both vendors; one line each, with what to do."""
    raise SystemExit(run(partial(examine, config, sandbox=sandbox)))
