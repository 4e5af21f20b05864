import socket
import time

import anyio
import httpx2 as httpx
import pytest

from tests.patience import PATIENCE
from tests.sandbox.probe import LOGIN, TAIWANESE, Probe

pytestmark = pytest.mark.xdist_group("time")

SEND = "/API21/HTTP/sendSMS.ashx"
FIELDS = {**LOGIN, "MSG": "hi", "DEST": TAIWANESE}
BROKEN = [
    # fault, what the client meets, whether the vendor sent the text
    ("reset_before", httpx.ReadError, 0),
    ("reset_after", httpx.ReadError, 1),
    ("hang", httpx.ReadTimeout, 0),
    ("accepted_then_timeout", httpx.ReadTimeout, 1),
    ("half", httpx.RemoteProtocolError, 1),
]


@pytest.mark.parametrize(("fault", "error", "sent"), BROKEN)
async def test_a_broken_answer(probe: Probe, fault: str, error: type[Exception], sent: int) -> None:
    await probe.control("faults", path="SENDSMS.ashx", fault=fault)
    with pytest.raises(error):
        await probe.http.post(SEND, data=FIELDS, timeout=0.3)
    assert len(await probe.sent_texts()) == sent
    assert (await probe.send())[1] == "1"


async def test_a_reset_is_a_real_reset(probe: Probe) -> None:
    await probe.control("faults", fault="reset_after")
    base = httpx.URL(str(probe.http.base_url))
    stream = await anyio.connect_tcp(base.host, base.port or 0)
    async with stream:
        await stream.send(b"GET /API21/HTTP/getCredit.ashx HTTP/1.1\r\nHost: a\r\n\r\n")
        with pytest.raises(anyio.BrokenResourceError) as caught:
            await stream.receive()
    assert isinstance(caught.value.__cause__, ConnectionResetError)


async def test_half_has_the_full_length_and_half_the_body(probe: Probe) -> None:
    await probe.control("faults", fault="half")
    base = httpx.URL(str(probe.http.base_url))
    with socket.create_connection((base.host, base.port or 0)) as raw:
        raw.sendall(b"GET /API21/HTTP/getCredit.ashx?UID=sandbox&PWD=sandbox HTTP/1.1\r\nHost: a\r\n\r\n")
        received = await anyio.to_thread.run_sync(_read_all, raw)
    assert b"content-length: 8\r\n" in received
    assert received.endswith(b"\r\n\r\n1000")


async def test_half_of_an_empty_answer_is_a_reset(probe: Probe) -> None:
    await probe.control("faults", fault="half")
    with pytest.raises(httpx.ReadError):
        await probe.every8d("eraseBooking", BID="220478cc-8506-49b2-93b7-2505f651c12e")


def _read_all(raw: socket.socket) -> bytes:
    return b"".join(iter(lambda: raw.recv(65536), b""))


async def test_garbage_is_processed_and_unreadable(probe: Probe) -> None:
    await probe.control("faults", fault="garbage")
    response = await probe.http.post(SEND, data=FIELDS)
    assert (response.status_code, len(response.content)) == (200, 256)
    with pytest.raises(UnicodeDecodeError):
        response.content.decode()
    assert len(await probe.sent_texts()) == 1


@pytest.mark.parametrize(("processed", "sent"), [(False, 0), (True, 1)])
async def test_http_500_is_processed_only_when_told_so(probe: Probe, *, processed: bool, sent: int) -> None:
    await probe.control("faults", fault="http_500", processed=processed)
    assert (await probe.http.post(SEND, data=FIELDS)).status_code == 500
    assert len(await probe.sent_texts()) == sent


async def test_html_is_a_maintenance_page_and_sends_nothing(probe: Probe) -> None:
    await probe.control("faults", fault="html")
    response = await probe.http.post(SEND, data=FIELDS)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert await probe.sent_texts() == []


async def test_slow_answers_late(probe: Probe) -> None:
    await probe.control("faults", fault="slow", seconds=0.2)
    before = time.monotonic()
    assert (await probe.send())[1] == "1"
    assert time.monotonic() - before >= 0.2


async def test_a_fault_is_used_up_and_knows_its_page(probe: Probe) -> None:
    await probe.control("faults", path="/API21/HTTP/getCredit.ashx", fault="http_500", times=2)
    assert (await probe.send())[1] == "1"
    answers = [await probe.http.post("/API21/HTTP/getcredit.ashx", data=LOGIN) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 500, 200]


async def test_omis_pages_have_faults_too(probe: Probe) -> None:
    await probe.control("faults", path="TaskManager.aspx", fault="reset_after")
    with pytest.raises(httpx.ReadError):
        await probe.omis("TaskManager", LaunchID="1182", LaunchAction="3")
    assert [
        each["error_code"] for each in (await probe.state())["launches"] if each["launch_id"] == "1182"
    ] == [-2]


async def test_refuse_closes_the_port_and_opens_it_again(probe: Probe) -> None:
    await probe.credit()
    await probe.control("faults", fault="refuse", seconds=1)
    for _ in range(3):
        with pytest.raises(httpx.ConnectError):
            await probe.credit()
    with anyio.fail_after(PATIENCE):
        while not await answers(probe):
            await anyio.lowlevel.checkpoint()
    assert await probe.credit() == "10000.00"


async def answers(probe: Probe) -> bool:
    try:
        await probe.credit()
    except httpx.ConnectError:
        return False
    return True


async def test_refuse_drops_idle_connections(probe: Probe) -> None:
    base = httpx.URL(str(probe.http.base_url))
    async with await anyio.connect_tcp(base.host, base.port or 0) as idle:
        await idle.send(b"GET /_sandbox/state HTTP/1.1\r\nHost: a\r\n\r\n")
        await idle.receive()
        await probe.control("faults", fault="refuse", seconds=0.1)
        with anyio.fail_after(PATIENCE):
            rest = [chunk async for chunk in idle]
    assert all(b"HTTP/1.1" not in chunk for chunk in rest)


async def test_the_log_tells_what_became_of_each_request(probe: Probe) -> None:
    await probe.control("faults", path="sendSMS.ashx", fault="html")
    await probe.http.post(f"{SEND}?UID=sandbox", data={"PWD": "sandbox", "MSG": "您好", "DEST": TAIWANESE})
    await probe.credit()
    first, second = await probe.log()
    assert (first["n"], first["method"], first["path"]) == (1, "POST", SEND)
    assert (first["fault"], first["processed"], second["fault"], second["processed"]) == (
        "html",
        False,
        None,
        True,
    )
    assert first["fields"] == [["UID", "sandbox"], ["PWD", "sandbox"], ["MSG", "您好"], ["DEST", TAIWANESE]]
    assert first["query"] == "UID=sandbox"
    assert first["body"].startswith("PWD=sandbox&MSG=%E6%82%A8")
    assert first["headers"]["content-type"] == "application/x-www-form-urlencoded"
    assert (await probe.http.delete("/_sandbox/log")).status_code == 200
    assert await probe.log() == []
