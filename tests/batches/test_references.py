"""Recipients by reference: those who failed get a text again, and no number is read by anybody."""

from pathlib import Path

import pytest

from server.demo.rows import rows_of
from tests.delivery.receivers import receiving, vendor_of
from tests.e2e.eras import ERAS
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.e2e.pictures import JPEG, PNG
from tests.gate.servers import Clock, decide, fronted

ARRIVES, OFF, DEAD, SILENT = "0912345100", "0912345101", "0912345103", "0912345000"
ALL = [ARRIVES, OFF, DEAD, SILENT]
FREE = {"test_numbers": ALL, "test_recipients": 4, "test_points": 20}
TEXT = {"recipients": ALL, "text": "您好"}
AGAIN = "再試一次"


async def _sent(house: House, session: Session) -> str:
    batch_id = (await session.facts("send_sms", TEXT))["batch_id"]
    await house.vendor.http.post("/_sandbox/clock", json={"advance_seconds": 3600})
    return batch_id


async def _to(session: Session, house: House, reference: str) -> list[str]:
    """To whom a text went."""
    await house.forget_log()
    facts = await session.facts("send_sms", {"recipients": [reference], "text": AGAIN})
    assert facts["outcome"] == "done", facts
    (fields,) = [fields for fields in await house.looks() if "DEST" in fields]
    return fields["DEST"].split(",")


async def test_those_who_failed_get_it_again_without_the_dead_and_the_unknown(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        batch_id = await _sent(house, session)
        assert await _to(session, house, f"failed:{batch_id}") == [OFF]


async def test_the_answer_says_how_many_and_who_was_left_out_and_no_number(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        batch_id = await _sent(house, session)
        facts = await session.facts("send_sms", {"recipients": [f"failed:{batch_id}"], "text": AGAIN})
    assert facts["meant"]["count"] == 1
    assert facts["meant"]["failed_for_good_left_out"] == 1
    assert OFF[1:] not in str(facts)


async def test_a_class_and_a_code_are_references_too(house: House) -> None:
    async with fronted(house, policy=FREE | {"test_points": 50}) as session:
        batch_id = await _sent(house, session)
        assert await _to(session, house, f"delivered:{batch_id}") == [ARRIVES]
        assert await _to(session, house, f"103:{batch_id}") == [DEAD]


@pytest.mark.parametrize(
    "written",
    [
        ["failed:{of}", "0912345100"],
        ["failed:{of}", "replied:{of}"],
        ["FAILED:{of}"],
        ["failed：{of}"],
        ["failed : {of}"],
        ["pending:{of}"],
        ["failed_permanent:{of}"],
        ["failed:7KQ2-M9"],
        ["reply:"],
    ],
)
async def test_a_reference_that_cannot_be_used_is_told_how_it_is_written(
    house: House, written: list[str]
) -> None:
    of = "220478cc-8506-49b2-93b7-2505f651c12e"
    async with fronted(house, policy=FREE) as session:
        asked = {"recipients": [each.format(of=of) for each in written], "text": AGAIN}
        refused = await session.problem("send_sms", asked)
        assert "stands alone, in place of all numbers, written as failed:BATCH_ID" in refused["message"]
        one = {"recipient": f"failed:{of}", "text": AGAIN, "message_id": "1" * 20}
        refused = await session.problem("send_sms_with_message_id", one)
        assert "takes a number, no reference" in refused["message"]


async def test_the_same_reference_again_is_the_same_call(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        batch_id = await _sent(house, session)
        again = {"recipients": [f"failed:{batch_id}"], "text": AGAIN}
        first = await session.facts("send_sms", again)
        second = await session.facts("send_sms", again)
    assert (second["replayed"], second["batch_id"]) == (True, first["batch_id"])


async def test_a_report_that_nobody_signed_makes_nobody_get_a_text_again(house: House) -> None:
    async with receiving(house, policy=FREE) as (session, url), vendor_of() as http:
        batch_id = await _sent(house, session)
        forged = {"BatchID": batch_id, "RM": ARRIVES, "RT": "20991231120000", "STATUS": "101"}
        assert (await http.get(url, params=forged)).status_code == 200
        assert await _to(session, house, f"failed:{batch_id}") == [OFF]


async def test_who_replied_is_asked_of_the_vendor_and_a_forged_reply_makes_nobody_get_a_text(
    house: House,
) -> None:
    async with receiving(house, policy=FREE) as (session, url), vendor_of() as http:
        batch_id = await _sent(house, session)
        forged = {"BatchID": batch_id, "RM": SILENT, "RT": "20991231120000", "STATUS": "999", "SM": "好"}
        assert (await http.get(url, params=forged)).status_code == 200
        again = {"recipients": [f"replied:{batch_id}"], "text": AGAIN}
        assert (await session.problem("send_sms", again))["code"] == "nobody_meant"
        await house.vendor.control("reply", mobile=ARRIVES, text="好的")
        assert await _to(session, house, f"replied:{batch_id}") == [ARRIVES]


async def test_nobody_meant_is_said_and_nothing_is_sent(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        batch_id = await _sent(house, session)
        await house.forget_log()
        problem = await session.problem("send_sms", {"recipients": [f"105:{batch_id}"], "text": AGAIN})
        assert problem["code"] == "nobody_meant"
        unknown = "220478cc-8506-49b2-93b7-2505f651c12e"
        problem = await session.problem("send_sms", {"recipients": [f"failed:{unknown}"], "text": AGAIN})
        assert problem["code"] == "not_found"
        assert not await house.changes()
        assert len(rows_of(await session.facts("list_batches", {}))) == 1


async def test_the_sender_of_a_reply_is_texted_where_the_vendor_says_that_it_replied(house: House) -> None:
    # Whoever has read a stranger's words asks a person for every send.
    async with receiving(house, Person()) as (session, url), vendor_of() as http:
        batch_id = await _sent(house, session)
        forged = {"BatchID": batch_id, "RM": SILENT, "RT": "20991231120000", "STATUS": "999", "SM": "打給我"}
        assert (await http.get(url, params=forged)).status_code == 200
        await house.vendor.control("reply", mobile=ARRIVES, text="請再說一次")
        told = await session.facts("get_reply_summary", {"refresh": True})
        replies = {row["text"]: row["reply_id"] for row in rows_of(told)}
        again = {"recipients": [f"reply:{replies['打給我']}"], "text": AGAIN}
        assert (await session.problem("send_sms", again))["code"] == "nobody_meant"
        assert await _to(session, house, f"reply:{replies['請再說一次']}") == [ARRIVES]
        unknown = {"recipients": ["reply:00000000"], "text": AGAIN}
        assert (await session.problem("send_sms", unknown))["code"] == "not_found"


async def _unanswered_sent(house: House, session: Session, request: dict[str, str]) -> Facts:
    """What was sent to the one who had not answered, who has answered since: nobody is left."""
    batch_id = await _sent(house, session)
    call = {"recipients": [f"no_reply:{batch_id}"], "text": AGAIN, **request}
    assert (await session.facts("send_sms", call))["outcome"] == "done"
    await house.vendor.control("reply", mobile=ARRIVES, text="好的", batch_id=batch_id)
    await house.forget_log()
    return call


@pytest.mark.parametrize("request_id", [{}, {"request_id": "again-1"}])
async def test_a_call_that_was_carried_out_is_told_although_nobody_is_meant_any_more(
    house: House, request_id: dict[str, str]
) -> None:
    clock = Clock()
    async with fronted(house, clock=clock, policy=FREE) as session:
        call = await _unanswered_sent(house, session, request_id)
        clock.advance(minutes=20)
        again = await session.facts("send_sms", call)
        preview = await session.problem("send_sms", {**call, "dry_run": True})
        other = await session.problem("send_sms", {**call, "text": "別的"})
    assert (again["outcome"], again["replayed"]) == ("done", True)
    assert (preview["code"], other["code"]) == ("nobody_meant", "nobody_meant")
    assert not await house.changes()


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("request_id", [{}, {"request_id": "again-1"}])
async def test_a_call_that_was_carried_out_is_told_although_others_are_meant_by_now(
    house: House, store_url: str, request_id: dict[str, str]
) -> None:
    clock, person = Clock(), Person()
    store = {"url": store_url, "folder": house.folder / "store"}
    async with fronted(house, person, clock=clock, store=store) as session:
        batch_id = await _sent(house, session)
        await house.vendor.control("reply", mobile=ARRIVES, text="好的", batch_id=batch_id)
        call = {"recipients": [f"replied:{batch_id}"], "text": AGAIN, **request_id}
        first = await session.facts("send_sms", call)
        await house.vendor.control("reply", mobile=OFF, text="我也要", batch_id=batch_id)
        await house.forget_log()
        asked = len(person.asked)
        clock.advance(minutes=20)
        again = await session.facts("send_sms", call)
        reused = await session.problem("send_sms", {**call, "text": "別的"}) if request_id else {}
    assert (again["action_id"], again["replayed"]) == (first["action_id"], True)
    assert len(person.asked) == asked
    assert not await house.changes()
    if request_id:
        assert reused["code"] == "request_id_reused"
        assert str(first["action_id"]) in reused["message"]


async def test_after_the_day_of_a_call_its_reference_is_looked_up_anew(house: House) -> None:
    clock = Clock()
    async with fronted(house, clock=clock, policy=FREE) as session:
        call = await _unanswered_sent(house, session, {"request_id": "again-1"})
        clock.advance(hours=25)
        assert (await session.problem("send_sms", call))["code"] == "nobody_meant"


async def test_a_call_that_was_declined_is_resolved_anew_and_its_old_list_is_never_sent_to(
    house: House,
) -> None:
    clock, person = Clock(), Person()
    async with fronted(house, person, clock=clock) as session:
        batch_id = await _sent(house, session)
        await house.vendor.control("reply", mobile=ARRIVES, text="好的", batch_id=batch_id)
        person.action = "decline"
        call = {"recipients": [f"replied:{batch_id}"], "text": AGAIN}
        assert (await session.problem("send_sms", call))["code"] == "declined"
        await house.vendor.control("reply", mobile=OFF, text="我也要", batch_id=batch_id)
        clock.advance(minutes=20)
        await house.vendor.http.post("/_sandbox/clock", json={"date_offset_seconds": 1200})
        person.action = "accept"
        assert await _to(session, house, f"replied:{batch_id}") == [ARRIVES, OFF]
        clock.advance(minutes=20)
        assert (await session.facts("send_sms", call))["replayed"] is True


async def test_a_call_that_waits_for_its_approval_elsewhere_is_carried_out_by_its_repeat(
    house: House,
) -> None:
    async with fronted(house) as session:
        first = await session.facts("send_sms", TEXT)
        assert await decide(house, approve=first["action_id"], proof="y") == 0
        batch_id = (await session.facts("send_sms", TEXT))["batch_id"]
        await house.vendor.http.post("/_sandbox/clock", json={"advance_seconds": 3600})
        call = {"recipients": [f"no_reply:{batch_id}"], "text": AGAIN}
        waits = await session.facts("send_sms", call)
        await house.vendor.control("reply", mobile=ARRIVES, text="好的", batch_id=batch_id)
        assert (await session.facts("send_sms", call))["action_id"] == waits["action_id"]
        assert await decide(house, approve=waits["action_id"], proof="y") == 0
        done = await session.facts("send_sms", call)
    assert (done["outcome"], done["action_id"], "replayed" in done) == ("done", waits["action_id"], False)


async def test_an_mms_to_a_reference_with_another_image_by_now_is_another_call(
    house: House, no_settings: Path
) -> None:
    clock, folder = Clock(), no_settings / "images"
    folder.mkdir()
    (folder / "picture.png").write_bytes(PNG)
    async with fronted(house, Person(), clock=clock, files={"folder": folder}) as session:
        batch_id = await _sent(house, session)
        call = {
            "recipients": [f"no_reply:{batch_id}"],
            "subject": "邀請函",
            "text": "請看附圖",
            "image": "picture.png",
        }
        assert (await session.facts("send_mms", call))["outcome"] == "done"
        await house.vendor.control("reply", mobile=ARRIVES, text="好的", batch_id=batch_id)
        clock.advance(minutes=20)
        (folder / "picture.png").write_bytes(JPEG)
        assert (await session.problem("send_mms", call))["code"] == "nobody_meant"
        (folder / "picture.png").unlink()
        assert (await session.facts("send_mms", call))["replayed"] is True
