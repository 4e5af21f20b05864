"""EVERY8D 2.4."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.every8d.driving import BATCH, WORLD, always, drive, fields
from tools.every8d.replies import GET_SMS_REPLIES, RepliesParams, RepliesResult
from tools.operation import Reply, Request
from tools.problems import RefusedError

TIME = "2010/03/03 14:25:55"


def ask(body: str) -> RepliesResult:
    return drive(GET_SMS_REPLIES.steps(RepliesParams(batch_id=BATCH), WORLD), always(body))[0]


def texts_in(body: bytes) -> list[str]:
    """What is read of a page of these bytes."""
    steps = GET_SMS_REPLIES.steps(RepliesParams(batch_id=BATCH), WORLD)
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(Reply(status=200, body=body, content_type="text/plain; charset=utf-8"))
    return [reply.text for reply in end.value.value.replies]


def two_rows(first: bytes, second: bytes) -> bytes:
    rows = (b"\t0922333444\t" + first, b"\t0922333445\t" + second)
    return b"2\r\n" + b"".join(row + b"\t2026/03/01 12:00:00\n" for row in rows)


def test_a_reply_is_mapped_field_by_field() -> None:
    steps = GET_SMS_REPLIES.steps(RepliesParams(batch_id=BATCH), WORLD)
    found, asked = drive(steps, always(f"1\r\nRoger\t+886933123123\t回覆簡訊內容01\t{TIME}\n"))
    assert asked == [
        Request(vendor="every8d", path="API21/HTTP/getReplyMessage.ashx", fields={"BID": BATCH, "PNO": "1"})
    ]
    assert found.model_dump(mode="json") == {
        "total": 1,
        "page": 1,
        "pages": 1,
        "replies": [
            {
                "name": "Roger",
                "mobile": "+886933123123",
                "text": "回覆簡訊內容01",
                "received_at": "2010-03-03T14:25:55+08:00",
            }
        ],
        "complete": True,
        "undivided": [],
        "note": "",
    }


def test_a_strangers_text_is_cleaned_and_keeps_its_tabs_apart_from_ours() -> None:
    found = ask(f"1\r\n\t0912345678\tstop\tnow\u202e\nplease\u200b\t{TIME}\n")
    assert found.replies[0].text == "stop now please"


def test_no_replies_are_an_empty_list() -> None:
    assert ask("0") == RepliesResult(total=0, page=1, pages=0, replies=[], complete=True)


def test_a_refusal_is_an_error() -> None:
    with pytest.raises(RefusedError, match="replies were not read"):
        ask("-300,帳號密碼不得為空")


@settings(max_examples=60)
@given(st.integers(0, 250), st.integers(1, 200), st.integers(1, 30))
def test_a_page_is_the_slice_of_the_whole(total: int, size: int, page: int) -> None:
    def vendor(request: Request) -> str:
        first = (int(fields(request)["PNO"]) - 1) * 10
        last = min(total, first + 10)
        rows = "".join(f"\t0912345678\ttext {index}\t{TIME}\n" for index in range(first, last))
        return f"{total}\r\n{rows}"

    given_params = RepliesParams(batch_id=BATCH, page=page, page_size=size)
    found, asked = drive(GET_SMS_REPLIES.steps(given_params, WORLD), vendor)
    start = (page - 1) * size
    expected = [f"text {index}" for index in range(total)][start : start + size]
    assert [each.text for each in found.replies] == expected
    assert (found.total, found.complete) == (total, True)
    asks_for_the_total = total == 0 and start >= 10
    assert len(asked) == max(1, (start + len(expected) - 1) // 10 - start // 10 + 1) + asks_for_the_total


def test_replies_in_big5_are_read_whatever_the_header_says() -> None:
    page = "1\r\n\t1922\t退訂\t2026/03/01 12:00:00.250\n".encode("big5")
    assert texts_in(page) == ["退訂"]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("退訂\0".encode(), "退訂"),
        (b"\0", ""),
        (b"\xe9\x80", "\ufffd"),
        ("謝謝".encode()[:-1], "謝\ufffd"),
        (b"\xff", "\ufffd"),
    ],
)
def test_a_reply_of_bytes_that_are_no_text_hides_no_other(written: bytes, seen: str) -> None:
    assert texts_in(two_rows(written, "請幫我退訂，謝謝".encode())) == [seen, "請幫我退訂，謝謝"]


def test_a_broken_byte_in_a_page_of_big5_hides_no_reply_either() -> None:
    assert texts_in(two_rows(b"\xff", "請幫我退訂，謝謝".encode("big5")))[1] == "請幫我退訂，謝謝"


def test_a_reply_that_looks_like_two_leaves_its_page_raw_and_the_others_as_rows() -> None:
    """Page 2 of 3 holds it; rows and opt-outs of all are there, and how many are raw is said."""
    forged = f"好\t{TIME}\n\t0900000000\t假"
    texts = [f"text {index}" for index in range(21)]
    texts[13], texts[17] = forged, "退訂"

    def vendor(request: Request) -> str:
        first = (int(fields(request)["PNO"]) - 1) * 10
        return "21\r\n" + "".join(f"\t0912345678\t{text}\t{TIME}\n" for text in texts[first : first + 10])

    found, _ = drive(GET_SMS_REPLIES.steps(RepliesParams(batch_id=BATCH, page_size=50), WORLD), vendor)
    assert [each.text for each in found.replies] == [*texts[:10], texts[20]]
    assert (found.total, found.complete, len(found.undivided)) == (21, False, 11)
    assert f" 0912345678 退訂 {TIME}" in found.undivided
    assert found.note.startswith("10 of the replies on these pages")
    within = RepliesParams(batch_id=BATCH, page=5, page_size=4)
    assert drive(GET_SMS_REPLIES.steps(within, WORLD), vendor)[0].undivided == found.undivided
