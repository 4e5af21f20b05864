"""Every fault of a vendor through the front door: what it proves, and what the same call does afterwards."""

from pathlib import Path

import pytest

from server.settings.settings import load_settings
from tests.e2e.house import open_session
from tests.faults.front_door import CREDIT, LOOKING, RECEIPT, SEND, SENDING, front_door, posts
from tests.faults.plays import FAULTS, Fault
from tests.faults.scripted import Exchange, ScriptedVendor, whole

LOOKS_BEFORE_A_SEND = 2
"""The points left are asked for the preview, and again when the person has agreed."""


async def _arm(vendor: ScriptedVendor, fault: Fault, patch: pytest.MonkeyPatch) -> None:
    """Let both looks pass; the fault meets the send."""
    if fault.play is not None:
        vendor.plays[SENDING] = fault.play

    async def look(exchange: Exchange) -> None:
        if fault.twist is not None and vendor.requests.count(LOOKING) == LOOKS_BEFORE_A_SEND:
            await fault.twist(vendor, patch)
        await whole(CREDIT)(exchange)

    vendor.plays[LOOKING] = look


async def _heal(vendor: ScriptedVendor) -> None:
    vendor.at_accept = vendor.at_head = None
    vendor.plays = {SENDING: whole(RECEIPT), LOOKING: whole(CREDIT)}
    await vendor.listen()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_send_is_either_not_sent_or_unknown_and_never_posted_twice(
    no_settings: Path, vendor: ScriptedVendor, fault: Fault
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        async with front_door(vendor, no_settings) as session:
            await _arm(vendor, fault, patch)
            first = await session.told("send_sms", SEND)
            patch.undo()
            posted = posts(vendor)
            await _heal(vendor)
            again = await session.told("send_sms", SEND)
    assert posted <= 1
    assert fault.says in first.facts["message"]
    if fault.outcome == "not_sent":
        assert first.is_error
        assert (first.facts["code"], first.facts["retryable"]) == ("not_sent", True)
        assert first.facts["message"].startswith("Nothing was sent.")
        assert posted == 0
        assert (again.facts["outcome"], posts(vendor)) == ("done", 1)
    else:
        assert not first.is_error
        assert first.facts["outcome"] == "unknown"
        assert "may or may not have happened" in first.facts["message"]
        assert "reconcile_action" in first.facts["next"]
        assert (again.facts["outcome"], posts(vendor)) == ("unknown", posted)
        assert again.facts["action_id"] == first.facts["action_id"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_look_fails_clearly_and_may_be_repeated(
    no_settings: Path, vendor: ScriptedVendor, fault: Fault
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        async with front_door(vendor, no_settings) as session:
            if fault.play is not None:
                vendor.plays[LOOKING] = fault.play
            if fault.twist is not None:
                await fault.twist(vendor, patch)
            problem = await session.problem("query_credit")
            patch.undo()
            await _heal(vendor)
            assert (await session.facts("query_credit"))["credit"] == 1230
    assert problem["code"] in ("not_sent", "vendor_unavailable", "unreadable_answer")
    assert problem["retryable"] is True
    assert problem["next"]
    assert (problem["code"] == "not_sent") is (fault.outcome == "not_sent")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_fault_before_the_question_sends_nothing_and_leaves_no_action(
    no_settings: Path, vendor: ScriptedVendor, fault: Fault
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        async with front_door(vendor, no_settings) as session:
            vendor.plays[SENDING] = whole(RECEIPT)
            if fault.play is not None:
                vendor.plays[LOOKING] = fault.play
            if fault.twist is not None:
                await fault.twist(vendor, patch)
            problem = await session.problem("send_sms", SEND)
            patch.undo()
            assert posts(vendor) == 0
            await _heal(vendor)
            assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    assert problem["message"].startswith("Nothing was sent.")
    assert problem["retryable"] is True
    assert posts(vendor) == 1


async def test_a_redirect_is_not_followed(no_settings: Path, vendor: ScriptedVendor) -> None:
    """Whoever answers 302 would get the account's password a second time, wherever it likes."""
    more = f"Location: {vendor.url}/elsewhere.ashx\r\n"
    vendor.plays[SENDING] = whole("", status="302 Found", more=more)
    async with front_door(vendor, no_settings) as session:
        assert (await session.facts("send_sms", SEND))["outcome"] == "unknown"
    assert "elsewhere.ashx" not in vendor.requests


async def test_a_host_that_does_not_exist_is_not_sent(
    no_settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real name look-up, of a name that is reserved never to exist (RFC 2606)."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    account = {"base_url": "https://vendor.invalid", "uid": "u", "password": "p"}
    settings = load_settings(None, every8d=account, store={"folder": no_settings})
    async with open_session(settings, "auto", None) as session:
        problem = await session.problem("query_credit")
    assert (problem["code"], problem["retryable"]) == ("not_sent", True)
