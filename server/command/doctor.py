"""`campaign-ops-mcp doctor`: settings, store, hosts, logins, folders and callbacks, one line each.

Each account's login is tried once, and never while the store cannot remember that it was refused: repeated
wrong logins lock the customer's account.
"""

import socket
import ssl
import tempfile
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

import anyio
import anyio.to_thread

from server.command.common import FAILED, OK, parts_over, person
from server.command.comparison import examined, put_back
from server.command.options import Config, Sandbox, run
from server.command.terminal import terminal, wide
from server.folders import folder_of, head_file_of, reports_folder
from server.gate.caller import Caller
from server.gate.words.answers import Answer
from server.languages.catalogue import Language, in_language
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
from server.vendors.proxies import UnusableProxyError, Way, proxy_for
from tools.desk_operation import AnyOperation
from tools.every8d.credit import QUERY_CREDIT
from tools.omis.report_queries import list_updating_reports
from tools.operation import Vendor
from tools.sentence import Sentence, plural, reason_of, sentence, together

_CONNECT_SECONDS = 5.0
_TOPIC_CELLS = 15
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

    def line(self, language: Language) -> str:
        """Mark, topic, what was found, and the way out; numbers masked."""
        topic = wide(in_language(self.topic, language), _TOPIC_CELLS)
        said = in_language(together(self.text, self.fix), language)
        return mask_numbers(f"{_MARKS[self.state]} {topic} {said}")


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
            out.say(Finding(topic=sentence("settings"), state="failed", text=line).line(out.language))
        return FAILED
    code = OK
    async for finding in _findings(settings, len(tools)):
        out.say(with_own_commands(settings, finding.line(out.language)))
        code = FAILED if finding.state == "failed" else code
    return code


async def _findings(settings: Settings, tools: int) -> AsyncGenerator[Finding]:
    configure_logging("CRITICAL", secrets_of(settings))
    yield Finding(
        topic=sentence("settings"),
        state="ok",
        text=plural("{count} tool is offered.", "{count} tools are offered.", tools),
    )
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
    for topic, origin in ((sentence("sandbox"), SANDBOX), (sentence("environment"), ENVIRONMENT)):
        if origin in by_origin:
            yield Finding(topic=topic, state="ok", text=_sets(by_origin[origin]))
    if origins.file is None:
        text = sentence("There is none at {path}.", path=str(users_file()))
        yield Finding(topic=sentence("settings file"), state="off", text=text)
    else:
        names = by_origin.get(str(origins.file), ())
        text = _file_sets(str(origins.file), names)
        yield Finding(topic=sentence("settings file"), state="ok", text=text)
    yield Finding(
        topic=sentence("defaults"), state="off", text=sentence("Every other setting has its default.")
    )


def _sets(names: Sequence[str]) -> Sentence:
    return sentence("sets {names}.", names=", ".join(names))


def _file_sets(file: str, names: Sequence[str]) -> Sentence:
    if not names:
        return sentence("{file} sets nothing that is in force.", file=file)
    return sentence("{file} sets {names}.", file=file, names=", ".join(names))


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
            sentence("Check CAMPAIGN_OPS_STORE__URL, and that the database runs.")
            if parts.settings.store.url.get_secret_value()
            else sentence("Check CAMPAIGN_OPS_STORE__FOLDER, its permissions and the free space.")
        )
        return Finding(topic=sentence("store"), state="failed", text=reason_of(error), fix=fix)
    if parts.journal.past.lost:
        fix = sentence(
            "Whatever costs or destroys is refused. Put the right store back, or run "
            "`campaign-ops-mcp audit accept-loss`."
        )
        return Finding(
            topic=sentence("store"),
            state="failed",
            text=sentence("The past is lost: {loss}.", loss=parts.journal.past.lost),
            fix=fix,
        )
    return Finding(
        topic=sentence("store"),
        state="ok",
        text=sentence("{where} opens and can be written.", where=where(parts.settings)),
    )


async def _audit(parts: Parts) -> AsyncGenerator[Finding]:
    """The audit is intact, and the store is what it says; the database's own triggers are put back."""
    try:
        found = await examined(parts, read_head(head_file_of(parts.settings)))
        if found.missing:
            await put_back(parts, found.missing)
    except (StoreUnavailableError, KeyFileError) as error:
        yield Finding(topic=sentence("audit"), state="failed", text=reason_of(error))
        return
    for line in found.told():
        yield Finding(topic=sentence("audit"), state="failed", text=line)
    for line in found.not_compared():
        yield Finding(topic=sentence("audit"), state="off", text=line)
    if found.ok:
        text = plural(
            "{count:,} entry is intact, and the store is as it says.",
            "{count:,} entries are intact, and the store is as they say.",
            found.chain.entries,
        )
        yield Finding(topic=sentence("audit"), state="ok", text=text)


def where(settings: Settings) -> str:
    """Where the store is. Never its URL itself, which holds the database's password."""
    written = settings.store.url.get_secret_value()
    if not written:
        return str(folder_of(settings))
    url = read_url(written)
    return str(url.database) if is_sqlite(url) else f"{url.host or 'local'}/{url.database}"


async def _host(vendor: Vendor, base_url: str) -> Finding:
    """Name, TCP and TLS, as the server itself would connect."""
    topic, parts = sentence("{vendor} host", vendor=vendor), urlsplit(base_url)
    try:
        way = proxy_for(parts)
        with anyio.fail_after(_CONNECT_SECONDS):
            await _connect(parts if way is None else way.proxy, tls=parts.scheme == "https" and way is None)
    except (UnusableProxyError, NotSentError) as error:
        fix = sentence("Correct or remove that setting of the environment.")
        return Finding(
            topic=topic,
            state="failed",
            text=sentence("The host is not tried: {reason}.", reason=reason_of(error)),
            fix=fix,
        )
    except socket.gaierror:
        return _unreached(
            topic, vendor, sentence("its name cannot be resolved."), sentence("the network's DNS")
        )
    except ssl.SSLCertVerificationError as error:
        return _unreached(
            topic,
            vendor,
            sentence("{reason}.", reason=why_not_reached(error)),
            sentence("the machine's clock"),
        )
    except ssl.SSLError:
        look = sentence("the machine's clock and its certificates")
        return _unreached(topic, vendor, sentence("it is reached, but TLS fails."), look)
    except (OSError, anyio.BrokenResourceError, anyio.EndOfStream):
        return _unreached(
            topic, vendor, sentence("no connection can be made."), sentence("the firewall and the proxy")
        )
    return Finding(topic=topic, state="ok", text=_reached(parts, way))


def _reached(parts: SplitResult, way: Way | None) -> Sentence:
    host = parts.hostname or ""
    if way is not None:
        return sentence("{host} is reached through the proxy of {setting}.", host=host, setting=way.setting)
    if parts.scheme == "https":
        return sentence("{host} is reached over TLS.", host=host)
    return sentence("{host} is reached without TLS.", host=host)


def _unreached(topic: str, vendor: Vendor, what: Sentence, more: Sentence) -> Finding:
    fix = sentence("Check CAMPAIGN_OPS_{vendor}__BASE_URL, and {more}.", vendor=vendor.upper(), more=more)
    text = sentence("The host is not usable: {what}", what=what)
    return Finding(topic=topic, state="failed", text=text, fix=fix)


async def _connect(parts: SplitResult, *, tls: bool) -> None:
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if tls:
        context = await anyio.to_thread.run_sync(tls_context)
        stream = await anyio.connect_tcp(host, port, ssl_context=context, tls_standard_compatible=False)
    else:
        stream = await anyio.connect_tcp(host, port)
    await stream.aclose()


def _told(facts: Mapping[str, Any]) -> str:
    if "vendor_code" not in facts:
        return facts["message"]
    return sentence("{message} (code {code})", message=facts["message"], code=facts["vendor_code"])


def _why_not(store: Finding, host: Finding) -> str:
    if store.state == "failed":
        return sentence("without the store a refused login could not be remembered.")
    return sentence("the host is not reached.") if host.state == "failed" else ""


async def _login(parts: Parts, vendor: Vendor, why_not: str) -> Finding:
    """One harmless question through the gate, which stops the account's calls if the login is refused."""
    topic = sentence("{vendor} login", vendor=vendor)
    if why_not:
        return Finding(topic=topic, state="off", text=sentence("Not tried: {reason}", reason=why_not))
    caller = Caller(principal=person(), session="doctor", can_ask=False)
    answer = await parts.gate.call(_TRIES[vendor], {}, caller)
    if not isinstance(answer, Answer):
        raise TypeError("a look asks nobody")
    if answer.is_error:
        text = _told(answer.facts)
        fix = _login_fix(vendor, answer.facts)
        return Finding(topic=topic, state="failed", text=text, fix=fix)
    return Finding(topic=topic, state="ok", text=_accepted(answer.facts))


def _clock(parts: Parts, vendor: Vendor) -> Finding:
    """This machine's clock beside that of the vendor, as the answer to the login had it."""
    topic, apart = sentence("{vendor} clock", vendor=vendor), parts.vendors.apart(vendor)
    if apart is None:
        return Finding(
            topic=topic, state="off", text=sentence("Not compared: the vendor did not say its time.")
        )
    if abs(apart) <= WARNED:
        return Finding(topic=topic, state="ok", text=sentence("It and this machine's agree to 2 minutes."))
    over = sentence("Nothing is booked.") if abs(apart) > REFUSED else ""
    text = together(_apart(minutes(apart), ahead=apart > timedelta()), over)
    return Finding(topic=topic, state="failed", text=text, fix=sentence("Set this machine's clock."))


def _apart(by: int, *, ahead: bool) -> Sentence:
    if ahead:
        return sentence("It is {minutes:,} minutes ahead of this machine's.", minutes=by)
    return sentence("It is {minutes:,} minutes behind this machine's.", minutes=by)


def _accepted(facts: Mapping[str, Any]) -> str:
    credit = facts.get("credit")
    if credit is None:
        return sentence("The login is accepted.")
    return sentence("The login is accepted; {points} points left.", points=f"{credit:,}")


def _login_fix(vendor: Vendor, facts: Mapping[str, Any]) -> str:
    following: str = facts["next"]
    if facts["code"] == "login_refused":
        stopped = sentence(
            "Calls of this account are stopped now. A corrected account is tried by itself; to try the same "
            "again, run `campaign-ops-mcp unlock {vendor}`.",
            vendor=vendor,
        )
        return together(following, stopped)
    if facts["code"] == "vendor_refused" and vendor == "omis" and facts.get("vendor_code") != _NO_LICENCE:
        first = sentence(
            "First check CAMPAIGN_OPS_OMIS__LOGIN_NAME and CAMPAIGN_OPS_OMIS__PASSWORD: OMIS documents no "
            "code "
            "for a wrong login."
        )
        return together(first, following)
    return following


def _images(settings: Settings) -> Finding:
    folder = settings.files.folder
    if folder is None:
        return Finding(
            topic=sentence("images"),
            state="off",
            text=sentence("No folder for images is set: no MMS can be sent."),
        )
    try:
        count = sum(1 for _ in folder.iterdir())
    except OSError:
        fix = sentence("Check CAMPAIGN_OPS_FILES__FOLDER and its permissions.")
        return Finding(
            topic=sentence("images"),
            state="failed",
            text=sentence("{folder} cannot be read.", folder=str(folder)),
            fix=fix,
        )
    return Finding(
        topic=sentence("images"),
        state="ok",
        text=plural(
            "{folder} can be read; it holds {count} file.",
            "{folder} can be read; it holds {count} files.",
            count,
            folder=str(folder),
        ),
    )


def _reports(settings: Settings) -> Finding:
    """Written to as a download would; a folder that is not there yet is made at the first download."""
    folder = reports_folder(settings)
    try:
        nearest = next((each for each in (folder, *folder.parents) if each.exists()), folder)
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError:
        fix = sentence("Check CAMPAIGN_OPS_FILES__REPORTS and its permissions.")
        return Finding(
            topic=sentence("reports"),
            state="failed",
            text=sentence("{folder} cannot be written.", folder=str(folder)),
            fix=fix,
        )
    return Finding(
        topic=sentence("reports"), state="ok", text=sentence("{folder} can be written.", folder=str(folder))
    )


def _callbacks(settings: Settings) -> Finding:
    """Whether the receiver's address can be had; a taken port is what a running server looks like."""
    wanted = settings.callbacks
    if not wanted.token.get_secret_value():
        return Finding(
            topic=sentence("callbacks"),
            state="off",
            text=sentence("Off: delivery is known only when it is asked for."),
        )
    address = f"{wanted.host}:{wanted.port}"
    try:
        found = socket.getaddrinfo(wanted.host, wanted.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, place = found[0]
        with socket.socket(family, kind, protocol) as trial:
            reserve_address(trial)
            trial.bind(place)
    except OSError:
        text = sentence("{address} is taken by a running server, or cannot be had.", address=address)
        fix = sentence(
            "If no server runs, change CAMPAIGN_OPS_CALLBACKS__HOST or CAMPAIGN_OPS_CALLBACKS__PORT."
        )
        return Finding(topic=sentence("callbacks"), state="off", text=text, fix=fix)
    return Finding(
        topic=sentence("callbacks"),
        state="ok",
        text=sentence("{address} is free for the vendor's delivery reports.", address=address),
    )


def doctor(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """Check settings, reachability and login of both vendors; one line each, with what to do."""
    raise SystemExit(run(partial(examine, config, sandbox=sandbox)))
