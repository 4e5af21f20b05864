"""What a person does with sends and replies: take one back, block who opted out, let go who did not."""

from datetime import datetime

from tests.batches.inbox import answered, proposed
from tests.console.at_page import FREE, MARKUP, MIXED, audit_of, lines, pressed, signed_in
from tests.e2e.house import House
from tests.gate.servers import Clock


async def test_who_opted_out_is_blocked_by_one_button_and_only_then(house: House) -> None:
    async with signed_in(house, policy=FREE) as (session, browser):
        await session.facts("send_sms", {"recipients": MIXED[:2], "text": "您好"})
        await house.vendor.advance(31)
        await answered(house, MIXED[0], "退訂")
        await answered(house, MIXED[1], MARKUP)
        page = await pressed(browser, "/replies", "Ask the vendor anew")
        assert "1 person opted out and is not blocked yet." in lines(page)["waiting"]
        assert "<img src=x" not in page.html
        assert await proposed(session) == ["0912***100"]
        assert "opted out" in " ".join(lines(await browser.get("/"))["waits"])
        forged = await browser.send(page.form("Never text 1"), "Never text 1", {"form_token": "0" * 64})
        assert forged.status == 403
        assert await proposed(session) == ["0912***100"]
        after = await browser.send(page.form("Never text 1"), "Never text 1")
        assert lines(after)["waiting"] == ["Nobody waits to be blocked."]
        blocked = [each for each in lines(after)["reply"] if "Blocked: nothing is texted" in each]
        assert [each.split(" ·")[0] for each in blocked] == ["0912***100"]
        assert len([form for form in after.forms if form.action == "/replies/block"]) == 1
        assert (await session.facts("list_blocked", {}))["total"] == 1
        problem = await session.problem("send_sms", {"recipients": MIXED[:1], "text": "又一則"})
        assert problem["code"] == "policy_refused"


async def test_who_did_not_mean_it_is_let_go_alone_and_by_a_person(house: House) -> None:
    async with signed_in(house, policy=FREE) as (session, browser):
        await session.facts("send_sms", {"recipients": MIXED[:2], "text": "您好"})
        await house.vendor.advance(31)
        for mobile in MIXED[:2]:
            await answered(house, mobile, "退訂")
        page = await pressed(browser, "/replies", "Ask the vendor anew")
        first, second = (each.split(" ·")[0] for each in lines(page)["wish"])
        assert {first, second} == {"0912***100", "0922***100"}
        form = page.form("Not meant")
        assert (await browser.send(form, "Not meant", {"form_token": "0" * 64})).status == 403
        await browser.send(form, "Not meant", {"number": "0" * 32})
        assert len(await proposed(session)) == 2
        after = await browser.send(form, "Not meant")
        assert "1 person opted out and is not blocked yet." in lines(after)["waiting"]
        assert await proposed(session) == [second]
        again = await browser.send(form, "Not meant")
        assert (again.status, await proposed(session)) == (200, [second])
        (line,) = [each for each in await audit_of(browser) if '"dismissed"' in each]
        assert '"channel":"console"' in line
        assert (await session.facts("list_blocked", {}))["total"] == 0


async def test_where_nothing_may_change_nobody_is_let_go(house: House) -> None:
    async with signed_in(house, policy=FREE) as (session, browser):
        await session.facts("send_sms", {"recipients": MIXED[:1], "text": "您好"})
        await house.vendor.advance(31)
        await answered(house, MIXED[0], "退訂")
        await pressed(browser, "/replies", "Ask the vendor anew")
    async with signed_in(house, policy={"read_only": True}) as (session, browser):
        refused = await pressed(browser, "/replies", "Not meant")
        assert (refused.status, "Nothing was changed." in refused.text) == (409, True)
        assert await proposed(session) == ["0912***100"]


async def test_a_held_send_is_taken_back_on_the_page_until_the_time_it_says(house: House) -> None:
    clock, policy = Clock(), {**FREE, "undo_minutes": 3, "undo_above_recipients": 1}
    async with signed_in(house, clock=clock, policy=policy) as (session, browser):
        first, second = [
            await session.facts("send_sms", {"recipients": MIXED[:2], "text": t}) for t in "一二"
        ]
        told = datetime.fromisoformat(first["undo_until"])
        said = [f"It can be taken back until {told:%H:%M:%S}."]
        listed = await browser.get("/batches")
        assert lines(listed)["undo"] == said * 2
        page = await browser.get(f"/batches/{first['batch_id']}")
        assert lines(page)["undo"] == said
        assert lines(page)["words"] == ["一"]
        assert f'href="/approvals/{first["action_id"]}"' in page.html
        assert (
            await browser.send(page.form("Take it back"), "Take it back", {"form_token": "x"})
        ).status == 403
        after = await browser.send(page.form("Take it back"), "Take it back")
        assert (after.status, "undo" in lines(after)) == (200, False)
        assert (await session.facts("get_action", {"action_id": first["action_id"]}))["points_returned"] == 2
        late = await browser.get(f"/batches/{second['batch_id']}")
        clock.advance(minutes=3, seconds=20)
        shown = lines(await browser.get(f"/batches/{second['batch_id']}"))["undo"]
        assert shown[0].startswith("It can no longer be taken back: it goes out at")
        clock.advance(minutes=2)
        gone = await browser.get(f"/batches/{second['batch_id']}")
        assert lines(gone)["undo"] == [
            f"It could be taken back until {told:%H:%M:%S}, and has gone out since."
        ]
        assert "undo" not in [form.fields.get("step") for form in gone.forms]
        assert "undo" not in lines(await browser.get("/batches"))
        refused = await browser.send(late.form("Take it back"), "Take it back")
        assert (refused.status, "Nothing was taken back." in refused.text) == (409, True)


async def test_what_was_not_held_has_no_such_button(house: House) -> None:
    async with signed_in(house, policy=FREE) as (session, browser):
        sent = await session.facts("send_sms", {"recipients": MIXED[:2], "text": "您好"})
        for path in ("/batches", f"/batches/{sent['batch_id']}"):
            assert "undo" not in lines(await browser.get(path))


async def test_the_sender_of_one_reply_can_be_blocked(house: House) -> None:
    async with signed_in(house, policy=FREE) as (session, browser):
        await session.facts("send_sms", {"recipients": MIXED[:1], "text": "您好"})
        await house.vendor.advance(31)
        await answered(house, MIXED[0], "不要再吵了")
        await pressed(browser, "/replies", "Ask the vendor anew")
        await pressed(browser, "/replies", "Never text this number again")
        assert (await session.facts("list_blocked", {}))["total"] == 1
