"""`campaign-ops-mcp doctor`: settings, store, hosts, logins, folders and callbacks, one line each.

Each account's login is tried once, and never while the store cannot remember that it was refused: repeated
wrong logins lock the customer's account.
"""

import socket
import ssl
import tempfile
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

import anyio
import anyio.to_thread

from server.command.common import FAILED, OK, console, parts_over, person
from server.command.comparison import examined, put_back
from server.command.options import Config, Sandbox, run
from server.folders import folder_of, head_file_of, reports_folder
from server.gate.caller import Caller
from server.gate.words.answers import Answer
from server.ledger.notes import Note
from server.logs.logs import configure_logging
from server.logs.number_masking import mask_numbers
from server.mcp.app import offered
from server.parts import Parts
from server.serving import embedded_sandbox, secrets_of
from server.settings.file import users_file
from server.settings.layers import ENVIRONMENT, SANDBOX, Origins
from server.settings.own_command import with_own_commands
from server.settings.settings import Settings, SettingsError, load_settings
from server.store.engine import is_sqlite, read_url
from server.store.errors import StoreUnavailableError
from server.store.head_file import read_head
from server.store.keys import KeyFileError
from server.systems import reserve_address
from server.vendors.clock import REFUSED, WARNED, minutes
from server.vendors.exchange import NotSentError, why_not_reached
from server.vendors.network import tls_context
from server.vendors.proxies import UnusableProxyError, proxy_for
from tools.desk_operation import AnyOperation
from tools.every8d.credit import QUERY_CREDIT
from tools.omis.report_queries import list_updating_reports
from tools.operation import Vendor

_CONNECT_SECONDS = 5.0
_MARKS = {"ok": "✓", "off": "–", "failed": "✗"}
_TRIES: dict[Vendor, AnyOperation] = {"every8d": QUERY_CREDIT, "omis": list_updating_reports}
"""What tries a login: free, and changes nothing (EVERY8D 3.1; OMIS ManageReport, Option 4)."""
_NO_LICENCE = "1000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the doctor; `fix` is what to do about a failure."""

    topic: str
    state: Literal["ok", "off", "failed"]
    text: str
    fix: str = ""

    def __str__(self) -> str:
        """Mark, topic, what was found, and the way out; numbers masked."""
        fix = f" {self.fix}" if self.fix else ""
        return mask_numbers(f"{_MARKS[self.state]} {self.topic:<15} {self.text}{fix}")


async def examine(config: Path | None, *, sandbox: bool = False) -> int:
    """Print one line for each thing that has to be right; 0 only if nothing fails.

    With `sandbox` it is about `serve --sandbox`, over simulated vendors of its own.
    """
    if sandbox:
        async with embedded_sandbox() as accounts:
            return await _examine(config, accounts)
    return await _examine(config, {})


async def _examine(config: Path | None, sandbox: Mapping[str, Any]) -> int:
    out = console()
    try:
        settings = load_settings(config, sandbox=sandbox)
        tools = offered(settings)
    except SettingsError as error:
        for line in str(error).splitlines():
            out.print(str(Finding(topic="settings", state="failed", text=line)))
        return FAILED
    code = OK
    async for finding in _findings(settings, len(tools)):
        out.print(with_own_commands(settings, str(finding)))
        code = FAILED if finding.state == "failed" else code
    return code


async def _findings(settings: Settings, tools: int) -> AsyncGenerator[Finding]:
    configure_logging("CRITICAL", secrets_of(settings))
    yield Finding(topic="settings", state="ok", text=f"{tools} tools are offered.")
    for finding in _origins(settings.origins):
        yield finding
    async with parts_over(settings) as parts:
        store = await _store(parts)
        yield store
        if store.state == "ok":
            async for finding in _audit(parts):
                yield finding
        for vendor, base_url in _accounts(settings):
            host = await _host(vendor, base_url)
            yield host
            login = await _login(parts, vendor, _why_not(store, host))
            yield login
            if login.state != "off":
                yield _clock(parts, vendor)
    yield await anyio.to_thread.run_sync(_images, settings)
    yield await anyio.to_thread.run_sync(_reports, settings)
    yield _callbacks(settings)


def _origins(origins: Origins) -> Iterator[Finding]:
    """Where every setting in force came from: nobody may loosen a rule unseen."""
    by_origin = origins.names_by_origin()
    for topic, origin in (("sandbox", SANDBOX), ("environment", ENVIRONMENT)):
        if origin in by_origin:
            yield Finding(topic=topic, state="ok", text=f"sets {', '.join(by_origin[origin])}.")
    if origins.file is None:
        text = f"There is none at {users_file()}."
        yield Finding(topic="settings file", state="off", text=text)
    else:
        names = by_origin.get(str(origins.file), ())
        text = f"{origins.file} sets {', '.join(names) or 'nothing that is in force'}."
        yield Finding(topic="settings file", state="ok", text=text)
    yield Finding(topic="defaults", state="off", text="Every other setting has its default.")


def _accounts(settings: Settings) -> list[tuple[Vendor, str]]:
    every8d, omis = settings.every8d, settings.omis
    found: list[tuple[Vendor, str]] = [("every8d", every8d.base_url)] if every8d else []
    return [*found, ("omis", omis.base_url)] if omis else found


async def _store(parts: Parts) -> Finding:
    """Opened, migrated, and written to: the line in the audit is the proof."""
    try:
        await parts.journal.record(Note(what="doctor", principal=person(), channel="terminal"))
    except StoreUnavailableError as error:
        fix = (
            "Check CAMPAIGN_OPS_STORE__URL, and that the database runs."
            if parts.settings.store.url.get_secret_value()
            else "Check CAMPAIGN_OPS_STORE__FOLDER, its permissions and the free space."
        )
        return Finding(topic="store", state="failed", text=str(error), fix=fix)
    if parts.journal.past.lost:
        fix = (
            "Whatever costs or destroys is refused. Put the right store back, or run "
            "`campaign-ops-mcp audit accept-loss`."
        )
        return Finding(
            topic="store", state="failed", text=f"{parts.journal.past.lost}.".capitalize(), fix=fix
        )
    return Finding(topic="store", state="ok", text=f"{where(parts.settings)} opens and can be written.")


async def _audit(parts: Parts) -> AsyncGenerator[Finding]:
    """The audit is intact, and the store is what it says; the database's own triggers are put back."""
    try:
        found = await examined(parts, read_head(head_file_of(parts.settings)))
        if found.missing:
            await put_back(parts, found.missing)
    except (StoreUnavailableError, KeyFileError) as error:
        yield Finding(topic="audit", state="failed", text=str(error))
        return
    for line in found.told():
        yield Finding(topic="audit", state="failed", text=line)
    for line in found.not_compared():
        yield Finding(topic="audit", state="off", text=line)
    if found.ok:
        text = f"{found.chain.entries:,} entries are intact, and the store is as they say."
        yield Finding(topic="audit", state="ok", text=text)


def where(settings: Settings) -> str:
    """Where the store is. Never its URL itself, which holds the database's password."""
    written = settings.store.url.get_secret_value()
    if not written:
        return str(folder_of(settings))
    url = read_url(written)
    return str(url.database) if is_sqlite(url) else f"{url.host or 'local'}/{url.database}"


async def _host(vendor: Vendor, base_url: str) -> Finding:
    """Name, TCP and TLS, as the server itself would connect."""
    topic, parts = f"{vendor} host", urlsplit(base_url)
    try:
        way = proxy_for(parts)
        with anyio.fail_after(_CONNECT_SECONDS):
            await _connect(parts if way is None else way.proxy, tls=parts.scheme == "https" and way is None)
    except (UnusableProxyError, NotSentError) as error:
        fix = "Correct or remove that setting of the environment."
        return Finding(topic=topic, state="failed", text=f"The host is not tried: {error}.", fix=fix)
    except socket.gaierror:
        return _unreached(topic, vendor, "its name cannot be resolved.", "and the network's DNS.")
    except ssl.SSLCertVerificationError as error:
        return _unreached(topic, vendor, f"{why_not_reached(error)}.", "and the machine's clock.")
    except ssl.SSLError:
        fix = "the machine's clock and its certificates."
        return _unreached(topic, vendor, "it is reached, but TLS fails.", fix)
    except (OSError, anyio.BrokenResourceError, anyio.EndOfStream):
        return _unreached(topic, vendor, "no connection can be made.", "the firewall and the proxy.")
    tls = "over TLS" if parts.scheme == "https" else "without TLS"
    how = tls if way is None else f"through the proxy of {way.setting}"
    return Finding(topic=topic, state="ok", text=f"{parts.hostname} is reached {how}.")


def _unreached(topic: str, vendor: Vendor, what: str, more: str) -> Finding:
    fix = f"Check CAMPAIGN_OPS_{vendor.upper()}__BASE_URL, {more}"
    return Finding(topic=topic, state="failed", text=f"The host is not usable: {what}", fix=fix)


async def _connect(parts: SplitResult, *, tls: bool) -> None:
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if tls:
        context = await anyio.to_thread.run_sync(tls_context)
        stream = await anyio.connect_tcp(host, port, ssl_context=context, tls_standard_compatible=False)
    else:
        stream = await anyio.connect_tcp(host, port)
    await stream.aclose()


def _why_not(store: Finding, host: Finding) -> str:
    if store.state == "failed":
        return "without the store a refused login could not be remembered."
    return "the host is not reached." if host.state == "failed" else ""


async def _login(parts: Parts, vendor: Vendor, why_not: str) -> Finding:
    """One harmless question through the gate, which stops the account's calls if the login is refused."""
    topic = f"{vendor} login"
    if why_not:
        return Finding(topic=topic, state="off", text=f"Not tried: {why_not}")
    caller = Caller(principal=person(), session="doctor", can_ask=False)
    answer = await parts.gate.call(_TRIES[vendor], {}, caller)
    if not isinstance(answer, Answer):
        raise TypeError("a look asks nobody")
    if answer.is_error:
        code = f" (code {answer.facts['vendor_code']})" if "vendor_code" in answer.facts else ""
        text = f"{answer.facts['message']}{code}"
        fix = _login_fix(vendor, answer.facts)
        return Finding(topic=topic, state="failed", text=text, fix=fix)
    return Finding(topic=topic, state="ok", text=_accepted(answer.facts))


def _clock(parts: Parts, vendor: Vendor) -> Finding:
    """This machine's clock beside that of the vendor, as the answer to the login had it."""
    topic, apart = f"{vendor} clock", parts.vendors.apart(vendor)
    if apart is None:
        return Finding(topic=topic, state="off", text="Not compared: the vendor did not say its time.")
    if abs(apart) <= WARNED:
        return Finding(topic=topic, state="ok", text="It and this machine's agree to 2 minutes.")
    side = "ahead of" if apart > timedelta() else "behind"
    over = " Nothing is booked." if abs(apart) > REFUSED else ""
    text = f"It is {minutes(apart):,} minutes {side} this machine's.{over}"
    return Finding(topic=topic, state="failed", text=text, fix="Set this machine's clock.")


def _accepted(facts: Mapping[str, Any]) -> str:
    credit = facts.get("credit")
    return "The login is accepted." if credit is None else f"The login is accepted; {credit:,} points left."


def _login_fix(vendor: Vendor, facts: Mapping[str, Any]) -> str:
    following = str(facts["next"])
    if facts["code"] == "login_refused":
        return (
            f"{following} Calls of this account are stopped now. A corrected account is tried by itself; "
            f"to try the same again, run `campaign-ops-mcp unlock {vendor}`."
        )
    if facts["code"] == "vendor_refused" and vendor == "omis" and facts.get("vendor_code") != _NO_LICENCE:
        account = "CAMPAIGN_OPS_OMIS__LOGIN_NAME and CAMPAIGN_OPS_OMIS__PASSWORD"
        return f"First check {account}: OMIS documents no code for a wrong login. {following}"
    return following


def _images(settings: Settings) -> Finding:
    folder = settings.files.folder
    if folder is None:
        return Finding(topic="images", state="off", text="No folder for images is set: no MMS can be sent.")
    try:
        count = sum(1 for _ in folder.iterdir())
    except OSError:
        fix = "Check CAMPAIGN_OPS_FILES__FOLDER and its permissions."
        return Finding(topic="images", state="failed", text=f"{folder} cannot be read.", fix=fix)
    return Finding(topic="images", state="ok", text=f"{folder} can be read; it holds {count} files.")


def _reports(settings: Settings) -> Finding:
    """Written to as a download would; a folder that is not there yet is made at the first download."""
    folder = reports_folder(settings)
    try:
        nearest = next((each for each in (folder, *folder.parents) if each.exists()), folder)
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError:
        fix = "Check CAMPAIGN_OPS_FILES__REPORTS and its permissions."
        return Finding(topic="reports", state="failed", text=f"{folder} cannot be written.", fix=fix)
    return Finding(topic="reports", state="ok", text=f"{folder} can be written.")


def _callbacks(settings: Settings) -> Finding:
    """Whether the receiver's address can be had; a taken port is what a running server looks like."""
    wanted = settings.callbacks
    if not wanted.token.get_secret_value():
        return Finding(
            topic="callbacks", state="off", text="Off: delivery is known only when it is asked for."
        )
    address = f"{wanted.host}:{wanted.port}"
    try:
        found = socket.getaddrinfo(wanted.host, wanted.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, place = found[0]
        with socket.socket(family, kind, protocol) as trial:
            reserve_address(trial)
            trial.bind(place)
    except OSError:
        text = f"{address} is taken by a running server, or cannot be had."
        fix = "If no server runs, change CAMPAIGN_OPS_CALLBACKS__HOST or CAMPAIGN_OPS_CALLBACKS__PORT."
        return Finding(topic="callbacks", state="off", text=text, fix=fix)
    return Finding(
        topic="callbacks", state="ok", text=f"{address} is free for the vendor's delivery reports."
    )


def doctor(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """Check settings, reachability and login of both vendors; one line each, with what to do."""
    raise SystemExit(run(partial(examine, config, sandbox=sandbox)))
