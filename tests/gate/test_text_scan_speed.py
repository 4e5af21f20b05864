"""A text of any kind is scanned quickly: the scan stands before every send."""

import time

import pytest

from server.gate.rules.text_scan import find_hosts, find_phone_numbers


@pytest.mark.parametrize(
    "text",
    ["a", "a.", "字", "a://", "%25", "0 ", "+1 ", "a字", "1.", "a@", "a.tw字", "0-", "."],
)
def test_a_long_text_is_scanned_quickly(text: str) -> None:
    text *= 5000 // len(text)
    started = time.process_time()
    find_hosts(text)
    find_phone_numbers(text)
    assert time.process_time() - started < 1.5
