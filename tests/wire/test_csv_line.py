"""The comma strings of EVERY8D."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.examples import thorough
from tools.wire.csv_line import (
    Refusal,
    SendReceipt,
    read_erase,
    read_line,
    read_points,
    read_send_receipt,
)
from tools.wire.errors import UnreadableReply
from tools.wire.json_body import read_send_json
from tools.wire.refusal import read_refusal

BATCH = "220478cc-8506-49b2-93b7-2505f651c12e"
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2) | st.integers(0, 10**9).map(Decimal)
COUNTS = st.integers(0, 10**6)
RESTS = st.lists(st.from_regex(r"[0-9/+]{1,30}", fullmatch=True), max_size=2).map(tuple)
RECEIPTS = st.builds(
    SendReceipt,
    credit=AMOUNTS,
    sent=COUNTS,
    points=AMOUNTS,
    unsent=COUNTS,
    batch_id=st.uuids().map(str) | st.uuids().map(lambda batch: str(batch).upper()),
    rest=RESTS,
)
AROUND = st.sampled_from(["", "\r\n", "\n", "\ufeff"])


def line_of(receipt: SendReceipt) -> str:
    first = f"{receipt.credit},{receipt.sent},{receipt.points},{receipt.unsent},{receipt.batch_id}"
    return ",".join([first, *receipt.rest])


def result_or_error(read: Callable[[str], object], text: str) -> object:
    try:
        return read(text)
    except UnreadableReply as error:
        return error


@thorough
@given(RECEIPTS, AROUND)
def test_a_receipt_comes_back(receipt: SendReceipt, around: str) -> None:
    assert read_send_receipt(line_of(receipt) + around) == receipt


@thorough
@given(RECEIPTS, st.data())
def test_a_cut_receipt_is_unreadable_or_the_same_send(receipt: SendReceipt, data: st.DataObject) -> None:
    line = line_of(receipt)
    try:
        cut = read_send_receipt(line[: data.draw(st.integers(0, len(line) - 1))])
    except UnreadableReply:
        return
    assert isinstance(cut, SendReceipt)
    assert (cut.credit, cut.sent, cut.points, cut.unsent, cut.batch_id) == (
        receipt.credit,
        receipt.sent,
        receipt.points,
        receipt.unsent,
        receipt.batch_id,
    )


@thorough
@given(st.integers(-(10**9) + 1, -1), st.text("文a, /\t0", max_size=20))
def test_a_refusal_comes_back_split_at_the_first_comma(code: int, text: str) -> None:
    assert read_line(f"{code},{text}\r\n", fields=(5,)) == Refusal(code=code, text=text.strip())


@thorough
@given(st.text(max_size=80) | st.from_regex(r"-?[0-9.,{}\[\]\":a-f-]{0,60}"))
def test_any_text_is_a_typed_result_or_unreadable(text: str) -> None:
    for read in (read_send_receipt, read_points, read_erase, read_refusal):
        result = result_or_error(read, text)
        if isinstance(result, UnreadableReply):
            assert len(text) < 8 or text not in str(result)
        else:
            assert result is None or isinstance(result, SendReceipt | Refusal | Decimal | tuple)


@thorough
@given(st.integers(0, 10**9), st.integers(0, 99))
def test_points_come_back(whole: int, hundredths: int) -> None:
    assert read_points(f"{whole}.{hundredths:02}\r\n") == Decimal(whole) + Decimal(hundredths) / 100


@thorough
@given(COUNTS, AMOUNTS)
def test_an_erased_booking_comes_back(count: int, points: Decimal) -> None:
    assert read_erase(f"{count},{points}\n") == (count, points)


@pytest.mark.parametrize("body", ["", "\r\n", "\ufeff", " \r\n"])
def test_an_empty_erase_answer_is_nothing_found(body: str) -> None:
    assert read_erase(body) is None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "OK",
        "<html></html>",
        f"1230.00,4,4,0,{BATCH[:35]}",
        f"1230.00,4,4,0,{BATCH}0",
        f"1230.00,4,4,0,{BATCH.replace('-', '')}0000",
        f"1230.00,4,4,{BATCH}",
        f"1230.00,4,4,0,{BATCH},1,2,3",
        f"-5.00,4,4,0,{BATCH}",
        f"1230.00,-4,4,0,{BATCH}",
        f"1230.00,4,-4,0,{BATCH}",
        f"1230.00,4,4,-1,{BATCH}",
        f"1230.00,4.5,4,0,{BATCH}",
        f"NaN,4,4,0,{BATCH}",
        f"1e3,4,4,0,{BATCH}",
        f"１２３,4,4,0,{BATCH}",
        f"1230.,4,4,0,{BATCH}",
        f"1230.00,4,4,0,{BATCH},a\nb",
        f"1230.00,4,4,0,{BATCH}\n1230.00,4,4,0,{BATCH}",
        '{"Result":true,"Status":"0","Msg":"56.00,2,2,0,' + BATCH + '"}',
        '{"Result":false,"Status":"0","Msg":"no"}',
        '{"Result":false,"Status":true,"Msg":"no"}',
        '{"Result":false,"result":true,"Status":"-1"}',
    ],
)
def test_what_is_no_whole_receipt_is_unreadable(line: str) -> None:
    with pytest.raises(UnreadableReply):
        read_send_receipt(line)


@pytest.mark.parametrize("line", ["-", "-x", "-27abc", "-2.5", "--27", "-27;text"])
def test_a_broken_refusal_is_unreadable(line: str) -> None:
    with pytest.raises(UnreadableReply, match="negative code"):
        read_line(line, fields=(1, 2))


@pytest.mark.parametrize("number", ["2310.", ".5", "2310.00005", "2,310.00", "1e2", "+1.00", "２３"])
def test_what_is_no_plain_number_is_no_amount_of_points(number: str) -> None:
    with pytest.raises(UnreadableReply):
        read_points(number)


@pytest.mark.parametrize("answer", ["2", "2,", ",2", "2.5,2", "2,x", "2,2,2", "x,2"])
def test_a_broken_erase_answer_is_unreadable(answer: str) -> None:
    with pytest.raises(UnreadableReply):
        read_erase(answer)


@pytest.mark.parametrize("credit", ["-5", "-5.00", "-5.0", "-0.5", "−5.00", "－5", " -5", "- 5", "(5.00)"])
def test_a_negative_credit_with_a_whole_batch_id_is_no_refusal(credit: str) -> None:
    with pytest.raises(UnreadableReply):
        read_send_receipt(f"{credit},4,4,0,{BATCH}")
    with pytest.raises(UnreadableReply):
        read_send_json(f'{{"Result":false,"Status":"-5","Msg":"{credit},4,4,0,{BATCH}"}}')


@pytest.mark.parametrize("line", ["-5,x", "-5.00,x", "−5,x", "－5.0,x", " -5 ,x", "-5,4,4,0", "-5.00,4,4,0,"])
def test_without_one_it_is_refused(line: str) -> None:
    found = read_send_receipt(line)
    assert isinstance(found, Refusal)
    assert found.code == -5


@pytest.mark.parametrize("points", ["88", "0", "79.123", "0.00", "12.5"])
def test_points_are_read_as_the_credit_of_a_receipt_is(points: str) -> None:
    receipt = read_send_receipt(f"{points},1,1,0,{BATCH}")
    assert isinstance(receipt, SendReceipt)
    assert read_points(points) == receipt.credit == Decimal(points)


@pytest.mark.parametrize("result", ['"true"', '"True"', "true"])
def test_a_result_may_be_written_as_text(result: str) -> None:
    found = read_send_json(f'{{"Result":{result},"Status":"0","Msg":"56.00,2,2,0,{BATCH}"}}')
    assert isinstance(found, SendReceipt)
    refused = read_send_json(
        f'{{"Result":{result.lower().replace("true", "false")},"Status":"-27","Msg":"x"}}'
    )
    assert refused == Refusal(code=-27, text="x")


def test_the_caller_can_ask_for_the_one_number_of_fields_of_its_section() -> None:
    with pytest.raises(UnreadableReply, match="5 fields"):
        read_send_receipt(f"1230.00,4,4,0,{BATCH},0900000001", fields=(5,))


def test_a_json_refusal_does_not_repeat_its_code_in_its_text() -> None:
    body = '{"Result":false,"Status":-27,"Msg":"-27, 電話"}'
    assert read_refusal(body) == Refusal(code=-27, text="電話")
