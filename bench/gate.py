"""What the gate costs: a guarded, auto-approved send against the same POST without the gate, in one run.

Both talk HTTP to the sandbox in a process of its own; the guarded send goes through the ledger, the policy,
the audit and a real SQLite file. Fails when the median difference is above the bar.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio

from server.gate.caller import Caller
from server.gate.words.answers import Question
from server.late_parts import LateParts, running
from server.parts import Parts, build_parts
from server.settings.settings import load_settings
from tools.every8d.credit import credit_steps
from tools.every8d.send_sms import SEND_SMS
from tools.operation import Surroundings

BAR_MS = 4.0
NUMBER = "0912345678"


def settings_for(url: str, folder: str) -> Any:
    """One test number may be texted without approval, so that nobody has to be asked."""
    account = {"base_url": url, "uid": "sandbox", "password": "sandbox"}
    policy = {
        "test_numbers": [NUMBER],
        "test_recipients": 1,
        "test_points": 5,
        "calls_per_minute": 1_000_000,
    }
    return load_settings(every8d=account, policy=policy, store={"folder": folder})


async def guarded(parts: Parts, text: str) -> None:
    """The whole path of a call."""
    caller = Caller(principal="bench", session="bench", can_ask=False)
    answer = await parts.gate.call(SEND_SMS, {"recipients": [NUMBER], "text": text}, caller)
    if isinstance(answer, Question) or answer.facts.get("outcome") != "done":
        raise SystemExit(f"the guarded send was not done: {answer}")


async def bare(parts: Parts, text: str) -> None:
    """The same requests (credit for the preview, then the send), without the gate."""
    params = SEND_SMS.params(recipients=[NUMBER], text=text)
    await parts.vendors.query(credit_steps())
    world = Surroundings(now=datetime.now(UTC))
    SEND_SMS.parse(await parts.vendors.send(SEND_SMS.build(params, world)), params, world)


async def timed(work: Callable[[Parts, str], Awaitable[None]], parts: Parts, text: str) -> float:
    """Milliseconds of one send."""
    began = time.perf_counter()
    await work(parts, text)
    return (time.perf_counter() - began) * 1000


async def measure(url: str, rounds: int) -> tuple[float, float]:
    """Medians in ms: guarded, bare; interleaved, so that noise meets both."""
    with tempfile.TemporaryDirectory() as folder:
        parts = build_parts(settings_for(url, folder))
        async with running(LateParts.of(parts)):
            for number in range(10):
                await guarded(parts, f"warm {number}")
                await bare(parts, f"warm bare {number}")
            pairs = [
                (await timed(guarded, parts, f"a {n}"), await timed(bare, parts, f"b {n}"))
                for n in range(rounds)
            ]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def main() -> int:
    """Start a sandbox, measure, compare with the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    command = [sys.executable, "-m", "server.command.cli", "sandbox", "--port", "0"]
    root = Path(__file__).parent.parent
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=root) as sandbox:
        try:
            assert sandbox.stderr is not None
            url = sandbox.stderr.readline().strip().rsplit(" ", 1)[-1]
            with_gate, without = anyio.run(measure, url, rounds)
        finally:
            sandbox.terminate()
    more = with_gate - without
    print(f"guarded {with_gate:.2f} ms, bare {without:.2f} ms, difference {more:.2f} ms (bar {BAR_MS} ms)")
    return 0 if more <= BAR_MS else 1


if __name__ == "__main__":
    sys.exit(main())
