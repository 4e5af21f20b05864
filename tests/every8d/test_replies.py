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
    }


def test_a_strangers_text_is_cleaned_and_keeps_its_tabs_apart_from_ours() -> None:
    found = ask(f"1\r\n\t0912345678\tstop\tnow\u202e\nplease\u200b\t{TIME}\n")
    assert found.replies[0].text == "stop now please"


def test_no_replies_are_an_empty_list() -> None:
    assert ask("0") == RepliesResult(total=0, page=1, pages=0, replies=[], complete=True)


def test_a_refusal_is_an_error() -> None:
    with pytest.raises(RefusedError, match="replies were not read"):
        ask("-300,帳號密碼不得為空")


@settings(max_examples=60, deadline=None)
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
    steps = GET_SMS_REPLIES.steps(RepliesParams(batch_id=BATCH), WORLD)
    next(steps)
    page = "1\r\n\t1922\t退訂\t2026/03/01 12:00:00.250\n".encode("big5")
    with pytest.raises(StopIteration) as end:
        steps.send(Reply(status=200, body=page, content_type="text/plain; charset=utf-8"))
    assert [reply.text for reply in end.value.value.replies] == ["退訂"]
