"""What came is counted once, however much came and wherever it falls in the table."""

from hypothesis import given
from hypothesis import strategies as st

from tools.distinct import Distinct

ANY_HASH = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)
FALL_TOGETHER = st.integers(1, 40).map(lambda number: number << 32)


@given(st.lists(ANY_HASH | FALL_TOGETHER, max_size=200))
def test_each_value_is_new_once(values: list[int]) -> None:
    distinct, had = Distinct(slots=2), set[int]()
    for each in values:
        # An empty place is a zero: what hashes to it is taken for its neighbour.
        assert (each in distinct) is ((each or 1) in had)
        assert distinct.add(each) is ((each or 1) not in had)
        had.add(each or 1)
    assert len(distinct) == len(had)


def test_what_falls_together_is_told_apart_however_large_the_table_grows() -> None:
    distinct = Distinct(slots=2)
    values = [each << 32 for each in range(1, 2_000)]
    assert all(map(distinct.add, values))
    assert not any(map(distinct.add, values))
    assert len(distinct) == len(values)
