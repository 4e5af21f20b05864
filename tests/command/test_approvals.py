"""`campaign-ops-mcp approvals`, in a process of its own beside the server."""

from typing import Literal

import anyio
import pytest

from server.demo.rows import rows_of
from tests.command.terminal import half_piped, piped, run, watched
from tests.e2e.house import House
from tests.gate.servers import LAUNCH, SEND, decide, fronted, posts
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("quick_start")


async def test_another_process_approves_and_the_same_call_goes_through(house: House) -> None:
    async with fronted(house) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        wrong = await run(house, "approvals", "--approve", asked, "--proof", "nonsense")
        assert (wrong.code, "was not approved" in wrong.out) == (1, True)
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
        right = await run(house, "approvals", "--approve", asked.lower(), "--proof", "y")
        assert (right.code, f"{asked} is approved" in right.out) == (0, True)
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        late = await run(house, "approvals", "--deny", asked)
        assert (late.code, "was not denied" in late.out) == (1, True)
    assert await posts(house) == 1


async def test_what_waits_is_shown_and_decided_one_by_one(house: House) -> None:
    """Interactive: a typed id, a no, an Enter, and the end of the input, in the order of the proposals."""
    async with fronted(house) as session:
        await session.facts("terminate_launch", LAUNCH)
        await session.facts("send_sms", {**SEND, "text": "您好\x1b[2J\nPoints: 0"})
        for text in ("later", "much later"):
            await session.facts("send_sms", {**SEND, "text": text})
        said = await run(house, "approvals", typed="1182\nn\n\n")
        listed = rows_of(await session.facts("list_actions"))
    assert [entry["state"] for entry in listed] == ["proposed", "proposed", "denied", "approved"]
    assert "Traceback" not in said.out
    assert "type '1182' to approve" in said.out
    assert "\x1b" not in said.out
    assert [line for line in said.out.splitlines() if line.startswith("Points: ")] == ["Points: 1"] * 3
    assert "912345678" not in said.out
    assert "Left waiting." in said.out


async def test_watch_shows_what_comes_and_takes_the_decision(house: House) -> None:
    async with (
        fronted(house, approval={"wait_seconds": 30}) as session,
        watched(house, "approvals", "--watch") as terminal,
    ):
        with anyio.fail_after(PATIENCE):
            assert "Watching" in await terminal.line()
            terminal.type("y")
            done = await session.facts("send_sms", SEND)
    assert done["outcome"] == "done"
    assert await posts(house) == 1


async def test_from_a_pipe_no_yes_counts_and_a_no_does(house: House) -> None:
    """An agent's shell runs its commands so."""
    async with fronted(house) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        flag = await piped(house, "approvals", "--approve", asked, "--proof", "y")
        typed = await piped(house, "approvals", typed="y\n")
        again = await session.facts("send_sms", SEND)
        denied = await piped(house, "approvals", "--deny", asked)
    assert (flag.code, f"{asked} was not approved" in flag.out) == (1, True)
    assert "in a real terminal alone" in typed.out
    assert again["outcome"] == "approval_required"
    assert (denied.code, f"{asked} is denied" in denied.out) == (0, True)
    assert await posts(house) == 0


@pytest.mark.parametrize("pipe", ["stdin", "stdout"])
async def test_a_terminal_on_one_side_alone_is_no_terminal(
    house: House, pipe: Literal["stdin", "stdout"]
) -> None:
    """Who reads the question through a pipe, or answers through one, need not be a person."""
    async with fronted(house) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert await half_piped(house, pipe, "approvals", "--approve", asked, "--proof", "y") == 1
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
    assert await posts(house) == 0


async def test_an_unknown_id_and_an_empty_list_are_said(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    for wanted in ({"approve": "ZZZZ-ZZZZ", "proof": "y"}, {"deny": "ZZZZ-ZZZZ"}):
        assert await decide(house, **wanted) == 1
        assert "There is no action" in capsys.readouterr().out
    assert await decide(house) == 0
    said = capsys.readouterr().out
    assert said.startswith("Nothing waits for an approval.")
    assert "--sandbox" in said


async def test_every_text_of_a_send_can_be_read_by_pages(house: House) -> None:
    people = [{"mobile": f"09123456{n:02}", "values": [f"第{n}篇"]} for n in range(1, 31)]
    async with fronted(house) as session:
        asked = await session.facts("send_personalized_sms", {"recipients": people, "template": "%field1%。"})
        assert "approvals --texts" in asked["preview"]["warnings"][0]
        action_id = asked["action_id"]
        first = await run(house, "approvals", "--texts", action_id)
        second = await run(house, "approvals", "--texts", action_id, "--page", "2")
        beyond = await run(house, "approvals", "--texts", action_id, "--page", "3")
    assert "Text 20 of 30: 「第20篇。」" in first.out
    assert "Page 1 of 2" in first.out
    assert [f"「第{n}篇。」" in second.out for n in range(1, 31)] == [False] * 20 + [True] * 10
    assert (beyond.code, "30 different texts on 2 pages" in beyond.out) == (1, True)
    assert await posts(house) == 0


async def test_a_yes_and_a_no_at_once_decide_nothing(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with fronted(house) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert await decide(house, approve=asked, deny=asked, proof="y") == 1
        assert "Nothing was decided" in capsys.readouterr().out
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
    assert await posts(house) == 0


async def test_where_a_passkey_is_needed_the_terminal_shows_it_and_points_to_the_page(house: House) -> None:
    needed = {"APPROVAL__PASSKEYS": "required"}
    async with fronted(house, approval={"passkeys": "required"}) as session:
        asked = await session.facts("send_sms", SEND)
        action = asked["action_id"]
        unproven = await run(house, "approvals", "--approve", action, **needed)
        shown = await run(house, "approvals", typed="n\n", **needed)
    assert "passkey" in asked["person_does"]
    assert "campaign-ops-mcp approvals" not in asked["person_does"]
    for said in (unproven, shown):
        assert "Recipients: 1" in said.out
        assert "--proof" not in said.out
        assert "y to approve" not in said.out
        assert f"decide on {action} there" in " ".join(said.out.split())
    assert f"{action} is denied" in shown.out


async def test_with_four_eyes_who_asked_is_told_before_they_type_that_somebody_else_has_to(
    house: House,
) -> None:
    async with fronted(house, approval={"four_eyes": True}) as session:
        action = (await session.facts("send_sms", SEND))["action_id"]
        shown = await run(house, "approvals", typed="n\n", APPROVAL__FOUR_EYES="true")
    words = " ".join(shown.out.split())
    assert "You cannot approve it: who asked for it cannot approve it; somebody else has to." in words
    assert ("y to approve" in words, f"{action} is denied" in words) == (False, True)
