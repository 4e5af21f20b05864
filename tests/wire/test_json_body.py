"""JSON from EVERY8D."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.examples import thorough
from tests.wire.test_csv_line import BATCH, RECEIPTS, line_of
from tools.wire.csv_line import SendReceipt
from tools.wire.errors import UnreadableReply
from tools.wire.json_body import read_delivery_json, read_json, read_send_json
from tools.wire.page import DELIVERY_NAMES, Page
from tools.wire.refusal import Refusal

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)
ROWS = st.lists(
    st.tuples(
        TEXTS, st.just("+886912345678"), TEXTS, TEXTS, st.sampled_from(["0", "-1", "100"]), TEXTS, TEXTS
    ),
    max_size=4,
)
MSG = f"56.00,2,2,0,{BATCH}"


@thorough
@given(value=VALUES, ascii_only=st.booleans())
def test_a_json_value_comes_back(value: object, *, ascii_only: bool) -> None:
    assert read_json(json.dumps(value, ensure_ascii=ascii_only)) == value


@thorough
@given(RECEIPTS, st.sampled_from([str.lower, str.upper, str.title]))
def test_a_personalised_receipt_comes_back_whatever_the_case_of_its_names(
    receipt: SendReceipt, case: object
) -> None:
    five = SendReceipt(
        credit=receipt.credit,
        sent=receipt.sent,
        points=receipt.points,
        unsent=receipt.unsent,
        batch_id=receipt.batch_id,
        rest=(),
    )
    assert callable(case)
    body = {case("result"): True, case("status"): "0", case("msg"): line_of(five)}
    assert read_send_json(json.dumps(body)) == five


def test_a_personalised_receipt_may_lack_its_status_as_later_versions_print_it() -> None:
    whole = read_send_json(json.dumps({"Result": True, "Status": "0", "Msg": MSG}))
    assert isinstance(whole, SendReceipt)
    assert read_send_json(json.dumps({"Result": True, "Msg": MSG})) == whole


@thorough
@given(rows=ROWS, more=st.integers(0, 3000), upper=st.booleans())
def test_a_json_page_comes_back(rows: list[tuple[str, ...]], *, more: int, upper: bool) -> None:
    names = [name.upper() if upper else name for name in DELIVERY_NAMES]
    data = [dict(zip(names, row, strict=True)) for row in rows]
    body = json.dumps({"SMS_COUNT": len(rows) + more, "BID": BATCH, "DATA": data})
    assert read_delivery_json(body) == Page(total=len(rows) + more, rows=tuple(rows))


@thorough
@given(
    st.text(max_size=60)
    | VALUES.map(json.dumps)
    | st.dictionaries(
        st.sampled_from(["Result", "Status", "Msg", "SMS_COUNT", "DATA"]), VALUES | st.just(MSG)
    ).map(json.dumps)
)
def test_any_text_is_a_typed_result_or_unreadable(text: str) -> None:
    for read in (read_send_json, read_delivery_json):
        try:
            result = read(text)
        except UnreadableReply:
            continue
        assert isinstance(result, SendReceipt | Refusal | Page)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}x",
        "{'a':1}",
        '{"a":1,"a":2}',
        '{"a":NaN}',
        '{"a":Infinity}',
        '{"a":-Infinity}',
        '{"a":1e999999999}',
        '{"a":1e2}',
        '{"a":0.' + "1" * 60 + "}",
        '{"a":' + "9" * 5000 + "}",
        r'{"a":"\ud800"}',
        r'{"\udc00":1}',
        r'[["\ud83d x"]]',
        "[" * 33 + "]" * 33,
        "[" * 2_000_000,
        '{"a":' * 100_000,
        '"' + '\\"' * 1_000_000 + "\\",
    ],
    ids=range(19),
)
def test_json_that_readers_choke_on_or_disagree_on_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableReply):
        read_json(text)


def test_json_that_is_too_long_is_unreadable_before_it_is_read() -> None:
    with pytest.raises(UnreadableReply, match="longer"):
        read_json('"' + "a" * (8 * 1024 * 1024) + '"')


def test_brackets_in_a_text_and_thirty_two_levels_are_no_depth_to_refuse() -> None:
    assert read_json('"' + "[" * 100 + r"\"[" + '"') == "[" * 100 + '"['
    assert read_json("[" * 32 + "]" * 32)
    assert read_json("[" + "[]," * 100 + "[]]")


def test_a_fraction_stays_exact() -> None:
    assert read_json('{"COST":1.10}') == {"COST": Decimal("1.10")}


@pytest.mark.parametrize(
    "body",
    [
        {"Result": True, "Status": "1", "Msg": MSG},
        {"Result": True, "Status": None, "Msg": MSG},
        {"Result": True, "Status": "", "Msg": MSG},
        {"Result": True, "Msg": MSG[:-1]},
        {"Result": "yes", "Status": "0", "Msg": MSG},
        {"Result": 1, "Status": "0", "Msg": MSG},
        {"Status": "0", "Msg": MSG},
        {"Result": True, "Status": "0", "Msg": MSG[:-1]},
        {"Result": True, "Status": "0", "Msg": "-27,no"},
        {"Result": True, "Status": "0", "Msg": f"56.00,2,2,{BATCH}"},
        {"Result": True, "Status": "0", "Msg": f"{MSG},1"},
        {"Result": True, "Status": "0", "Msg": None},
        {"Result": True, "Status": "0", "Msg": MSG, "RESULT": True},
        {"Result": False, "Status": "0", "Msg": MSG},
        [True],
    ],
)
def test_a_personalised_answer_that_contradicts_itself_is_unreadable(body: object) -> None:
    with pytest.raises(UnreadableReply):
        read_send_json(json.dumps(body))


BROKEN_PAGES: list[object] = [
    {},
    {"SMS_COUNT": -1},
    {"SMS_COUNT": "x"},
    {"SMS_COUNT": True},
    {"SMS_COUNT": 10**9},
    {"SMS_COUNT": 1, "DATA": {}},
    {"SMS_COUNT": 1, "DATA": ""},
    {"SMS_COUNT": 1, "DATA": [1]},
    {"SMS_COUNT": 1, "DATA": [{"STATUS": 1}]},
    {"SMS_COUNT": 1, "DATA": [{"MOBILE": "0912345678"}]},
    {"SMS_COUNT": 1, "DATA": [{"MOBILE": "0912345678", "STATUS": "sent"}]},
    {"SMS_COUNT": 1, "DATA": [{"MOBILE": "0912345678", "STATUS": 0, "NAME": []}]},
    {"SMS_COUNT": 1, "DATA": [{"MOBILE": "0912345678", "STATUS": 0, "NAME": True}]},
    {"SMS_COUNT": 1, "DATA": [{"MOBILE": "0912345678", "STATUS": 0, "status": 100}]},
    {"SMS_COUNT": 0, "DATA": [{"MOBILE": "0912345678", "STATUS": 0}]},
]


@pytest.mark.parametrize("body", BROKEN_PAGES)
def test_a_json_page_of_another_shape_is_unreadable(body: object) -> None:
    with pytest.raises(UnreadableReply):
        read_delivery_json(json.dumps(body))


def test_a_comma_refusal_in_the_place_of_json_is_a_refusal() -> None:
    assert read_send_json("-27,電話號碼不得為空") == Refusal(code=-27, text="電話號碼不得為空")
    with pytest.raises(UnreadableReply):
        read_send_json(MSG)
