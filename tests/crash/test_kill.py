"""kill -9 at random moments: nothing is sent twice, nothing is called done that was not, the rest is unknown.

`SOAK=1` makes it 150 kills and 90 seconds at least, and prints its figures (with `-s`).
"""

import os
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import pytest

from server.command import audit as terminal_audit
from server.ledger import reaper
from server.parts import Parts
from tests.crash.launcher import LEASE_SECONDS
from tests.crash.storm import Storm
from tests.e2e.house import House
from tests.e2e.sql import run_sql, store_of
from tests.gate.servers import config_file, started, until
from tests.judge.judge import judge
from tests.patience import PATIENCE

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]

SOAK = bool(os.environ.get("SOAK"))
SECONDS, KILLS = (90, 150) if SOAK else (6, int(os.environ.get("KILLS", "5")))
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


@asynccontextmanager
async def _afterwards(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Parts]:
    """A server of this process over the same store; it finds what lost its owner."""
    monkeypatch.setattr(reaper, "_EVERY_SECONDS", 0.1)
    async with started(house) as parts:
        yield parts


async def _states(parts: Parts) -> dict[str, str]:
    """Where the action of each text stands, once no dispatch is left without an end."""
    from server.store.actions import ActionFilter, State  # noqa: PLC0415 - the store is opened at the first use

    async def all_ended() -> bool:
        return (await parts.book.listed(ActionFilter(state=State.DISPATCHING), 1, 1, [])).total == 0

    await until(all_ended, LEASE_SECONDS + PATIENCE)
    found = await parts.book.listed(ActionFilter(), 1, 100_000, [])
    assert len(found.actions) == found.total
    return {entry.arguments: str(entry.state) for entry in found.actions}


def _of(text: str, states: dict[str, str]) -> list[str]:
    return [state for arguments, state in states.items() if f'"{text}"' in arguments]


async def test_nothing_is_sent_twice_and_nothing_is_falsely_done(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    storm = Storm(house=house, dice=random.Random(SEED), lanes=3 if SOAK else 2)
    await storm.rage(SECONDS, kills=KILLS)
    with anyio.fail_after(4 * PATIENCE):
        while not storm.told_unknown():
            await storm.rage(SECONDS)
    async with _afterwards(house, monkeypatch) as parts:
        states = await _states(parts)
    arrived = await storm.arrived()
    told_done = {text for text, said in storm.told.items() if "done" in said}
    with capsys.disabled():
        _print(storm, states, len(arrived))
    assert storm.kills >= KILLS, f"SEED={SEED}"
    assert max(arrived.values()) == 1, f"SEED={SEED}: {arrived.most_common(3)}"
    assert judge(await storm.history()) == [], f"SEED={SEED}"
    for text in storm.told:
        found = _of(text, states)
        if text in told_done or "succeeded" in found:
            assert arrived[text] == 1, f"SEED={SEED}: {text} was called done"
        if arrived[text]:
            assert set(found) & {"succeeded", "unknown"}, (
                f"SEED={SEED}: {text} arrived, and stands as {found}"
            )
    assert "unknown" in states.values(), f"SEED={SEED}: no kill fell into a send"
    assert await run_sql(store_of(house), "PRAGMA integrity_check") == [[["ok"]]]
    assert await terminal_audit.verify(config_file(house), "", sandbox=False) == 0
    assert "intact" in capsys.readouterr().out


async def test_the_naive_order_sends_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same storm finds the mistake, so that it proves something when it finds none."""
    storm = Storm(house=house, dice=random.Random(SEED), naive=True, lanes=1, answer_after=0.3)
    with anyio.fail_after(PATIENCE):
        while max((await storm.arrived()).values(), default=0) < 2:
            await storm.rage(1)
    assert any("one_" in found for found in judge(await storm.history()))


def _print(storm: Storm, states: dict[str, str], arrived: int) -> None:
    counts = {state: list(states.values()).count(state) for state in sorted(set(states.values()))}
    print(f"SEED={SEED}: {storm.kills} kills, {storm.asked} calls, {arrived} texts arrived, {counts}")  # noqa: T201
