"""Proxies, certificates, settings of the environment: what cannot be reached was not sent, and says why."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from server.vendors.proxies import proxy_for
from tests.faults.certificates import own_certificate
from tests.faults.front_door import CREDIT, RECEIPT, SEND, SENDING, front_door, posts
from tests.faults.proxy import SocksProxy
from tests.faults.scripted import HOST, ScriptedVendor, whole

NAME = "every8d.test"
_SETTINGS = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
async def vendor(short_waits: None, no_settings: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """EVERY8D over TLS, at a name that only a proxy knows."""
    tls, trusted = own_certificate(no_settings, NAME)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with ScriptedVendor.serving(whole(CREDIT), tls) as scripted:
        scripted.plays[SENDING] = whole(RECEIPT)
        yield scripted


def _elsewhere(vendor: ScriptedVendor, name: str = NAME) -> dict[str, Any]:
    return {"base_url": f"https://{name}:{vendor.port}", "uid": "scripted", "password": "scripted"}


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks", "SOCKS5"])
async def test_a_send_goes_through_the_socks_proxy_of_the_environment(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    async with SocksProxy.serving(vendor.port) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{proxy.port}")
        async with front_door(vendor, no_settings, every8d=_elsewhere(vendor)) as session:
            told = await session.told("send_sms", SEND)
    assert (told.facts["outcome"], posts(vendor)) == ("done", 1)
    assert set(proxy.asked) == {NAME}


async def test_a_socks_proxy_that_refuses_the_send_has_sent_nothing(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SocksProxy.serving(vendor.port) as proxy:
        proxy.lets = 2
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{proxy.port}")
        async with front_door(vendor, no_settings, every8d=_elsewhere(vendor)) as session:
            problem = await session.problem("send_sms", SEND)
            proxy.lets = 10
            again = await session.told("send_sms", SEND)
    assert (problem["code"], problem["retryable"]) == ("not_sent", True)
    assert problem["message"].startswith("Nothing was sent. The vendor was not reached: the proxy refused")
    assert (again.facts["outcome"], posts(vendor)) == ("done", 1)


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (whole("", status="407 Proxy Authentication Required"), "the proxy refused: 407"),
        (whole("", status="503 Service Unavailable"), "the proxy refused: 503"),
    ],
)
async def test_a_proxy_that_refuses_to_connect_has_sent_nothing(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch, says: Any, reason: str
) -> None:
    async with ScriptedVendor.serving(says) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://operator:kept-secret@127.0.0.1:{proxy.port}")
        async with front_door(vendor, no_settings, every8d=_elsewhere(vendor)) as session:
            problem = await session.problem("query_credit")
    assert problem["code"] == "not_sent"
    assert reason in problem["message"]
    assert "kept-secret" not in str(problem)
    assert proxy.requests == [f"{NAME}:{vendor.port}"]


@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_a_proxy_that_answers_nonsense_has_sent_nothing(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    async with ScriptedVendor.serving(whole("")) as proxy:
        proxy.at_accept = lambda exchange: exchange.say(b"220 smtp ready\r\n")
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{proxy.port}")
        async with front_door(vendor, no_settings, every8d=_elsewhere(vendor)) as session:
            problem = await session.problem("query_credit")
    assert problem["code"] == "not_sent"
    assert vendor.requests == []


async def test_plain_http_that_a_proxy_refuses_is_no_proof(
    no_settings: Path, short_waits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy had the whole request, and may have passed it on."""
    account = {"base_url": "http://omis.test", "login_name": "l", "password": "p"}
    async with ScriptedVendor.serving(whole("", status="407 Proxy Authentication Required")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        async with front_door(
            proxy, no_settings, omis={**account, "send_password_unencrypted": True}
        ) as session:
            told = await session.told("pause_launch", {"launch_id": "1182"})
    assert told.facts["outcome"] == "unknown"
    assert "HTTP 407" in told.facts["message"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("ALL_PROXY", "socks4://127.0.0.1:1"),
        ("ALL_PROXY", "ftp://127.0.0.1:1"),
        ("HTTPS_PROXY", "http://127.0.0.1:99999"),
        ("HTTPS_PROXY", "http://[::1"),
        ("HTTPS_PROXY", "http://"),
        ("HTTPS_PROXY", "http://pro\x01xy:1"),
        ("SSLKEYLOGFILE", "/nowhere/keys.log"),
    ],
)
async def test_a_setting_that_stands_in_the_way_is_named(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.setenv(setting, value)
    async with front_door(vendor, no_settings, every8d=_elsewhere(vendor)) as session:
        look, send = await session.problem("query_credit"), await session.problem("send_sms", SEND)
        monkeypatch.delenv(setting)
        actions = await session.facts("list_actions")
    assert (look["code"], send["code"]) == ("not_sent", "not_sent")
    assert setting in look["message"]
    assert send["message"].startswith("Nothing was sent.")
    assert setting in send["message"]
    assert actions["total"] == 0
    assert vendor.requests == []


@pytest.mark.parametrize("covers", [NAME, "test", ".test", "*.test", "other.example, every8d.test", "*"])
async def test_a_host_that_no_proxy_names_is_reached_without_one(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch, covers: str
) -> None:
    real = socket.getaddrinfo

    def here(_host: object, *more: Any, **options: Any) -> Any:
        return real(HOST, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    monkeypatch.setenv("ALL_PROXY", "socks4://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", covers)
    async with front_door(vendor, no_settings, every8d=_elsewhere(vendor)) as session:
        assert (await session.facts("query_credit"))["credit"] == 1230


@pytest.mark.parametrize(
    ("host", "covered"),
    [("192.0.2.7", True), ("192.0.3.7", False), ("[2001:db8::1]", True), ("[::2]", False)],
)
def test_a_network_that_no_proxy_names_covers_its_addresses(
    monkeypatch: pytest.MonkeyPatch, host: str, covered: object
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "192.0.2.0/24,2001:db8::/32")
    assert (proxy_for(urlsplit(f"https://{host}")) is None) == covered


async def test_a_certificate_that_cannot_be_verified_is_said_to_be_that(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    async with front_door(vendor, no_settings) as session:
        problem = await session.problem("send_sms", SEND)
    assert problem["code"] == "not_sent"
    assert "certificate cannot be verified" in problem["message"]
    assert "SSL_CERT_FILE" in problem["message"]
    assert vendor.requests == []
