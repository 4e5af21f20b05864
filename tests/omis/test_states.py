"""Every row of the two status tables of document 001 (任務狀態說明, 寄送狀態說明)."""

import pytest

from tools.omis.states import job_status, launch_status


@pytest.mark.parametrize(
    ("status", "error", "count", "words"),
    [
        (0, 0, None, "finished"),
        *((status, -1, 1, "terminated") for status in range(4)),
        *((status, -2, 1, "paused") for status in range(4)),
        *((status, error, 1, "error") for status in range(4) for error in (1, 111)),
        (1, 0, 0, "waiting to start"),
        (1, 0, -1, "waiting to start"),
        (1, 0, 1, "waiting for the next start"),
        (1, None, 7, "waiting for the next start"),
        (2, 0, None, "starting"),
        (3, 0, None, "started"),
        (99, 0, None, "waiting for approval"),
        (99, -2, None, "waiting for approval"),
    ],
)
def test_a_launch_has_the_state_that_the_table_gives(
    status: int, error: int | None, count: int | None, words: str
) -> None:
    assert launch_status(status, error, count) == words


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (0, 0, "finished"),
        *((status, -1, "terminated") for status in range(9)),
        *((status, -2, "paused") for status in range(9)),
        *((status, 5, "error") for status in range(9)),
        (1, 0, "waiting to be sent"),
        (2, 0, "preparing the content"),
        (3, 0, "preparing the links"),
        (4, 0, "preparing the list"),
        (5, 0, "preparing the list"),
        (6, 0, "sending"),
        (7, 0, "sending"),
        (8, 0, "tracking"),
    ],
)
def test_a_job_has_the_state_that_the_table_gives(status: int, error: int, words: str) -> None:
    assert job_status(status, error) == words


@pytest.mark.parametrize(
    ("status", "error", "count"),
    [(0, None, 0), (1, 0, None), (4, 0, 0), (8, -2, 0), (None, 0, 0), (-1, 0, 0)],
)
def test_a_launch_state_outside_the_table_is_unknown(
    status: int | None, error: int | None, count: int | None
) -> None:
    assert launch_status(status, error, count) == "unknown"


@pytest.mark.parametrize(("status", "error"), [(0, None), (0, -3), (9, 0), (99, -2), (None, None)])
def test_a_job_state_outside_the_table_is_unknown(status: int | None, error: int | None) -> None:
    assert job_status(status, error) == "unknown"
