"""`campaign-ops-mcp console`: the page for people, opened in the browser of this machine."""

import secrets
import webbrowser
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import anyio.to_thread
import httpx2 as httpx
import typer

from server.command.common import OK, parts_of, person
from server.command.options import Config, Sandbox, run
from server.command.terminal import Terminal
from server.console.listening import bind, show
from server.console.passes import Passes
from server.parts import Parts
from server.settings.page_address import HOST, Address, port_of
from server.systems import can_open_a_browser, until_signal
from tools.sentence import sentence

_ASKED_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The page's link, shown in the terminal and opened."""

    parts: Parts
    terminal: Terminal
    browser: bool

    async def open(self, address: Address) -> None:
        """Make a link that is used once, and open it."""
        passes = Passes(self.parts.memory.keeper)
        link = f"{address.origin}/enter/{await passes.link(person())}"
        self.terminal.say(sentence("Open this within a minute; it works once: {link}", link=link))
        if self.browser and can_open_a_browser():
            await anyio.to_thread.run_sync(webbrowser.open, link, abandon_on_cancel=True)

    async def is_shown(self, address: Address) -> bool | None:
        """Whether a server of this store shows the page there; None where nobody answers."""
        nonce = secrets.token_urlsafe(16)
        url = f"http://127.0.0.1:{address.port}/whose/{nonce}"
        try:
            async with httpx.AsyncClient(timeout=_ASKED_SECONDS, trust_env=False) as client:
                answer = await client.get(url, headers={"Host": f"{HOST}:{address.port}"})
        except httpx.TransportError:
            return None
        expected = await Passes(self.parts.memory.keeper).mark(nonce)
        return answer.is_success and secrets.compare_digest(answer.text.encode(), expected.encode())


async def console(config: Path | None, *, sandbox: bool, browser: bool) -> int:
    """Open the page of a server that runs, or show it until Ctrl-C; the exit code."""
    async with parts_of(config, sandbox=sandbox) as parts:
        opening = Opening(parts=parts, terminal=Terminal(parts.settings.language), browser=browser)
        port = port_of(parts.settings)
        shown = await opening.is_shown(Address(port=port)) if port else None
        if shown:
            await opening.open(Address(port=port))
            return OK
        await _show(opening, port)
    return OK


async def _show(opening: Opening, port: int) -> None:
    """Show the page from here; on another port where this one is taken by something else."""
    try:
        bound = bind(port)
    except OSError:
        bound = bind(0)
        opening.terminal.say(
            sentence(
                "Port {port} is another program's, or another store's page: this one is shown beside it.",
                port=str(port),
            )
        )
    opening.terminal.say(sentence("The page is shown until Ctrl-C."))
    ready = anyio.Event()
    addresses: list[Address] = []

    def note(address: Address) -> None:
        addresses.append(address)
        ready.set()

    async with anyio.create_task_group() as group:

        async def end_on_signal() -> None:
            await until_signal()
            group.cancel_scope.cancel()

        group.start_soon(end_on_signal)
        group.start_soon(opening.parts.work)
        group.start_soon(show, opening.parts, bound, note)
        await ready.wait()
        await opening.open(addresses[0])


def console_command(
    *,
    no_browser: Annotated[bool, typer.Option("--no-browser", help=sentence("Only say where it is."))] = False,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Open the page on which a person sees, approves and stops."""
    raise SystemExit(run(partial(console, config, sandbox=sandbox, browser=not no_browser)))
