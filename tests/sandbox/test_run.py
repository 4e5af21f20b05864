import asyncio
import logging
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable

import anyio
import httpx2 as httpx
import pytest

from server.sandbox.run import running_sandbox, serve_sandbox
from tests.patience import PATIENCE
from tests.sandbox.probe import LOGIN
from tests.sandbox.receiver import receiving

pytestmark = pytest.mark.xdist_group("time")

CREDIT = "/API21/HTTP/getCredit.ashx"


async def started(
    serve: Callable[[Callable[[str], None]], asyncio.Task[None]],
) -> tuple[asyncio.Task[None], str]:
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = serve(ready.set_result)
    return task, await asyncio.wait_for(ready, PATIENCE)


async def test_it_ends_within_two_seconds_with_hung_and_idle_connections() -> None:
    task, url = await started(lambda ready: asyncio.create_task(serve_sandbox(on_ready=ready)))
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        await http.post("/_sandbox/faults", json={"fault": "hang"})
        await http.post("/_sandbox/faults", json={"fault": "slow", "seconds": 600})
        asked = [asyncio.create_task(http.post(CREDIT, data=LOGIN)) for _ in range(2)]
        with anyio.fail_after(PATIENCE):
            while len((await http.get("/_sandbox/log")).json()) < 2:
                pass
        before = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - before < 2
        left = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(each, httpx.TransportError) for each in left)


async def test_a_cancelled_scope_leaves_no_task_behind() -> None:
    before = asyncio.all_tasks()
    async with anyio.create_task_group() as tasks:
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        tasks.start_soon(lambda: serve_sandbox(on_ready=ready.set_result))
        url = httpx.URL(await ready)
        async with await anyio.connect_tcp(url.host, url.port or 0) as stream:
            fault = b'{"fault":"hang"}'
            await stream.send(
                b"POST /_sandbox/faults HTTP/1.1\r\nHost: a\r\nContent-Length: 16\r\n\r\n" + fault
            )
            await stream.receive()
            await stream.send(f"GET {CREDIT} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            with anyio.fail_after(PATIENCE):
                while len(asyncio.all_tasks() - before) < 2:
                    await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
    assert asyncio.all_tasks() == before


async def test_it_ends_while_it_refuses() -> None:
    async with running_sandbox() as url, httpx.AsyncClient(base_url=url) as http:
        await http.post("/_sandbox/faults", json={"fault": "refuse", "seconds": 600})
        before = time.monotonic()
    assert time.monotonic() - before < 2


async def test_the_same_port_can_be_used_again_at_once() -> None:
    async with running_sandbox() as first, httpx.AsyncClient() as http:
        await http.post(first + CREDIT, data=LOGIN)
    async with running_sandbox(int(first.rsplit(":", 1)[1])) as second, httpx.AsyncClient() as http:
        assert second == first
        assert (await http.post(second + CREDIT, data=LOGIN)).text == "10000.00"


async def test_a_taken_port_is_an_error() -> None:
    async with running_sandbox() as url:
        with pytest.raises(OSError, match="in use"):
            async with running_sandbox(int(url.rsplit(":", 1)[1])):
                pytest.fail("two sandboxes on one port")


async def test_an_error_inside_the_block_comes_out_as_it_is() -> None:
    with pytest.raises(KeyError):
        async with running_sandbox():
            raise KeyError


async def test_it_listens_on_loopback_only() -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1 only"):
        await serve_sandbox(host="0.0.0.0")  # noqa: S104 - must be refused


async def test_it_is_quiet_and_leaves_the_signals_alone(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with running_sandbox() as url:
        response = await asyncio.to_thread(_plain_get, f"{url}{CREDIT}?UID=sandbox&PWD=sandbox")
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert response.endswith(b"10000.00")
    assert capsys.readouterr() == ("", "")
    assert caplog.records == []


def _plain_get(url: str) -> bytes:
    """Without an HTTP library that would write to the log itself."""
    with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - loopback
        return response.read()


async def test_callbacks_are_quiet_too(caplog: pytest.LogCaptureFixture) -> None:
    async with running_sandbox() as url, httpx.AsyncClient(base_url=url) as http, receiving() as receiver:
        await http.post("/_sandbox/callbacks", json={"url": receiver.url})
        data = {**LOGIN, "MSG": "hi", "DEST": "0912345678"}
        await http.post("/API21/HTTP/sendSMS.ashx", data=data)
        caplog.set_level(logging.INFO)
        caplog.clear()
        await http.post("/_sandbox/clock", json={"advance_seconds": 60})
        assert len(receiver.raw) == 1
    assert not [record for record in caplog.records if receiver.url in record.getMessage()]


async def test_callbacks_go_out_in_real_time_too_even_after_a_reset() -> None:
    async with running_sandbox() as url, httpx.AsyncClient(base_url=url) as http, receiving() as receiver:
        await http.post("/_sandbox/reset")
        await http.post("/_sandbox/callbacks", json={"url": receiver.url})
        await http.post("/API21/HTTP/sendSMS.ashx", data={**LOGIN, "MSG": "hi", "DEST": "0912345678"})
        await http.post("/_sandbox/clock", json={"advance_seconds": 29.8})
        with anyio.fail_after(PATIENCE):
            while not receiver.raw:
                await anyio.lowlevel.checkpoint()


@pytest.mark.usefixtures("interruptible")
def test_the_module_says_where_it_is_and_imports_little() -> None:
    command = [sys.executable, "-m", "server.sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert line.startswith("sandbox ready at http://127.0.0.1:")
    assert (out, err, process.returncode) == ("", "", 0)
    heavy = "import sys, server.sandbox.run; print(sys.modules.keys() & {'uvicorn', 'starlette', 'httpx2'})"
    checked = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert checked.stdout.strip() == "set()"
