"""The doctor over the real sandbox: what it says, what it tries, and what it must never do."""

import logging
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from server.command.doctor import examine
from server.command.examining.store import where
from server.gate.caller import Caller, local_user
from server.gate.words.answers import Answer
from server.parts import build_parts
from server.sandbox.run import running_sandbox
from server.settings.file import users_file
from server.settings.settings import load_settings
from tests.faults.certificates import own_certificate
from tests.faults.scripted import ScriptedVendor, whole
from tools.every8d.credit import QUERY_CREDIT

SECRET = "kTr9-canary-Zq7-long"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A sandbox, and an environment of settings that point at it."""

    http: httpx.AsyncClient
    url: str
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self.monkeypatch.setenv(f"CAMPAIGN_OPS_{name}", value)

    async def examined(self) -> tuple[int, dict[str, str]]:
        """The exit code, and each line by its topic."""
        code = await examine(None)
        out, err = self.capsys.readouterr()
        assert err == ""
        return code, {line[2:17].strip(): line for line in out.splitlines()}

    async def calls(self) -> list[str]:
        log = (await self.http.get("/_sandbox/log")).json()
        return [entry["path"].rsplit("/", 1)[-1] for entry in log]

    async def failed_logins(self) -> int:
        state = (await self.http.get("/_sandbox/state")).json()
        return next(each["failed_logins"] for each in state["accounts"] if each["uid"] == "sandbox")

    async def credit_of_a_server(self) -> Answer:
        """What a server with these settings answers."""
        parts = build_parts(load_settings())
        try:
            caller = Caller(principal=local_user(), session="s", can_ask=False)
            answer = await parts.gate.call(QUERY_CREDIT, {}, caller)
        finally:
            await parts.vendors.close()
            await parts.store.close()
        assert isinstance(answer, Answer)
        return answer


@pytest.fixture
async def house(
    no_settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncGenerator[House]:
    async with running_sandbox() as url, httpx.AsyncClient(base_url=url) as http:
        made = House(http=http, url=url, folder=no_settings, monkeypatch=monkeypatch, capsys=capsys)
        made.set(
            STORE__FOLDER=str(no_settings / "store"),
            EVERY8D__BASE_URL=url,
            EVERY8D__UID="sandbox",
            EVERY8D__PASSWORD="sandbox",
            OMIS__BASE_URL=url,
            OMIS__LOGIN_NAME="sandbox",
            OMIS__PASSWORD="sandbox",
        )
        yield made


async def test_when_all_is_well_every_line_says_so_and_each_login_is_tried_once(house: House) -> None:
    code, lines = await house.examined()
    assert code == 0
    assert {topic: line[0] for topic, line in lines.items()} == {
        "settings": "✓",
        "environment": "✓",
        "settings file": "–",
        "defaults": "–",
        "store": "✓",
        "audit": "✓",
        "every8d host": "✓",
        "every8d login": "✓",
        "every8d clock": "✓",
        "omis host": "✓",
        "omis login": "✓",
        "omis clock": "✓",
        "images": "–",
        "reports": "✓",
        "callbacks": "–",
    }
    assert str(house.folder / "store") in lines["store"]
    assert "10,000 points left" in lines["every8d login"]
    assert await house.calls() == ["getCredit.ashx", "ManageReport.aspx"]


@pytest.mark.parametrize(
    ("seconds", "mark", "said"),
    [
        (100, "✓", "agree"),
        (-190, "✗", "3 minutes behind this machine's. Set this machine's clock."),
        (700, "✗", "11 minutes ahead of this machine's. Nothing is booked. Set this machine's clock."),
    ],
)
async def test_a_vendor_whose_clock_is_another_is_told(
    house: House, seconds: int, mark: str, said: str
) -> None:
    await house.http.post("/_sandbox/clock", json={"date_offset_seconds": seconds})
    code, lines = await house.examined()
    for vendor in ("every8d", "omis"):
        assert lines[f"{vendor} clock"][0] == mark
        assert said in lines[f"{vendor} clock"]
    assert code == (mark == "✗")


async def test_every_setting_in_force_is_told_with_where_it_came_from(house: House) -> None:
    own = users_file()
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text('[policy]\npoints_per_day = 5\n[every8d]\nuid = "another"\n')
    try:
        _, lines = await house.examined()
    finally:
        own.unlink()
    assert "CAMPAIGN_OPS_EVERY8D__UID" in lines["environment"]
    assert f"{own} sets CAMPAIGN_OPS_POLICY__POINTS_PER_DAY." in lines["settings file"]
    assert SECRET not in str(lines)


async def test_the_sandbox_is_examined_as_serve_would_start_it(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(house.folder / "data"))
    house.set(EVERY8D__BASE_URL="https://no-such-host.invalid", EVERY8D__PASSWORD=SECRET)
    assert await examine(None, sandbox=True) == 0
    out = capsys.readouterr().out
    assert "sandbox         sets CAMPAIGN_OPS_EVERY8D__BASE_URL, CAMPAIGN_OPS_EVERY8D__PASSWORD" in out
    assert "10,000 points left" in out
    assert await house.calls() == []
    assert not (house.folder / "store").exists()


async def test_a_wrong_password_is_tried_once_then_stops_the_doctor_and_the_server(house: House) -> None:
    house.set(EVERY8D__PASSWORD=SECRET)
    code, first = await house.examined()
    assert code == 1
    for said in ("✗", "password", "(code -101)", "are stopped now", "campaign-ops-mcp unlock every8d`"):
        assert said in first["every8d login"]
    code, second = await house.examined()
    assert code == 1
    assert "No call was made" in second["every8d login"]
    assert "campaign-ops-mcp unlock every8d`" in second["every8d login"]
    assert (await house.credit_of_a_server()).facts["code"] == "login_stopped"
    assert await house.failed_logins() == 1


async def test_a_login_that_the_server_saw_refused_is_not_tried_by_the_doctor(house: House) -> None:
    house.set(EVERY8D__PASSWORD=SECRET)
    assert (await house.credit_of_a_server()).facts["code"] == "login_refused"
    code, lines = await house.examined()
    assert code == 1
    assert "No call was made" in lines["every8d login"]
    assert await house.failed_logins() == 1


async def test_a_corrected_password_is_tried_without_unlocking(house: House) -> None:
    house.set(EVERY8D__PASSWORD=SECRET)
    await house.examined()
    house.set(EVERY8D__PASSWORD="sandbox")
    code, lines = await house.examined()
    assert (code, lines["every8d login"][0]) == (0, "✓")


async def test_a_refusal_of_omis_names_the_account_since_no_code_is_documented(house: House) -> None:
    house.set(OMIS__PASSWORD=SECRET)
    code, lines = await house.examined()
    assert code == 1
    assert "(code 102) First check CAMPAIGN_OPS_OMIS__LOGIN_NAME" in lines["omis login"]
    assert (await house.calls()).count("ManageReport.aspx") == 1


async def test_a_missing_licence_is_not_taken_for_a_wrong_login(house: House) -> None:
    house.set(OMIS__LOGIN_NAME="nolicence", OMIS__PASSWORD="nolicence")
    code, lines = await house.examined()
    assert code == 1
    assert "Cloudmax" in lines["omis login"]
    assert "LOGIN_NAME" not in lines["omis login"]


def closed_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


async def test_a_host_that_cannot_be_used_is_told_by_kind_and_no_login_is_tried(house: House) -> None:
    house.set(EVERY8D__BASE_URL="https://no-such-host.invalid")
    house.set(OMIS__BASE_URL=f"http://127.0.0.1:{closed_port()}")
    code, lines = await house.examined()
    assert code == 1
    assert "cannot be resolved" in lines["every8d host"]
    assert "CAMPAIGN_OPS_EVERY8D__BASE_URL" in lines["every8d host"]
    assert "no connection can be made" in lines["omis host"]
    assert [lines[f"{vendor} login"][0] for vendor in ("every8d", "omis")] == ["–", "–"]
    assert await house.calls() == []


async def test_a_host_without_tls_is_told_so(house: House) -> None:
    house.set(EVERY8D__BASE_URL=house.url.replace("http:", "https:"))
    code, lines = await house.examined()
    assert code == 1
    assert "TLS fails" in lines["every8d host"]
    assert lines["every8d login"].startswith("–")


async def test_a_proxy_is_what_is_reached_where_one_is_set(house: House) -> None:
    house.set(EVERY8D__BASE_URL="https://no-such-host.invalid")
    house.monkeypatch.setenv("https_proxy", house.url)
    house.monkeypatch.setenv("no_proxy", "")
    _, lines = await house.examined()
    assert "is reached through the proxy of HTTPS_PROXY" in lines["every8d host"]
    assert lines["every8d login"].startswith("✗")
    house.monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{closed_port()}")
    _, lines = await house.examined()
    assert "no connection can be made" in lines["every8d host"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("ALL_PROXY", "socks4://localhost:1"),
        ("HTTPS_PROXY", "http://[::1"),
        ("SSLKEYLOGFILE", "/nowhere/keys"),
    ],
)
async def test_a_setting_of_the_environment_that_stands_in_the_way_is_named(
    house: House, setting: str, value: str
) -> None:
    house.set(EVERY8D__BASE_URL="https://no-such-host.invalid")
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        house.monkeypatch.delenv(name, raising=False)
        house.monkeypatch.delenv(name.lower(), raising=False)
    house.monkeypatch.setenv(setting, value)
    code, lines = await house.examined()
    assert code == 1
    assert setting in lines["every8d host"]
    assert lines["every8d login"].startswith("–")
    assert lines["omis login"].startswith("✓")


async def test_a_certificate_that_nobody_trusts_is_said_to_be_that(house: House) -> None:
    tls, _ = own_certificate(house.folder)
    async with ScriptedVendor.serving(whole(""), tls) as vendor:
        house.set(EVERY8D__BASE_URL=vendor.url)
        code, lines = await house.examined()
    assert code == 1
    assert "certificate cannot be verified" in lines["every8d host"]
    assert "SSL_CERT_FILE" in lines["every8d host"]


async def test_without_a_store_no_login_is_tried(house: House) -> None:
    (house.folder / "file").write_text("")
    house.set(STORE__FOLDER=str(house.folder / "file" / "store"))
    code, lines = await house.examined()
    assert code == 1
    assert lines["store"].startswith("✗")
    assert "CAMPAIGN_OPS_STORE__FOLDER" in lines["store"]
    assert lines["reports"].startswith("✗")
    assert "could not be remembered" in lines["every8d login"]
    assert await house.calls() == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("numbers.key", "Put numbers.key back"),
        ("outbox", "no room for an outcome"),
        ("audit.head.lock", "head file cannot be written"),
    ],
)
async def test_what_stands_beside_the_store_and_is_in_the_way_is_told(
    house: House, name: str, said: str
) -> None:
    """A server would refuse each send, or tell nothing of the records."""
    assert (await house.examined())[0] == 0
    beside = house.folder / "store" / name
    beside.rmdir() if beside.is_dir() else beside.unlink()
    if name.endswith(".lock"):
        beside.mkdir()
    else:
        beside.write_text("")
    code, lines = await house.examined()
    assert code == 1
    assert said in lines["store"]


async def test_wrong_settings_are_one_line_each_and_nothing_else_is_examined(house: House) -> None:
    house.set(EVERY8D__BASE_URL="ftp://x", OMIS__BASE_URL="http://api.itpisom.com")
    code = await examine(None)
    lines = house.capsys.readouterr().out.splitlines()
    assert code == 1
    assert [line.split()[:3] for line in lines] == [
        ["✗", "settings", "CAMPAIGN_OPS_EVERY8D__BASE_URL:"],
        ["✗", "settings", "CAMPAIGN_OPS_OMIS__BASE_URL:"],
    ]
    assert await house.calls() == []


async def test_no_account_at_all_is_a_failure(no_settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await examine(None) == 1
    assert "No vendor account is set" in capsys.readouterr().out


async def test_a_vendor_without_an_account_has_no_lines(house: House) -> None:
    for name in ("BASE_URL", "LOGIN_NAME", "PASSWORD"):
        house.monkeypatch.delenv(f"CAMPAIGN_OPS_OMIS__{name}")
    code, lines = await house.examined()
    assert code == 0
    assert not [topic for topic in lines if topic.startswith("omis")]


async def test_a_config_file_is_what_is_examined(house: House) -> None:
    house.monkeypatch.delenv("CAMPAIGN_OPS_EVERY8D__PASSWORD")
    file = house.folder / "ops.toml"
    file.write_text('[every8d]\npassword = "sandbox"\n[store]\nurl = ""\n')
    assert await examine(file) == 0
    assert await examine(house.folder / "missing.toml") == 1


async def test_folders_and_the_callback_address_are_examined(house: House) -> None:
    images = house.folder / "images"
    images.mkdir()
    (images / "a.jpg").write_bytes(b"x")
    house.set(FILES__FOLDER=str(images), CALLBACKS__TOKEN=SECRET, CALLBACKS__PORT=str(closed_port()))
    code, lines = await house.examined()
    assert (code, lines["images"][0], lines["callbacks"][0]) == (0, "✓", "✓")
    assert "it holds 1 file." in lines["images"]
    house.set(FILES__FOLDER=str(house.folder / "missing"), CALLBACKS__PORT=house.url.rsplit(":", 1)[1])
    code, lines = await house.examined()
    assert code == 1
    assert lines["images"].startswith("✗")
    assert "is taken by a running server" in lines["callbacks"]


@pytest.mark.parametrize("fault", ["html", "http_500", "garbage", "reset_after"])
async def test_a_vendor_that_answers_strangely_is_a_failure_with_a_way_out(house: House, fault: str) -> None:
    await house.http.post("/_sandbox/faults", json={"path": "getCredit.ashx", "fault": fault})
    code, lines = await house.examined()
    assert code == 1
    assert lines["every8d login"].startswith("✗")
    assert "stopped" not in lines["every8d login"]
    assert (await house.calls()).count("getCredit.ashx") == 1


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"postgresql://ops:{SECRET}@db.example:5432/ops?options={SECRET}", "db.example/ops"),
        ("postgresql:///ops?host=/run/postgresql", "local/ops"),
        ("sqlite:////srv/ops/store.sqlite3", "/srv/ops/store.sqlite3"),
    ],
)
def test_the_place_of_the_store_is_shown_without_its_password(
    no_settings: Path, url: str, shown: str
) -> None:
    assert where(load_settings(store={"url": url})) == shown


async def test_no_secret_and_no_number_is_ever_shown(house: House) -> None:
    shown: list[str] = []
    overrides: list[dict[str, Any]] = [
        {},
        {"EVERY8D__PASSWORD": SECRET, "OMIS__PASSWORD": SECRET, "CALLBACKS__TOKEN": SECRET},
        {"STORE__URL": f"postgresql://ops:{SECRET}@127.0.0.1:{closed_port()}/ops"},
        {"STORE__URL": f"oracle://ops:{SECRET}@db/ops"},
        {"EVERY8D__BASE_URL": f"https://ops:{SECRET}@no-such-host.invalid"},
    ]
    house.set(EVERY8D__UID="0912345678", OMIS__LOGIN_NAME="0922333444")
    for each in overrides:
        house.set(**each)
        await examine(None)
        shown += house.capsys.readouterr()
    said = "".join(shown)
    assert said.count("✗") > 5
    for hidden in (SECRET, "0912345678", "0922333444"):
        assert hidden not in said


async def test_the_phone_that_approves_is_told_masked_with_whether_its_answers_can_be_read(
    house: House,
) -> None:
    house.set(APPROVAL__PHONE="0933111222")
    code, lines = await house.examined()
    assert code == 0
    assert "✓" in lines["approval phone"]
    assert "0933***222 approves up to 500 points" in lines["approval phone"]
    assert "Without policy.required_sender_name" in lines["approval phone"]
    house.set(POLICY__REQUIRED_SENDER_NAME="【好店】")
    code, lines = await house.examined()
    assert (code, "required_sender_name" in lines["approval phone"]) == (0, False)
    house.set(EVERY8D__PASSWORD="wrong")
    code, lines = await house.examined()
    assert code == 1
    assert "What it answers cannot be read (2.4)" in lines["approval phone"]
    house.monkeypatch.delenv("CAMPAIGN_OPS_EVERY8D__BASE_URL")
    house.monkeypatch.delenv("CAMPAIGN_OPS_EVERY8D__UID")
    house.monkeypatch.delenv("CAMPAIGN_OPS_EVERY8D__PASSWORD")
    code, lines = await house.examined()
    assert code == 1
    assert "0933***222 cannot be texted" in lines["approval phone"]


async def test_where_a_passkey_is_needed_and_none_is_registered_nobody_could_approve(house: House) -> None:
    _, lines = await house.examined()
    assert "passkeys" not in lines
    for setting, value in (("PASSKEYS", "required"), ("PASSKEY_FOR_DESTROY", "true")):
        house.monkeypatch.delenv("CAMPAIGN_OPS_APPROVAL__PASSKEYS", raising=False)
        house.set(**{f"APPROVAL__{setting}": value})
        code, lines = await house.examined()
        assert (code, "None is registered" in lines["passkeys"]) == (1, True)
        assert "campaign-ops-mcp console" in lines["passkeys"]
