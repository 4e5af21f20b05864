"""`campaign-ops-mcp opt-outs`: a person agrees once to the whole list, lets it go, or writes it to a file."""

import re
import signal

import anyio
import pytest

from tests.batches.inbox import answered, proposed, sent, told_of_send
from tests.command.terminal import run, running
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import FREE_NUMBER
from tests.languages.english import english
from tests.patience import PATIENCE

MASKED = "0912***100"


async def _opted_out(house: House, said: str = "退訂") -> None:
    async with house.session(Person()) as session:
        batch_id = await sent(house, session, [FREE_NUMBER])
        await answered(house, FREE_NUMBER, said)
        await session.facts("get_reply_summary", {"batch_id": batch_id, "refresh": True})
        assert await proposed(session) == [MASKED]


@pytest.mark.usefixtures("quick_start")
async def test_a_person_agrees_once_and_all_of_the_list_are_blocked(house: House) -> None:
    await _opted_out(house)
    listed = await run(house, "opt-outs")
    assert (MASKED in listed.out, "1 waits to be blocked" in listed.out) == (True, True)
    refused = await run(house, "opt-outs", "--confirm", typed="n\n")
    assert (refused.code, "Nothing was blocked." in refused.out) == (1, True)
    agreed = await run(house, "opt-outs", "--confirm", typed="y\n")
    assert (agreed.code, "1 is blocked." in agreed.out) == (0, True)
    async with house.session(Person()) as session:
        assert (await told_of_send(session, FREE_NUMBER))["code"] == "policy_refused"


@pytest.mark.usefixtures("quick_start")
async def test_a_number_in_the_words_is_masked(house: House) -> None:
    await _opted_out(house, "退訂 0987654321")
    assert "退訂 0987***321" in (await run(house, "opt-outs")).out


@pytest.mark.usefixtures("quick_start")
async def test_the_list_and_what_becomes_of_it_are_told_in_the_language_of_the_settings(house: House) -> None:
    await _opted_out(house)
    for command, typed, told in (
        ((), "", f"{MASKED}  DAY  回覆  退訂\n共 1 人等待封鎖\n"),
        (("--confirm",), "y\n", "已封鎖 1 個"),
        (("--dismiss",), "", "共 0 人等待封鎖"),
    ):
        said = await run(house, "opt-outs", *command, typed=typed, LANGUAGE="zh-TW")
        assert told in re.sub(r"\S+T\S+", "DAY", said.out)
        assert english(said.out) == []
    listed = await run(house, "block", "list", LANGUAGE="zh-TW")
    assert re.sub(r"\S+T\S+", "DAY", listed.out).startswith(f"{MASKED}  DAY  以回覆表示拒收\n")


@pytest.mark.usefixtures("interruptible")
async def test_ctrl_c_at_the_question_ends_the_command_at_once_and_blocks_nobody(
    house: House, request: pytest.FixtureRequest
) -> None:
    await _opted_out(house)
    async with running(house, "opt-outs", "--confirm") as terminal:
        assert terminal.stdout is not None
        with anyio.fail_after(PATIENCE):
            await terminal.stdout.readuntil(b"[y/n] ")
            terminal.send_signal(signal.SIGINT)
            assert await terminal.wait() != 0
    request.getfixturevalue("quick_start")
    assert "1 waits to be blocked" in (await run(house, "opt-outs")).out


@pytest.mark.usefixtures("quick_start")
async def test_a_dismissed_wish_is_proposed_no_more(house: House) -> None:
    await _opted_out(house)
    assert (await run(house, "opt-outs", "--dismiss", typed="y\n")).code == 0
    assert "0 wait to be blocked" in (await run(house, "opt-outs")).out


@pytest.mark.usefixtures("quick_start")
async def test_the_list_is_written_as_a_file_for_omis_and_over_no_other(house: House) -> None:
    await _opted_out(house)
    file = house.folder / "opted-out.csv"
    assert (await run(house, "opt-outs", "--export", str(file))).code == 0
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfmobile,opted_out_at,source\r\n0912345100,")
    assert (await run(house, "opt-outs", "--export", str(file))).code == 1
    assert file.read_bytes() == content
