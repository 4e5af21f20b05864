"""EVERY8D 2.2, 2.3."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.every8d.driving import BATCH, NOW, WORLD, always, drive, fields
from tools.every8d.delivery import (
    GET_MMS_DELIVERY,
    GET_SMS_DELIVERY,
    DeliveryMessage,
    DeliveryParams,
    DeliveryResult,
)
from tools.operation import Every8dOptions, Request, Surroundings
from tools.problems import RefusedError
from tools.taipei import TAIPEI
from tools.wire.errors import UnreadableReply

DOCUMENT = (
    "3\r\n"
    "Roger\t+886933123123\t2021/06/01 14:25:55\t1.0\t100\t2021/06/01 16:56:20\n"
    "\t+886933123122       \t2021/06/01 14:26:55\t1.0\t0\t\n"
    "Larry\t+886933123121\t2021/06/01 14:27:55\t1.0\t103\t2021/06/01 16:56:20\n"
)


def params(**given: Any) -> DeliveryParams:
    return DeliveryParams.model_validate({"batch_id": BATCH, **given})


def ask(body: str, world: Surroundings = WORLD, **given: Any) -> DeliveryResult:
    return drive(GET_SMS_DELIVERY.steps(params(**given), world), always(body))[0]


def mobile(index: int) -> str:
    return f"09{12000000 + index:08d}"


def vendor(total: int, *, bare_beyond: bool = False) -> Callable[[Request], str]:
    """A batch of `total` messages, 1,000 a page; every third one failed."""

    def answer(request: Request) -> str:
        first = (int(fields(request)["PNO"]) - 1) * 1000
        if first >= total and bare_beyond:
            return "0"
        rows = [
            f"\t{mobile(index)}\t2021/06/01 14:25:55\t1.0\t{103 if index % 3 == 0 else 100}\t\n"
            for index in range(first, min(total, first + 1000))
        ]
        return f"{total}\r\n{''.join(rows)}"

    return answer


def test_the_documents_sample_is_mapped_field_by_field() -> None:
    found, asked = drive(GET_SMS_DELIVERY.steps(params(), WORLD), always(DOCUMENT))
    assert asked == [
        Request(
            vendor="every8d",
            path="API21/HTTP/getDeliveryStatus.ashx",
            fields={"BID": BATCH, "PNO": "1", "RESPFORMAT": "0"},
        )
    ]
    assert found.model_dump(mode="json", exclude={"messages"}) == {
        "total": 3,
        "matched": None,
        "page": 1,
        "pages": 1,
        "complete": True,
    }
    assert found.messages[:2] == [
        DeliveryMessage(
            name="Roger",
            mobile="+886933123123",
            sent_at=datetime(2021, 6, 1, 14, 25, 55, tzinfo=TAIPEI),
            points=Decimal(1),
            status_code=100,
            status="delivered to the handset",
            status_class="delivered",
            received_at=datetime(2021, 6, 1, 16, 56, 20, tzinfo=TAIPEI),
        ),
        DeliveryMessage(
            name="",
            mobile="+886933123122",
            sent_at=datetime(2021, 6, 1, 14, 26, 55, tzinfo=TAIPEI),
            points=Decimal(1),
            status_code=0,
            status="handed to the carrier, waiting for the handset",
            status_class="pending",
            received_at=None,
        ),
    ]


def test_an_mms_has_five_columns_and_no_format() -> None:
    body = "2\r\nRoger\t+886933123123\t2010/03/03 14:25:55\t4.0\t700\nPeggy\t+886933123122\t\t\t303\n"
    found, asked = drive(GET_MMS_DELIVERY.steps(params(), WORLD), always(body))
    assert asked[0].path == "API21/HTTP/MMS/getDeliveryStatus.ashx"
    assert fields(asked[0]) == {"BID": BATCH, "PNO": "1"}
    assert [(each.status_class, each.points, each.sent_at is None) for each in found.messages] == [
        ("pending", 4, False),
        ("cancelled", None, True),
    ]


@pytest.mark.parametrize("form", [0, 1, 2])
def test_json_and_xml_mean_the_same_whatever_was_asked_for(form: Any) -> None:
    world = Surroundings(now=NOW, every8d=Every8dOptions(response_format=form))
    row = {"NAME": "", "MOBILE": "+886933123123", "SEND_TIME": "2021/06/01 14:25:55", "COST": 1.0}
    row |= {"STATUS": 100, "RECEIVED_TIME": "2021-06-01 16:56:20", "MR": "1"}
    tags = "".join(f"<{name}>{value}</{name}>" for name, value in row.items())
    bodies = (
        "1\r\n\t+886933123123\t2021/06/01 14:25:55\t1.0\t100\t2021/06/01 16:56:20\n",
        json.dumps({"SMS_COUNT": 1, "BID": BATCH, "DATA": [row]}),
        f"<R><SMS_COUNT>1</SMS_COUNT><DATA><ROW>{tags}</ROW></DATA></R>",
    )
    first, *others = [ask(body, world) for body in bodies]
    assert first.messages[0].status_class == "delivered"
    assert all(other == first for other in others)
    asked = drive(GET_SMS_DELIVERY.steps(params(), world), always("0"))[1]
    assert fields(asked[0])["RESPFORMAT"] == str(form)


def test_an_unknown_code_is_unknown() -> None:
    found = ask("1\r\n\t0912345678\t\t1.0\t777\t\n").messages[0]
    assert (found.status, found.status_class) == ("unknown code 777", "unknown")


def test_a_bare_zero_is_an_empty_batch() -> None:
    assert ask("0") == DeliveryResult(total=0, page=1, pages=0, messages=[], complete=True)


def test_a_page_with_missing_rows_is_not_complete() -> None:
    assert not ask("2\r\n\t0912345678\t\t1.0\t100\t\n").complete
    assert not ask("2\r\n\t0912345678\t\t1.0\t100\t\n", status_class="delivered").complete


@pytest.mark.parametrize("body", ["-101,密碼錯誤", '{"Result":false,"Status":"-101","Msg":""}'])
def test_a_refusal_is_an_error(body: str) -> None:
    with pytest.raises(RefusedError) as caught:
        ask(body)
    assert caught.value.problem.code == "login_refused"


def test_a_web_page_is_unreadable() -> None:
    with pytest.raises(UnreadableReply):
        ask("<html><body>0</body></html>")


@pytest.mark.parametrize(
    "wrong", [{"batch_id": "1182"}, {"batch_id": BATCH + "\n"}, {"page": 0}, {"mobile": "1"}]
)
def test_wrong_arguments_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        params(**wrong)


@settings(max_examples=60)
@given(st.integers(0, 3200), st.integers(1, 200), st.data(), st.booleans())
def test_a_page_is_the_slice_of_the_whole(total: int, size: int, data: st.DataObject, bare: bool) -> None:  # noqa: FBT001 - hypothesis passes by position
    page = data.draw(st.integers(1, total // size + 3))
    steps = GET_SMS_DELIVERY.steps(params(page=page, page_size=size), WORLD)
    found, asked = drive(steps, vendor(total, bare_beyond=bare))
    start = (page - 1) * size
    expected = range(start, min(start + size, total)) if start < total else range(0)
    assert [each.mobile for each in found.messages] == ["+886" + mobile(each)[1:] for each in expected]
    assert (found.total, found.pages, found.complete) == (total, -(-total // size), True)
    needed = {index // 1000 + 1 for index in expected} or {start // 1000 + 1}
    beyond = {1} if bare and not expected and start >= 1000 else set[int]()
    assert {int(fields(request)["PNO"]) for request in asked} <= needed | beyond
    assert len(asked) <= len(needed) + len(beyond)


@settings(max_examples=20)
@given(st.integers(0, 2500), st.integers(1, 200), st.integers(1, 6))
def test_a_filtered_page_is_the_slice_of_what_matches(total: int, size: int, page: int) -> None:
    steps = GET_SMS_DELIVERY.steps(params(page=page, page_size=size, status_class="failed_permanent"), WORLD)
    found, asked = drive(steps, vendor(total))
    failed = ["+886" + mobile(index)[1:] for index in range(0, total, 3)]
    assert [each.mobile for each in found.messages] == failed[(page - 1) * size : page * size]
    assert (found.matched, found.total, found.complete) == (len(failed), total, True)
    assert len(asked) == max(1, -(-total // 1000))


def test_a_number_is_found_wherever_it_stands() -> None:
    steps = GET_SMS_DELIVERY.steps(params(mobile=mobile(2222)), WORLD)
    found, _ = drive(steps, vendor(3000))
    assert (found.matched, found.pages) == (1, 1)
    assert found.messages[0].mobile == "+886" + mobile(2222)[1:]


def test_number_and_class_both_have_to_match() -> None:
    steps = GET_SMS_DELIVERY.steps(params(mobile=mobile(4), status_class="failed_permanent"), WORLD)
    assert drive(steps, vendor(10))[0].matched == 0


def test_a_filter_reads_at_most_twenty_pages_and_says_so() -> None:
    found, asked = drive(GET_SMS_DELIVERY.steps(params(status_class="pending"), WORLD), vendor(20_001))
    assert (len(asked), found.complete, found.total) == (20, False, 20_001)
    found, asked = drive(GET_SMS_DELIVERY.steps(params(status_class="pending"), WORLD), vendor(20_000))
    assert (len(asked), found.complete) == (20, True)


def test_a_total_that_grows_between_pages_is_reported_as_it_is_last() -> None:
    def answer(request: Request) -> str:
        return vendor(1500 if fields(request)["PNO"] == "1" else 1600)(request)

    found, _ = drive(GET_SMS_DELIVERY.steps(params(page=6, page_size=190), WORLD), answer)
    assert found.total == 1600


def test_a_host_that_ignores_the_page_never_gives_a_row_twice() -> None:
    body = vendor(1500)(Request(vendor="every8d", fields={"PNO": "1"})).split("\n", 1)[1]
    more = vendor(1500)(Request(vendor="every8d", fields={"PNO": "2"})).split("\n", 1)[1]
    found = ask(f"1500\r\n{body}{more}", page=6, page_size=190)
    mobiles = [each.mobile for each in found.messages]
    assert not found.complete
    assert mobiles[:50] == ["+886" + mobile(index)[1:] for index in range(950, 1000)]
    assert len(mobiles) == 190


def test_failed_as_a_class_means_both_kinds() -> None:
    rows = "3\r\n" + "".join(f"\t091234567{n}\t\t1.0\t{code}\t\n" for n, code in enumerate((100, 101, 103)))
    found = ask(rows, status_class="failed")
    assert {message.status_class for message in found.messages} == {"failed_retryable", "failed_permanent"}
    assert found.matched == 2


WRITTEN = ("0912345678", "+886912345678", "886912345678", "0912-345-678", "+886 (912)345678", "0912345678.")
MOBILES = st.sampled_from([*WRITTEN, "0987654321", "+12015550123", "12015550123", "1922", "９12345678", ""])
CODES = st.sampled_from(["100", "0", "103", "101", "300", "303", "-3", "777", "-0", "00100", " 103 "])
CLASSES = st.sampled_from(
    [None, "failed", "delivered", "failed_permanent", "pending", "unknown", "cancelled"]
)
WANTED = st.sampled_from([None, "0912345678", "0987654321", "+12015550123"])


@settings(max_examples=300)
@given(st.lists(st.tuples(MOBILES, CODES), max_size=60), CLASSES, WANTED)
def test_the_filter_finds_the_messages_that_a_filter_of_messages_finds(
    rows: list[tuple[str, str]], status_class: Any, wanted: str | None
) -> None:
    body = f"{len(rows)}\r\n" + "".join(f"\t{number}\t\t1.0\t{code}\t\n" for number, code in rows)
    asked = params(mobile=wanted, status_class=status_class, page_size=200)
    found = drive(GET_SMS_DELIVERY.steps(asked, WORLD), always(body))[0]
    kinds = {"failed_permanent", "failed_retryable"} if status_class == "failed" else {status_class}
    every = ask(body, page_size=200).messages
    assert found.messages == [
        each
        for each in every
        if asked.mobile in (None, each.mobile) and (status_class is None or each.status_class in kinds)
    ]
    if wanted or status_class:
        assert found.matched == len(found.messages)
