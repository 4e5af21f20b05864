"""`campaign-ops-mcp opt-outs`: a person agrees once to the whole list, lets it go, or writes it to a file."""

from tests.batches.inbox import answered, proposed, sent, told_of_send
from tests.command.terminal import run
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import FREE_NUMBER

MASKED = "0912***100"


async def _opted_out(house: House) -> None:
    async with house.session(Person()) as session:
        batch_id = await sent(house, session, [FREE_NUMBER])
        await answered(house, FREE_NUMBER, "退訂")
        await session.facts("get_reply_summary", {"batch_id": batch_id, "refresh": True})
        assert await proposed(session) == [MASKED]


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


async def test_a_dismissed_wish_is_proposed_no_more(house: House) -> None:
    await _opted_out(house)
    assert (await run(house, "opt-outs", "--dismiss", typed="y\n")).code == 0
    assert "0 wait to be blocked" in (await run(house, "opt-outs")).out


async def test_the_list_is_written_as_a_file_for_omis_and_over_no_other(house: House) -> None:
    await _opted_out(house)
    file = house.folder / "opted-out.csv"
    assert (await run(house, "opt-outs", "--export", str(file))).code == 0
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfmobile,opted_out_at,source\r\n0912345100,")
    assert (await run(house, "opt-outs", "--export", str(file))).code == 1
    assert file.read_bytes() == content
