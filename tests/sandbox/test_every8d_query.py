import json
from datetime import datetime, timedelta

import pytest

from tests.sandbox.probe import TAIWANESE, Probe, parse_xml

SMS_FATES = [
    *(
        (str(status), str(status))
        for status in (100, 101, 102, 103, 104, 105, 106, 107, 301, 500, 700, 777, 888)
    ),
    *((f"{900 + number}", f"-{number}") for number in (1, 2, 3, 4, 5, 6, 8, 10)),
    ("000", "0"),
    ("999", "100"),
    ("678", "100"),
]


async def booked(
    probe: Probe, numbers: str = TAIWANESE, ahead: timedelta = timedelta(hours=2), **more: str
) -> str:
    return await probe.batch(numbers, ST=await probe.compact_time(ahead), **more)


async def test_rows_are_separated_as_the_platform_does(probe: Probe) -> None:
    batch_id = await probe.batch("0912345678,0922333103")
    await probe.advance(31)
    body = await probe.every8d("getDeliveryStatus", BID=batch_id)
    first, second = body.removeprefix("2\r\n").removesuffix("\n").split("\n")
    assert body.startswith("2\r\n\t+886912345678\t")
    assert [len(row.split("\t")) for row in (first, second)] == [6, 6]
    assert second.split("\t")[3:5] == ["1.0", "103"]


async def test_a_message_is_handed_over_at_once_and_final_after_thirty_seconds(probe: Probe) -> None:
    batch_id = await probe.batch()
    assert (await probe.rows(batch_id))[0][4:] == ["0", ""]
    await probe.advance(20)
    assert await probe.statuses(batch_id) == ["0"]
    await probe.advance(10)
    row = (await probe.rows(batch_id))[0]
    sent, received = (datetime.fromisoformat(cell.replace("/", "-")) for cell in (row[2], row[5]))
    assert (row[4], received - sent) == ("100", timedelta(seconds=30))


@pytest.mark.parametrize(("ending", "status"), SMS_FATES)
async def test_the_last_three_digits_decide_the_fate(probe: Probe, ending: str, status: str) -> None:
    batch_id = await probe.batch(f"0912345{ending}")
    await probe.advance(31)
    assert await probe.statuses(batch_id) == [status]


async def test_pages_hold_a_thousand_rows_and_the_first_line_the_total(probe: Probe) -> None:
    batch_id = await probe.batch(",".join(f"09{number:08d}" for number in range(2500)))
    sizes = [len(await probe.rows(batch_id, page)) for page in ("", "1", "2", "3", "4")]
    assert sizes == [1000, 1000, 1000, 500, 0]
    assert (await probe.every8d("getDeliveryStatus", BID=batch_id, PNO="3")).startswith("2500\r\n")
    assert await probe.rows(batch_id, "2") != await probe.rows(batch_id, "1")


async def test_nothing_found_is_a_lone_zero_with_its_line_end(probe: Probe) -> None:
    batch_id = await probe.batch()
    assert await probe.every8d("getDeliveryStatus", BID="220478cc-8506-49b2-93b7-2505f651c12e") == "0\r\n"
    assert await probe.every8d("MMS/getDeliveryStatus", BID=batch_id) == "0\r\n"
    assert await probe.every8d("getReplyMessage", BID=batch_id) == "0\r\n"
    assert await probe.every8d("getDeliveryStatus", BID=batch_id, UID="empty", PWD="empty") == "0\r\n"


async def test_older_hosts_have_five_columns_and_padded_numbers(probe: Probe) -> None:
    legacy = {"UID": "legacy", "PWD": "legacy"}
    batch_id = await probe.batch(**legacy)
    row = (await probe.rows(batch_id, **legacy))[0]
    assert (len(row), row[1]) == (5, "+886912345678       ")


async def test_json_and_xml_are_there_on_request(probe: Probe) -> None:
    batch_id = await probe.batch()
    await probe.advance(31)
    answer = json.loads(await probe.every8d("getDeliveryStatus", BID=batch_id, RESPFORMAT="1"))
    assert (answer["SMS_COUNT"], answer["BID"]) == (1, batch_id)
    assert answer["DATA"][0]["MOBILE"] == "+886912345678"
    assert answer["DATA"][0]["STATUS"] == "100"
    tree = parse_xml(await probe.every8d("getDeliveryStatus", BID=batch_id, RESPFORMAT="2"))
    assert tree.findtext("DATA/STATUS") == "100"
    empty = json.loads(await probe.every8d("getDeliveryStatus", BID="none", RESPFORMAT="1"))
    assert empty == {"SMS_COUNT": 0, "BID": "none"}


async def test_a_number_ending_in_999_replies(probe: Probe) -> None:
    batch_id = await probe.batch("0912345999")
    await probe.advance(50)
    assert await probe.every8d("getReplyMessage", BID=batch_id) == "0\r\n"
    await probe.advance(10)
    body = await probe.every8d("getReplyMessage", BID=batch_id)
    assert body.startswith("1\r\n\t+886912345999\t收到，謝謝\t")
    assert body.endswith("\n")


async def test_replies_come_raw_and_ten_a_page(probe: Probe) -> None:
    batch_id = await probe.batch()
    for number in range(12):
        await probe.control("reply", mobile=TAIWANESE, text=f"第{number}\t行\n二")
    page = await probe.every8d("getReplyMessage", BID=batch_id, PNO="2")
    assert page.startswith("12\r\n\t+886912345678\t第10\t行\n二\t")
    assert page.count("+886912345678") == 2


async def test_a_reply_needs_a_message(probe: Probe) -> None:
    response = await probe.http.post("/_sandbox/reply", json={"mobile": TAIWANESE, "text": "x"})
    assert response.status_code == 400


async def test_a_booking_is_charged_at_once_and_leaves_at_its_time(probe: Probe) -> None:
    batch_id = await booked(probe)
    assert await probe.credit() == "9999.00"
    assert await probe.statuses(batch_id) == ["300"]
    await probe.advance(2 * 3600)
    assert await probe.statuses(batch_id) == ["0"]
    await probe.advance(30)
    assert await probe.statuses(batch_id) == ["100"]


async def test_a_time_in_the_past_sends_at_once(probe: Probe) -> None:
    assert await probe.statuses(await booked(probe, ahead=timedelta(days=-3))) == ["0"]


async def test_the_far_future_is_a_wrong_time_not_a_crash(probe: Probe) -> None:
    assert (await probe.send(ST="99991231235959"))[0] == "-28"


async def test_an_erased_booking_returns_its_points_and_never_leaves(probe: Probe) -> None:
    batch_id = await booked(probe, "0912345678,0922333444")
    assert await probe.every8d("eraseBooking", BID=batch_id) == "2,2"
    assert await probe.credit() == "10000.00"
    await probe.advance(3 * 3600)
    assert await probe.statuses(batch_id) == ["303", "303"]
    assert await probe.sent_texts() == []


async def test_a_booking_is_erased_once(probe: Probe) -> None:
    batch_id = await booked(probe)
    answers = [await probe.every8d("eraseBooking", BID=batch_id) for _ in range(2)]
    assert [answer.split(",")[0] for answer in answers] == ["1", "-4"]
    assert await probe.credit() == "10000.00"


async def test_erasing_says_why_not(probe: Probe) -> None:
    sent, soon = await probe.batch(), await booked(probe, ahead=timedelta(seconds=45))
    assert await probe.every8d("eraseBooking", BID="220478cc-8506-49b2-93b7-2505f651c12e") == ""
    assert (await probe.every8d("eraseBooking", BID="")).startswith("-3,")
    assert (await probe.every8d("eraseBooking", BID=sent)).startswith("-4,")
    assert (await probe.every8d("eraseBooking", BID=soon)).startswith("-8,")
    assert await probe.every8d("MMS/eraseBooking", BID=soon) == ""


async def test_an_mms_booking_is_erased_by_its_own_endpoint(probe: Probe) -> None:
    fields = {"SB": "a", "MSG": "b", "DEST": TAIWANESE, "ATTACHMENT": "AAAA", "TYPE": "jpg"}
    send_time = await probe.compact_time(timedelta(days=1))
    batch_id = (await probe.every8d("MMS/sendMMS", ST=send_time, **fields)).split(",")[4]
    assert await probe.every8d("MMS/eraseBooking", BID=batch_id) == "1,3"
    assert "\t303\n" in await probe.every8d("MMS/getDeliveryStatus", BID=batch_id)
