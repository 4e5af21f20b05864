"""The ledger tells what happened: what each action was about, who did it, what it cost and what came back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from server.demo.rows import rows_of
from server.store import listing
from tests.batches.inbox import answered
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import FREE, FREE_SEND, LAUNCH, Clock, fronted
from tools.every8d import erase
from tools.taipei import as_taipei, iso

POLICY = {**FREE, "test_numbers": ["0912345100", "0912345678"], "test_recipients": 5, "test_points": 50}
PEOPLE = ["0912345100", "0912345678"]


async def _actions(session: Session, **wanted: object) -> list[Facts]:
    return rows_of(await session.facts("list_actions", wanted))


async def _ids(session: Session, **wanted: object) -> list[str]:
    return [row["action_id"] for row in await _actions(session, **wanted)]


async def _sent(session: Session, text: str, **more: object) -> Facts:
    told = await session.facts("send_sms", {"recipients": PEOPLE, "text": text, **more})
    assert told["outcome"] == "done", told
    return told


def _no_booking(_text: str) -> None:
    """What the vendor answers once the time of a booking is past."""


def _without_zeros(sums: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sums.items() if value}


async def test_a_row_says_what_it_was_about_when_it_goes_and_who_did_it(house: House) -> None:
    clock = Clock()
    send_at = iso(clock() + timedelta(hours=3))
    async with fronted(house, clock=clock, policy=POLICY) as session:
        await _sent(session, "三月通知", subject="給會員", send_at=send_at)
        (row,) = await _actions(session)
    assert (row["words"], row["subject"]) == ("三月通知", "給會員")
    assert row["send_at"] == send_at[11:16] or row["send_at"] == send_at[:16].replace("T", " ")
    assert row["by"].startswith("local:")
    assert row["decided_by"] == "policy"


async def test_what_waits_says_what_it_is_about(house: House) -> None:
    async with fronted(house) as session:
        await session.facts("send_sms", {"recipients": PEOPLE, "text": "等人核准"})
        await session.facts("terminate_launch", LAUNCH)
        launch, send = await _actions(session, state="proposed")
    assert send["words"] == "等人核准"
    assert (launch["target"], launch["tool"]) == ("1182", "terminate_launch")
    assert launch["words"]


async def test_who_agreed_stands_beside_the_way(house: House) -> None:
    async with fronted(house, Person()) as session:
        told = await session.facts("send_sms", FREE_SEND)
        (row,) = await _actions(session)
        whole = await session.facts("get_action", {"action_id": told["action_id"]})
    assert row["decided_by"] == whole["decided_by"] == f"{row['by']} (form)"


async def test_an_erased_booking_is_erased_and_its_points_came_back(
    house: House, of_store: dict[str, str]
) -> None:
    clock = Clock()
    send_at = iso(clock() + timedelta(hours=3))
    async with fronted(house, Person(), clock=clock, policy=POLICY, store=of_store) as session:
        kept = await _sent(session, "留著")
        booked = await _sent(session, "取消", send_at=send_at)
        erased = await session.facts("erase_sms_booking", {"batch_id": booked["batch_id"]})
        assert erased["outcome"] == "done", erased
        (row,) = await _actions(session, state="erased")
        assert (row["action_id"], row["state"], row["points_returned"]) == (booked["action_id"], "erased", 2)
        assert await _ids(session, state="succeeded") == [erased["action_id"], kept["action_id"]]
        whole = await session.facts("get_action", {"action_id": booked["action_id"]})
        sums = (await session.facts("list_actions"))["sums"]
    assert (whole["state"], whole["points_returned"]) == ("erased", 2)
    today = as_taipei(clock()).date()
    expected = {"sends": 2, "recipients": 4, "points_net": 2, "points_returned": 2}
    assert sums == {f"{today}": expected, f"{today:%Y-%m}": expected}


async def test_a_booking_that_the_vendor_no_longer_had_is_not_erased(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    send_at = iso(clock() + timedelta(hours=3))
    monkeypatch.setattr(erase, "read_erase", _no_booking)
    async with fronted(house, Person(), clock=clock, policy=POLICY) as session:
        booked = await _sent(session, "取消", send_at=send_at)
        facts = await session.facts("erase_sms_booking", {"batch_id": booked["batch_id"]})
        assert (facts["outcome"], facts["found"]) == ("done", False)
        assert await _ids(session, state="erased") == []
        assert booked["action_id"] in await _ids(session, state="succeeded")


async def test_the_ledger_is_told_without_the_key_of_the_records(house: House) -> None:
    async with fronted(house, policy=POLICY) as session:
        sent = (await _sent(session, "三月通知"))["action_id"]
        assert await _ids(session) == [sent]
    (house.folder / "store" / "numbers.key").unlink()
    # Somebody's words stand in a list: nothing goes without a person after it.
    async with fronted(house, Person(), policy=POLICY) as session:
        later = (await _sent(session, "四月通知"))["action_id"]
        assert await _ids(session) == [later, sent]
        for told_by_the_records in ({"mobile": PEOPLE[0]}, {"state": "erased"}):
            refused = await session.problem("list_actions", told_by_the_records)
            assert refused["code"] == "store_unavailable"


async def test_actions_are_found_by_number_words_and_time(house: House, of_store: dict[str, str]) -> None:
    clock = Clock()
    async with fronted(house, clock=clock, policy=POLICY, store=of_store) as session:
        first = (await _sent(session, "三月通知"))["action_id"]
        clock.advance(days=2)
        second = await session.facts("send_sms", {**FREE_SEND, "text": 'He said "SALE"', "subject": "週年"})
        second, now = second["action_id"], clock()
        assert await _ids(session, mobile="0912 345 100") == [second, first]
        assert await _ids(session, mobile="0912345678") == [first]
        assert await _ids(session, mobile="0912345101") == []
        assert await _ids(session, words='"sale') == [second]
        assert await _ids(session, words="週年") == [second]
        assert await _ids(session, words="通知", mobile="0912345678") == [first]
        # Words of ours, and names of fields, are no text.
        assert await _ids(session, words="Send an SMS") == await _ids(session, words="subject") == []
        day = as_taipei(now).date()
        assert await _ids(session, since=f"{day}") == await _ids(session, day=f"{day}") == [second]
        assert await _ids(session, until=f"{day - timedelta(days=1)}") == [first]
        assert await _ids(session, since=iso(now - timedelta(minutes=1)), until=f"{day}") == [second]
        assert await _ids(session, since=iso(now + timedelta(minutes=1))) == []
        assert await _ids(session, until="2020-01-01") == []
        listed = (await session.facts("list_actions", {"until": f"{day - timedelta(days=1)}"}))["sums"]
        assert _without_zeros(listed["listed"]) == {"sends": 1, "recipients": 2, "points_net": 2}
        refused = await session.problem("list_actions", {"day": f"{day}", "since": f"{day}"})
    assert refused["code"] == "invalid_arguments"


async def test_a_number_that_the_cut_of_a_text_meets_is_left_out_whole(house: House) -> None:
    text = 31 * "好" + "0987-654-321，請回電"
    async with fronted(house, policy=POLICY) as session:
        await _sent(session, text)
        await answered(house, PEOPLE[0], 55 * "好" + "0987654321")
        summary = await session.facts("get_reply_summary", {"refresh": True})
        rows = [*await _actions(session), *rows_of(await session.facts("list_batches"))]
    assert [row["words"] for row in rows] == [31 * "好" + "…"] * 2
    assert [each["text"] for each in rows_of(summary)] == [55 * "好" + "…"]


async def test_pages_with_filters_hold_each_action_once(house: House) -> None:
    async with fronted(house, policy=POLICY) as session:
        sent = [(await _sent(session, f"第 {number} 則"))["action_id"] for number in range(5)]
        await session.told("send_sms", {"recipients": ["0987654321"], "text": "第九則"})
        for filters in ({"words": "第"}, {"tool": "send_sms", "state": "succeeded"}, {"mobile": PEOPLE[1]}):
            pages = [
                await session.facts("list_actions", {**filters, "page": page, "page_size": 2})
                for page in (1, 2, 3)
            ]
            found = [row["action_id"] for page in pages for row in rows_of(page)]
            assert [each for each in found if each in sent] == sent[::-1], filters
            assert len(found) == pages[0]["total"] == len(set(found))


async def test_who_looks_for_a_number_is_not_told_it(house: House) -> None:
    async with fronted(house, policy=POLICY) as session:
        await _sent(session, "請回電 0912345678")
        told = await session.facts("list_actions", {"mobile": "0912345678"})
    assert rows_of(told)
    assert "0912345678" not in str(told)
    assert "912345678" not in str(told)


async def test_what_is_not_looked_through_is_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SEARCHED", 2)
    monkeypatch.setattr(listing, "SUMMED", 2)
    async with fronted(house, policy=POLICY) as session:
        sent = [(await _sent(session, f"第 {number} 則"))["action_id"] for number in range(3)]
        told = await session.facts("list_actions", {"words": "第"})
        assert [row["action_id"] for row in rows_of(told)] == sent[:0:-1]
        assert "newest 2 actions" in told["note"]
        whole = await session.facts("list_actions")
    assert whole["sums"] == {}
    assert "Too many to add up" in whole["note"]
