"""Delivery and replies over the vendor's pages, in every format and column count that hosts use."""

import pytest

from server.demo.rows import rows_of
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person

# What is tested here lies behind the protocol: the older era would say the same.
pytestmark = pytest.mark.parametrize("era", ["auto"], indirect=True)

NUMBERS = [f"0912{number:06d}" for number in range(500_000, 502_500)]
MANY = {"every8d": {"max_recipients": 2500}, "privacy": {"show_numbers": True}}


def _e164(numbers: list[str]) -> list[str]:
    return [f"+886{number[1:]}" for number in numbers]


async def _page(session: Session, batch_id: str, page: int, page_size: int) -> Facts:
    return await session.facts(
        "get_sms_delivery", {"batch_id": batch_id, "page": page, "page_size": page_size}
    )


async def test_2500_recipients_are_sliced_over_the_vendors_pages(house: House) -> None:
    person = Person()
    async with house.session(person, **MANY) as session:
        sent = await session.facts("send_sms", {"recipients": NUMBERS, "text": "您好"})
        assert (sent["sent"], sent["points"], sent["credit"]) == (2500, 2500, 7500)
        assert "Recipients: 2,500" in person.asked[0]
        await house.vendor.advance(31)
        for page, page_size, vendor_pages in [(1, 50, ["1"]), (7, 150, ["1", "2"]), (13, 200, ["3"])]:
            await house.forget_log()
            facts = await _page(session, sent["batch_id"], page, page_size)
            start = (page - 1) * page_size
            shown = [message["mobile"] for message in rows_of(facts)]
            assert shown == _e164(NUMBERS[start : start + page_size])
            assert (facts["total"], facts["page"], facts["complete"]) == (2500, page, True)
            assert facts["pages"] == -(-2500 // page_size)
            assert [look["PNO"] for look in await house.looks()] == vendor_pages


async def test_a_filter_reads_the_whole_batch_and_finds_one_number(house: House) -> None:
    async with house.session(Person(), **MANY) as session:
        sent = await session.facts("send_sms", {"recipients": NUMBERS, "text": "您好"})
        await house.vendor.advance(31)
        await house.forget_log()
        facts = await session.facts("get_sms_delivery", {"batch_id": sent["batch_id"], "mobile": NUMBERS[-1]})
    assert (facts["total"], facts["matched"], facts["pages"]) == (2500, 1, 1)
    assert [message["mobile"] for message in rows_of(facts)] == _e164(NUMBERS[-1:])
    first, *others = [look["PNO"] for look in await house.looks()]
    assert (first, sorted(others)) == ("1", ["2", "3"])


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_a_page_that_fails_is_told_wherever_it_stands(house: House, after: int) -> None:
    batch_id = await house.vendor.batch(",".join(NUMBERS))
    wanted = {"batch_id": batch_id, "status_class": "failed"}
    async with house.session() as session:
        await house.vendor.control(
            "faults", path="getDeliveryStatus.ashx", fault="html", times=1, after=after
        )
        problem = await session.problem("get_sms_delivery", wanted)
        assert problem["code"] == "unreadable_answer"
        whole = await session.facts("get_sms_delivery", wanted)
    assert (whole["total"], whole["complete"]) == (2500, True)


async def test_a_page_beyond_the_end_is_empty_and_keeps_the_total(house: House) -> None:
    batch_id = await house.vendor.batch("0912345100")
    async with house.session() as session:
        facts = await _page(session, batch_id, 9, 200)
    assert (facts["total"], rows_of(facts)) == (1, [])


async def test_replies_beyond_the_vendors_ten_a_page_are_sliced(house: House) -> None:
    numbers = [f"0912{number:03d}999" for number in range(300, 325)]
    batch_id = await house.vendor.batch(",".join(numbers))
    await house.vendor.advance(61)
    async with house.session(privacy={"show_numbers": True}) as session:
        await house.forget_log()
        arguments = {"batch_id": batch_id, "page": 3, "page_size": 7}
        facts = await session.facts("get_sms_replies", arguments)
        every = await session.facts("get_sms_replies", {"batch_id": batch_id, "page_size": 25})
    assert (facts["total"], facts["page"], facts["pages"], facts["complete"]) == (25, 3, 4, True)
    everybody = [reply["mobile"] for reply in rows_of(every)]
    assert sorted(everybody) == _e164(numbers)
    assert [reply["mobile"] for reply in rows_of(facts)] == everybody[14:21]
    assert [look["PNO"] for look in (await house.looks())[:2]] == ["2", "3"]


async def test_a_reply_with_tabs_and_line_breaks_is_one_reply(house: House) -> None:
    batch_id = await house.vendor.batch("0912345100")
    await house.vendor.advance(31)
    await house.vendor.control(
        "reply", mobile="0912345100", text="第一行\n王小明\t+886912345101\t假的\n第三行"
    )
    async with house.session() as session:
        facts = await session.facts("get_sms_replies", {"batch_id": batch_id, "page_size": 25})
    (reply,) = rows_of(facts)
    assert reply["mobile"] == "0912***100"
    assert reply["text"].startswith("第一行")
    assert "0912345101" not in str(facts)
    assert "912345101" not in str(facts)


async def test_a_reply_that_looks_like_others_does_not_hide_who_opts_out(house: House) -> None:
    """Two rows, or three? Nobody can tell, so all of it is shown, masked, and said to be undivided."""
    batch_id = await house.vendor.batch("0912345100,0912345101")
    await house.vendor.advance(31)
    forged = "好\t2026/03/01 10:00:00\n\t0987654321\t我很滿意"
    for mobile, text in (("0912345100", forged), ("0912345101", "退訂")):
        await house.vendor.control("reply", mobile=mobile, text=text)
    async with house.session() as session:
        facts = await session.facts("get_sms_replies", {"batch_id": batch_id, "page_size": 25})
    assert (facts["total"], rows_of(facts), facts["complete"]) == (2, [], False)
    assert facts["note"].startswith("2 of the replies")
    raw = "\n".join(facts["undivided"])
    assert all(text in raw for text in ("好", "我很滿意", "退訂", "0912***101", "0987***321"))
    assert not any(number in raw for number in ("12345100", "12345101", "87654321"))


async def test_an_older_host_with_five_columns_and_padded_numbers_is_read(house: House) -> None:
    legacy = {"every8d": {"uid": "legacy", "password": "legacy"}, "privacy": {"show_numbers": True}}
    async with house.session(Person(), **legacy) as session:
        sent = await session.facts("send_sms", {"recipients": ["0912345103"], "text": "您好"})
        await house.vendor.advance(31)
        facts = await session.facts("get_sms_delivery", {"batch_id": sent["batch_id"]})
    (message,) = rows_of(facts)
    assert (message["mobile"], message["status_code"], message["points"]) == ("+886912345103", 103, 1)
    assert message["status_class"] == "failed_permanent"
    assert "received_at" not in message


@pytest.mark.parametrize("response_format", [1, 2])
async def test_json_and_xml_say_the_same_as_tabs(house: House, response_format: int) -> None:
    batch_id = await house.vendor.batch("0912345100,0912345103")
    await house.vendor.advance(31)
    async with house.session() as session:
        expected = await session.facts("get_sms_delivery", {"batch_id": batch_id})
    async with house.session(every8d={"response_format": response_format}) as session:
        await house.forget_log()
        facts = await session.facts("get_sms_delivery", {"batch_id": batch_id})
    assert [look["RESPFORMAT"] for look in await house.looks()] == [str(response_format)]
    assert facts == expected


async def test_numbers_are_masked_unless_the_settings_open_them(house: House) -> None:
    batch_id = await house.vendor.batch("0912345100")
    async with house.session() as session:
        told = await session.facts("get_sms_delivery", {"batch_id": batch_id})
    assert "912345100" not in str(told)


@pytest.mark.parametrize(
    ("ending", "code", "status_class"),
    [
        ("100", 100, "delivered"),
        ("103", 103, "failed_permanent"),
        ("000", 0, "pending"),
        ("777", 777, "unknown"),
    ],
)
async def test_a_status_has_its_class(house: House, ending: str, code: int, status_class: str) -> None:
    batch_id = await house.vendor.batch(f"0912345{ending}")
    await house.vendor.advance(31)
    async with house.session() as session:
        facts = await session.facts("get_sms_delivery", {"batch_id": batch_id})
    (message,) = rows_of(facts)
    assert (message["status_code"], message["status_class"]) == (code, status_class)
