"""What a campaign needs of memory does not grow with its list, neither to be planned nor to be sent."""

import gc
import tracemalloc
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import (
    _lru_cache_wrapper,  # pyright: ignore[reportPrivateUsage] - to know a cache when it is met
    partial,
)

import pytest

from bench.processes import listening, peer
from server.campaigns import planning
from tests.campaigns.playing import carried_out, is_done, people, planned, write_list
from tests.e2e.house import House, Session
from tests.e2e.person import Person
from tests.gate.servers import fronted
from tests.long_runs import some_long
from tools.lists.reasons import Reason
from tools.lists.rows import Judged, Recipient, Rejected
from tools.lists.tally import Tally

_FEW, _MANY = 500, 3_000
_MORE = _MANY - _FEW
_CHUNK = 50


class Held:
    """Bytes that Python holds beside what it held before: in the end, and at the most."""

    kept = peak = 0


def _tidied() -> None:
    """Let go of what nobody has, and of caches with a bound, which fill up with whatever comes."""
    gc.unfreeze()
    gc.collect()
    for each in gc.get_objects():
        if isinstance(each, _lru_cache_wrapper) and each.cache_info().maxsize is not None:
            each.cache_clear()


@contextmanager
def _held() -> Generator[Held]:
    found = Held()
    _tidied()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    yield found
    peak = tracemalloc.get_traced_memory()[1]
    _tidied()
    found.kept, found.peak = tracemalloc.get_traced_memory()[0] - before, peak - before


@pytest.fixture
def _traced() -> Generator[None]:
    """With the garbage collector as a running server has it, not as the tests do (`tests/conftest.py`)."""
    threshold = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.freeze()
    gc.set_threshold(*threshold)


async def _campaign(
    session: Session, house: House, count: int, held: Callable[[], AbstractContextManager[Held]] = _held
) -> tuple[Held, Held]:
    """Of so many recipients: what it took to plan it, and to send it."""
    assert session.parts
    write_list(house, people(count))
    with held() as to_plan:
        campaign = (await planned(session, text=f"【測試】{{姓名}}您好，{count}"))["campaign_id"]
    await session.facts("start_campaign", {"campaign_id": campaign})
    with held() as to_send:
        await carried_out(session.parts, campaign)
    assert await is_done(session.parts, campaign)
    return to_plan, to_send


@pytest.mark.long
@pytest.mark.usefixtures("_traced")
async def test_a_campaign_of_more_recipients_holds_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_AT_ONCE", 500)
    with listening(peer("vendor", "0")) as url:
        # One at a time: how many are held else depends on how quickly the vendor happens to answer.
        every8d = {"base_url": url, "max_recipients": _CHUNK, "calls_at_once": 1}
        async with fronted(house, Person(), every8d=every8d) as session:
            # The first one imports, compiles and opens what stays.
            await _campaign(session, house, _FEW - 1, partial(nullcontext, Held()))
            few, many = [await _campaign(session, house, count) for count in (_FEW, _MANY)]
    for less, more in zip(few, many, strict=True):
        assert (more.kept - less.kept) / _MORE < 20
        # How far a chunk is on its way differs from run to run.
        assert (more.peak - less.peak) / _MORE < 200


def _wanted(row: int) -> Judged:
    return Recipient(row, f"+8869{row * 1_237 % 90_000_000:08}", (f"客戶{row}",))


def _abroad(row: int) -> Judged:
    return Recipient(row, f"+1202{row:07}", (f"客戶{row}",))


def _repeated(row: int) -> Judged:
    return Recipient(row, "+886912345678", (f"客戶{row}",))


def _refused(row: int) -> Judged:
    return Rejected(row, Reason.OPTED_OUT, f"+8869{row * 1_237 % 90_000_000:08}")


@pytest.mark.usefixtures("_traced")
@pytest.mark.parametrize("made", some_long([_wanted, _abroad, _repeated, _refused]))
def test_a_list_is_known_by_number_without_more_memory_for_each_row(made: Callable[[int], Judged]) -> None:
    tally, rows = Tally(), iter(range(2, 6_000))

    def take(count: int) -> None:
        for _ in range(count // 100):
            tally.take([made(next(rows)) for _ in range(100)], {})

    take(1_000)
    with _held() as held:
        take(4_000)
    assert held.kept / 4_000 < 0.1
    # A slice, and nothing beside it.
    assert held.peak < 60_000
