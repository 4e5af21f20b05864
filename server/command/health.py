"""`campaign-ops-mcp health`: for what watches over a server, such as a container's engine.

It asks no vendor and writes nothing into the audit: it may run every minute. `doctor` says more.
"""

import json
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Annotated, Any

import anyio.to_thread
import typer
from sqlalchemy import text

from server.command.common import FAILED, OK, parts_over, settings_of
from server.command.examining.finding import Finding, failed, right
from server.command.examining.store import where
from server.command.options import Config, Sandbox, run
from server.command.terminal import Terminal
from server.folders import store_url_of
from server.mcp.server_card import PATH
from server.settings.settings import Settings
from server.store.engine import is_sqlite, read_url
from server.store.errors import StoreUnavailableError
from tools.sentence import reason_of, sentence

_ANSWER_SECONDS = 5.0
_LOOPBACK = "127.0.0.1"
_MOST_BYTES = 10_000
_OURS = "campaign-ops-mcp"


async def healthy(config: Path | None, port: int | None, *, sandbox: bool) -> int:
    """Print what was found; 0 only where the store is read and, with a port, our server answers there."""
    settings = settings_of(config, sandbox=sandbox)
    out = Terminal(settings.language)
    found = [await _of_store(settings)]
    if port is not None:
        found.append(await anyio.to_thread.run_sync(_of_server, port))
    for finding in found:
        out.say(finding.line(out.language))
    return OK if all(finding.state == "ok" for finding in found) else FAILED


async def _of_store(settings: Settings) -> Finding:
    topic = sentence("store")
    if _is_not_made(settings):
        return failed(topic, sentence("There is none yet: {where}.", where=where(settings)))
    try:
        async with parts_over(settings) as parts:
            await parts.memory.keeper.read(lambda conn: conn.execute(text("SELECT 1")).scalars().all())
    except StoreUnavailableError as error:
        return failed(topic, reason_of(error))
    return right(topic, sentence("{where} can be read.", where=where(settings)))


def _is_not_made(settings: Settings) -> bool:
    """Whether to look into the store would make it: a file that is not there."""
    url = read_url(store_url_of(settings))
    return is_sqlite(url) and not Path(str(url.database)).is_file()


def _of_server(port: int) -> Finding:
    topic, address = sentence("server"), f"{_LOOPBACK}:{port}"
    if _name_at(port) == _OURS:
        return right(topic, sentence("It answers at {address}.", address=address))
    return failed(topic, sentence("No server of ours answers at {address}.", address=address))


def _name_at(port: int) -> object:
    """What the server there calls itself by its card; None where there is none."""
    door = HTTPConnection(_LOOPBACK, port, timeout=_ANSWER_SECONDS)
    try:
        door.request("GET", PATH)
        card: Any = json.loads(door.getresponse().read(_MOST_BYTES))
        return card["serverInfo"]["name"]
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        return None
    finally:
        door.close()


def health(
    *,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=1, max=65535, help=sentence("That of `serve --http`, which has to answer.")
        ),
    ] = None,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Say whether the store is there and the server answers; asks no vendor."""
    raise SystemExit(run(partial(healthy, config, port, sandbox=sandbox)))
