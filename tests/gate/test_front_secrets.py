"""No secret and no mobile number leaves: not in logs at DEBUG, not in answers, not in the audit's export."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from server.delivery.callbacks import callback_app
from server.demo.rows import rows_of
from server.logs.logs import configure_logging
from server.parts import Parts
from server.settings.secrets import secrets_of
from server.settings.settings import Settings, load_settings
from server.store import audit
from server.store.plans import Connection
from server.vendors.vendors import Vendors
from tests.e2e.answer_facts import facts_of
from tests.e2e.eras import ERAS, Era
from tests.e2e.house import Facts, Session, open_session
from tests.e2e.person import Person
from tests.faults.front_door import CREDIT, LOOKING, RECEIPT, SENDING
from tests.faults.scripted import ScriptedVendor, whole
from tests.gate.payloads import shows_number, spellings
from tools.every8d.callbacks import PATH

PASSWORD = "Canary/Pa55w+rd é&"
TOKEN = "canary-token-77-long"
CANARIES = ("Canary", "Pa55w", "canary-token", "canary-store")
TOOLS_WITH_TEXTS = ("send_sms", "get_sms_delivery", "query_launch", "get_action", "list_actions", "find_jobs")


@pytest.fixture
def quiet_after() -> Iterator[None]:
    """Gives the root logger back as it was."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


def _settings(vendor: ScriptedVendor, folder: Path, **changed: Any) -> Settings:
    url = f"http://localhost:{vendor.port}"
    sections: dict[str, Any] = {
        "every8d": {"base_url": url, "uid": "scripted", "password": PASSWORD},
        "omis": {"base_url": url, "login_name": "scripted", "password": PASSWORD},
        "callbacks": {"token": TOKEN},
        "store": {"folder": folder / "store"},
        "approval": {"human_minimum_ms": 0},
        "policy": {"calls_per_minute": 10_000},
        "log_level": "DEBUG",
    }
    return load_settings(None, **(sections | changed))


def _clean(place: str, text: str) -> None:
    assert not shows_number(text), f"{place}: {text}"
    assert not [canary for canary in CANARIES if canary in text], f"{place}: {text}"


async def _checked(session: Session, tool: str, arguments: Facts) -> Facts:
    result = await session.client.call_tool(tool, arguments)
    _clean(tool, str(result.model_dump(mode="json")))
    return facts_of(result)


async def _export(parts: Parts) -> str:
    def work(conn: Connection) -> str:
        return "".join(audit.export(conn))

    return await parts.store.read(work)


async def _each_end_of_a_send(vendor: ScriptedVendor, session: Session, number: str, text: str) -> None:
    """Done, refused by the vendor with the number in its words, unknown, and unreadable."""
    ends = (
        whole(RECEIPT),
        whole(f"-27,{number} {PASSWORD}"),
        whole("", status="500 Server Error"),
        whole(f"<html>{number}</html>"),
        whole(f"{number},{number}"),
    )
    for at, play in enumerate(ends):
        vendor.plays[SENDING] = play
        arguments = {"recipients": [number], "text": f"{text} {at}"}
        await _checked(session, "send_sms", arguments)
        await _checked(session, "send_sms", {**arguments, "dry_run": True})
        # A refusal names no action, but the ledger has one: with the vendor's words.
        newest = rows_of(await _checked(session, "list_actions", {"page_size": 1}))[0]
        await _checked(session, "get_action", {"action_id": newest["action_id"]})


async def _every_text_argument(session: Session, number: str) -> None:
    """A number where something else belongs: the complaint does not repeat it."""
    tools = await session.tools()
    for name in TOOLS_WITH_TEXTS:
        properties: dict[str, Facts] = tools[name].input_schema["properties"]
        texts = [field for field, schema in properties.items() if schema.get("type") != "integer"]
        for field in texts:
            if field != "text":
                await _checked(session, name, {field: number})
                await _checked(session, name, {field: [number]})
        await _checked(session, name, {number: number})


async def _callbacks(parts: Parts, number: str) -> None:
    transport = httpx.ASGITransport(app=callback_app(parts))
    async with httpx.AsyncClient(transport=transport, base_url="http://callbacks") as http:
        fields = {"BatchID": "b1", "RM": number, "STATUS": "999", "SM": f"call {number}", "NAME": number}
        for url in (f"{PATH}/{TOKEN}", f"{PATH}/{TOKEN}x"):
            answer = await http.get(url, params=fields)
            _clean("callback", answer.text)


async def test_nothing_shows_on_any_way_through_the_server(
    no_settings: Path, vendor: ScriptedVendor, capsys: pytest.CaptureFixture[str], quiet_after: None
) -> None:
    settings = _settings(vendor, no_settings)
    configure_logging("DEBUG", secrets_of(settings))
    async with open_session(settings, "auto", Person()) as session:
        assert session.parts is not None
        for at, number in enumerate(spellings()):
            await _callbacks(session.parts, number)
            if at % 7 == 0:
                await _each_end_of_a_send(vendor, session, number, f"text {at}")
                await _every_text_argument(session, number)
        await _checked(session, "list_delivery_events", {"page_size": 200})
        await _checked(session, "list_actions", {"page_size": 200})
        _clean("audit", await _export(session.parts))
    out, err = capsys.readouterr()
    assert "DEBUG" in err
    assert out == ""
    for line in err.splitlines():
        _clean("stderr", line)


ECHOED = ("BatchID", "STATUS", "MR", "MSGID", "SM", "SUBJECT", "NAME", "CHARGE", "RM", "RT", "ST")


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("password", ["kTr9", "Canary/Pa55w+rd"])
@pytest.mark.usefixtures("quiet_after")
async def test_an_echoed_password_is_in_no_file_of_the_store_and_in_nothing_that_leaves(
    no_settings: Path, vendor: ScriptedVendor, capsys: pytest.CaptureFixture[str], password: str, era: Era
) -> None:
    """In a refusal, in what cannot be read, in place of an id, in a launch's name, in replies and reports."""
    url = f"http://localhost:{vendor.port}"
    accounts: dict[str, Any] = {
        "every8d": {"base_url": url, "uid": "scripted", "password": password},
        "omis": {"base_url": url, "login_name": "scripted", "password": password},
    }
    settings = _settings(vendor, no_settings, **accounts)
    configure_logging("DEBUG", secrets_of(settings))
    async with open_session(settings, era, Person()) as session:
        seen = await _echoes(vendor, session, password)
        kept = _files(no_settings / "store")
    kept |= _files(no_settings / "store")
    assert [name for name, content in kept.items() if password.encode() in content] == []
    assert any(b"[secret]" in content for content in kept.values())
    assert [text for text in (*seen, *capsys.readouterr()) if password in text] == []


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


async def _echoes(vendor: ScriptedVendor, session: Session, password: str) -> list[str]:
    """All that the assistant was told while the vendor repeated the password, and the audit."""
    seen: list[str] = []

    async def told(tool: str, arguments: Facts) -> Facts:
        result = await session.client.call_tool(tool, arguments)
        seen.append(str(result.model_dump(mode="json")))
        return facts_of(result)

    for at, body in enumerate((f"-27,{password}", f"<p>{password}", f"1,1,1,0,{password}", password)):
        vendor.plays[SENDING] = whole(body)
        await told("send_sms", {"recipients": ["0933222111"], "text": f"text {at}"})
    row = f"{password}\t0933222111\t{password}\t2026/03/01 10:00:00\n"
    vendor.plays["getReplyMessage.ashx"] = whole(f"1\n{row}")
    await told("get_sms_replies", {"batch_id": "220478cc-8506-49b2-93b7-2505f651c12e"})
    named = f"<LAUNCHID>7</LAUNCHID><STATUS>3</STATUS><ERRORCODE>0</ERRORCODE><NAME>{password}</NAME>"
    for inner in (f"<ERRORCODE>113</ERRORCODE><ERRORMSG>{password}</ERRORMSG>", named, password):
        vendor.plays["TaskManager.aspx"] = whole(f"<R>{inner}</R>", content_type="text/xml")
        await told("pause_launch", {"launch_id": "7", "request_id": f"{len(seen)}"})
        await told("query_launch", {"launch_id": "7"})
        await told("terminate_launch", {"launch_id": "7"})
    assert session.parts is not None
    await _reports_that_echo(session.parts, password)
    await told("list_delivery_events", {"page_size": 200})
    for entry in rows_of(await told("list_actions", {"page_size": 200})):
        await told("get_action", {"action_id": entry["action_id"]})
    return [*seen, await _export(session.parts)]


async def _reports_that_echo(parts: Parts, password: str) -> None:
    transport = httpx.ASGITransport(app=callback_app(parts))
    async with httpx.AsyncClient(transport=transport, base_url="http://callbacks") as http:
        for field in ECHOED:
            report = {"BatchID": "b1", "RM": "0933222111", "STATUS": "100", field: password}
            assert (await http.get(f"{PATH}/{TOKEN}", params=report)).status_code == 200


async def test_a_crash_shows_nothing(
    no_settings: Path,
    vendor: ScriptedVendor,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    quiet_after: None,
) -> None:
    """A defect of ours whose text holds everything that must not be seen, in each spelling."""
    settings = _settings(vendor, no_settings)
    configure_logging("DEBUG", secrets_of(settings))
    numbers = iter(spellings())

    async def crash(_self: Vendors, _request: Any, **_how: Any) -> Any:
        raise RuntimeError(f"planted: {next(numbers)} PWD={PASSWORD!r} {PASSWORD} {TOKEN}")

    async with open_session(settings, "auto", Person()) as session:
        await _checked(session, "query_credit", {})
        with monkeypatch.context() as planted:
            planted.setattr(Vendors, "send", crash)
            for tool, arguments in _CRASHING:
                for _ in range(12):
                    result = await session.client.call_tool(tool, arguments)
                    shown = str(result.model_dump(mode="json"))
                    assert "planted" not in shown
                    _clean(tool, shown)
    _, err = capsys.readouterr()
    assert "planted" in err
    for line in err.splitlines():
        _clean("stderr", line)


_CRASHING: list[tuple[str, Facts]] = [
    ("query_credit", {}),
    ("get_sms_delivery", {"batch_id": "220478cc-8506-49b2-93b7-2505f651c12e"}),
    ("send_sms", {"recipients": ["0933222111"], "text": "x"}),
    ("pause_launch", {"launch_id": "1182"}),
]


async def test_an_unusable_store_does_not_tell_its_password(
    no_settings: Path, vendor: ScriptedVendor, capsys: pytest.CaptureFixture[str], quiet_after: None
) -> None:
    store = {"url": "postgresql://user:canary-store@127.0.0.1:1/x", "folder": no_settings}
    settings = _settings(vendor, no_settings, store=store)
    configure_logging("DEBUG", secrets_of(settings))
    async with open_session(settings, "auto", Person()) as session:
        facts = await _checked(session, "send_sms", {"recipients": ["0933222111"], "text": "x"})
        assert facts["code"] == "store_unavailable"
        assert "warning" in await _checked(session, "query_credit", {})
    for line in capsys.readouterr().err.splitlines():
        _clean("stderr", line)


async def test_show_numbers_opens_results_alone(
    no_settings: Path, vendor: ScriptedVendor, capsys: pytest.CaptureFixture[str], quiet_after: None
) -> None:
    row = "1\r\n\t+886933222111\t2026/03/01 10:00:00\t1\t100\t2026/03/01 10:00:05\n"
    vendor.plays["getDeliveryStatus.ashx"] = whole(row)
    vendor.plays[LOOKING] = whole(CREDIT)
    settings = _settings(vendor, no_settings, privacy={"show_numbers": True})
    configure_logging("DEBUG", secrets_of(settings))
    batch = {"batch_id": "220478cc-8506-49b2-93b7-2505f651c12e"}
    async with open_session(settings, "auto", Person()) as session:
        assert session.parts is not None
        shown = await session.facts("get_sms_delivery", batch)
        assert rows_of(shown)[0]["mobile"] == "+886933222111"
        _clean("audit", await _export(session.parts))
        await _checked(session, "send_sms", {"recipients": ["0933222111"], "text": "x", "dry_run": True})
    for line in capsys.readouterr().err.splitlines():
        _clean("stderr", line)
