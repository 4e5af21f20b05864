import asyncio
from datetime import timedelta

import anyio
import pytest

from tests.patience import PATIENCE
from tests.sandbox.probe import TAIWANESE, Probe
from tests.sandbox.receiver import receiving

NAMES = [
    *("BatchID", "RM", "RT", "STATUS", "SM", "MR", "USERID"),
    *("UserNo", "ST", "SUBJECT", "NAME", "CHARGE", "MSGID"),
]


async def test_a_final_status_is_reported_with_every_field(probe: Probe) -> None:
    async with receiving() as receiver:
        await probe.control("callbacks", url=receiver.url)
        batch_id = await probe.batch(text="您好 & 再見", SB="我方編號")
        await probe.advance(30)
        fields = receiver.pairs(0)
    assert receiver.raw[0].startswith(b"GET /report?BatchID=")
    assert list(fields) == NAMES
    assert (fields["BatchID"], fields["RM"], fields["STATUS"]) == (batch_id, "+886912345678", "100")
    assert (fields["SM"], fields["SUBJECT"], fields["MR"], fields["USERID"]) == (
        "您好 & 再見",
        "我方編號",
        "1",
        "sandbox",
    )
    assert len(fields["RT"]) == len(fields["ST"]) == 14
    assert fields["RT"] > fields["ST"]


async def test_nothing_is_reported_before_its_time(probe: Probe) -> None:
    async with receiving() as receiver:
        await probe.control("callbacks", url=receiver.url)
        await probe.batch()
        await probe.advance(20)
        assert receiver.raw == []


async def test_a_reply_is_reported_with_999_after_its_delivery(probe: Probe) -> None:
    async with receiving() as receiver:
        await probe.control("callbacks", url=receiver.url)
        await probe.batch("0912345999")
        await probe.advance(3600)
        assert [receiver.pairs(number)["STATUS"] for number in range(2)] == ["100", "999"]
        assert receiver.pairs(1)["SM"] == "收到，謝謝"


async def test_a_reply_from_control_is_reported_at_once(probe: Probe) -> None:
    async with receiving() as receiver:
        await probe.control("callbacks", url=receiver.url)
        await probe.batch()
        await probe.control("reply", mobile=TAIWANESE, text="不要再傳")
        assert receiver.pairs(0)["SM"] == "不要再傳"


async def test_big5_by_post(probe: Probe) -> None:
    async with receiving() as receiver:
        await probe.control("callbacks", url=receiver.url, encoding="big5", method="POST")
        await probe.batch(text="繳費")
        await probe.advance(30)
    assert receiver.raw[0].startswith(b"POST /report HTTP/1.1")
    assert receiver.pairs(0, "big5")["SM"] == "繳費"


async def test_the_plus_can_be_spoilt_as_real_accounts_do(probe: Probe) -> None:
    async with receiving() as receiver:
        await probe.control("callbacks", url=receiver.url, plus_as_space=True)
        await probe.batch()
        await probe.advance(30)
    assert receiver.pairs(0)["RM"] == " 886912345678"


async def test_each_report_can_be_repeated(probe: Probe) -> None:
    async with receiving() as receiver:
        await probe.control("callbacks", url=receiver.url, repeat=3)
        await probe.batch()
        await probe.advance(30)
        assert len(receiver.raw) == 3
        assert len(set(receiver.raw)) == 1


async def test_a_refused_report_is_tried_again_after_a_minute(probe: Probe) -> None:
    async with receiving(500, 302) as receiver:
        await probe.control("callbacks", url=receiver.url)
        await probe.batch()
        counts: list[int] = []
        for seconds in (30, 50, 10, 60, 3600):
            await probe.advance(seconds)
            counts.append(len(receiver.raw))
    assert counts == [1, 1, 2, 3, 3]


async def test_after_ten_retries_a_report_is_given_up(probe: Probe) -> None:
    async with receiving(*[404] * 20) as receiver:
        await probe.control("callbacks", url=receiver.url)
        await probe.batch()
        await probe.advance(86_400)
        assert len(receiver.raw) == 11


async def test_retries_keep_their_place_in_time(probe: Probe) -> None:
    async with receiving(500) as receiver:
        await probe.control("callbacks", url=receiver.url)
        await probe.batch("0912345101", text="first")
        await probe.advance(10)
        await probe.batch("0912345102", text="second")
        await probe.batch("0912345103", text="third", ST=await probe.compact_time(timedelta(hours=2)))
        await probe.advance(86_400)
        texts = [receiver.pairs(number)["SM"] for number in range(len(receiver.raw))]
    assert texts == ["first", "second", "first", "third"]


async def test_an_erased_booking_is_not_reported(probe: Probe) -> None:
    async with receiving() as receiver:
        await probe.control("callbacks", url=receiver.url)
        batch_id = await probe.batch(ST=await probe.compact_time(timedelta(hours=2)))
        await probe.every8d("eraseBooking", BID=batch_id)
        await probe.advance(86_400)
        assert receiver.raw == []


async def test_hundreds_of_reports_go_out(probe: Probe) -> None:
    async with receiving() as receiver:
        await probe.control("callbacks", url=receiver.url)
        await probe.batch(",".join(f"09{number:08d}" for number in range(300)))
        await probe.advance(30)
        records = {receiver.pairs(number)["MR"] for number in range(len(receiver.raw))}
    # The number that ends in 000 never becomes final.
    assert records == {str(record) for record in range(2, 301)}


async def test_a_receiver_that_is_not_there_does_no_harm(probe: Probe) -> None:
    await probe.control("callbacks", url="http://127.0.0.1:9/report")
    batch_id = await probe.batch()
    await probe.advance(3600)
    assert await probe.statuses(batch_id) == ["100"]


async def test_a_url_of_null_ends_the_reports(probe: Probe) -> None:
    async with receiving() as receiver:
        await probe.control("callbacks", url=receiver.url)
        await probe.batch()
        await probe.control("callbacks", url=None)
        await probe.advance(60)
        assert receiver.raw == []


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/",
        "http://example.com/",
        "ftp://127.0.0.1/",
        "http://127.0.0.1.example.com/",
        "http://[",
        "x",
    ],
)
async def test_reports_go_to_loopback_only(probe: Probe, url: str) -> None:
    response = await probe.http.post("/_sandbox/callbacks", json={"url": url})
    assert response.status_code == 400


async def test_a_report_from_before_a_reset_does_not_arrive_after_it(probe: Probe) -> None:
    async with receiving(500) as receiver:
        await probe.control("callbacks", url=receiver.url)
        await probe.batch()
        await probe.advance(30)
        await probe.control("reset")
        await probe.advance(86_400)
        assert len(receiver.raw) == 1


async def test_a_reset_drops_the_reports_that_wait_and_their_retries(probe: Probe) -> None:
    async with receiving(*[500] * 100) as receiver:
        receiver.gate.clear()
        await probe.control("callbacks", url=receiver.url)
        await probe.batch(",".join(f"09123451{number:02d}" for number in range(20)))
        moving = asyncio.create_task(probe.advance(86_400))
        with anyio.fail_after(PATIENCE):
            while len(receiver.raw) < 8:
                await anyio.lowlevel.checkpoint()
        await probe.control("reset")
        receiver.gate.set()
        await moving
        assert len(receiver.raw) == 8
