"""A minute holds so many calls of a principal, whatever its clock does."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.gate.rules.rate_limiter import RateLimiter
from tests.gate.intents import NOON


def test_a_minute_holds_so_many_calls_for_each_principal() -> None:
    limiter = RateLimiter(2)
    assert [limiter.spend("a", NOON) for _ in range(3)] == [True, True, False]
    assert limiter.spend("b", NOON)
    assert not limiter.spend("a", NOON + timedelta(seconds=59.9))
    assert limiter.spend("a", NOON + timedelta(seconds=60))


def test_a_refused_call_takes_no_slot() -> None:
    limiter = RateLimiter(1)
    assert limiter.spend("a", NOON)
    assert not limiter.spend("a", NOON + timedelta(seconds=59))
    assert limiter.spend("a", NOON + timedelta(seconds=61))


def test_a_clock_that_is_set_back_locks_nobody_out_for_longer_than_a_minute() -> None:
    limiter = RateLimiter(1)
    assert limiter.spend("a", NOON)
    assert not limiter.spend("a", NOON - timedelta(hours=1))
    assert limiter.spend("a", NOON - timedelta(hours=1) + timedelta(seconds=60))


@given(st.lists(st.integers(0, 200), max_size=60), st.integers(1, 5))
def test_no_minute_ever_holds_more_than_the_limit(seconds: list[int], most: int) -> None:
    limiter = RateLimiter(most)
    spent = [at for at in sorted(seconds) if limiter.spend("a", NOON + timedelta(seconds=at))]
    assert all(sum(start <= at < start + 60 for at in spent) <= most for start in spent)
