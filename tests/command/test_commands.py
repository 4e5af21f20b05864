"""`campaign-ops-mcp block`, `policy`, `actions`, `unlock`: what they print and what they change."""

import pytest

from server.command import actions, block, policy
from server.command.unlock import unlock_vendor
from tests.command.terminal import run
from tests.e2e.house import House
from tests.gate.servers import FREE, FREE_SEND, config_file, fronted, posts

pytestmark = pytest.mark.usefixtures("quick_start")

RULES = """
[policy]
points_per_day = 100
blocked_numbers = ["0912345678"]
allowed_url_hosts = []
[policy.quiet_hours]
start = "21:00"
end = "08:00"
"""

Shown = pytest.CaptureFixture[str]


async def test_a_number_is_blocked_listed_and_refused(house: House, capsys: Shown) -> None:
    added = await run(house, "block", "add", "0912 345 100", "--note", "by phone")
    assert (added.code, added.out.strip()) == (0, "0912***100 is blocked.")
    assert await block.add(config_file(house), "0912345100", "") == 0
    assert "was blocked already" in capsys.readouterr().out
    assert await block.show(config_file(house)) == 0
    assert "by phone\n1 blocked" in capsys.readouterr().out
    async with fronted(house, policy=FREE) as session:
        assert (await session.problem("send_sms", FREE_SEND))["code"] == "policy_refused"
    assert await posts(house) == 0


async def test_what_is_no_mobile_number_is_not_blocked(house: House, capsys: Shown) -> None:
    assert await block.add(config_file(house), "12", "") == 1
    assert "Nothing was blocked" in capsys.readouterr().out
    assert await block.remove(config_file(house), "12") == 1
    assert "Nothing was changed" in capsys.readouterr().out


def test_the_policy_is_told_in_plain_words_without_numbers(house: House, capsys: Shown) -> None:
    assert policy.show(config_file(house, RULES)) == 0
    shown = capsys.readouterr().out
    assert "CAMPAIGN_OPS_POLICY__POINTS_PER_DAY: At most 100 points a day." in shown
    assert "Never sent to: 0912***678." in shown
    assert f"At most 100 points a day. ({config_file(house, RULES)})" in shown
    assert "a decline counts as one. (default)" in shown
    assert f"From {config_file(house, RULES)}: CAMPAIGN_OPS_POLICY__ALLOWED_URL_HOSTS, " in shown
    assert "Nothing is sent from 21:00 to 08:00 (Asia/Taipei)." in shown
    assert "Texts may hold no URLs." in shown
    assert "CAMPAIGN_OPS_POLICY__COUNTRIES" in shown.split("Without a rule: ")[1]


async def test_actions_are_listed_by_state(house: House, capsys: Shown) -> None:
    async with fronted(house, policy=FREE) as session:
        done = (await session.facts("send_sms", FREE_SEND))["action_id"]
        waiting = (await session.facts("terminate_launch", {"launch_id": "1182"}))["action_id"]
    assert await actions.show(config_file(house), "", sandbox=False) == 0
    both = capsys.readouterr().out
    assert await actions.show(config_file(house), "succeeded", sandbox=False) == 0
    one = capsys.readouterr().out
    assert await actions.show(config_file(house), "nonsense", sandbox=False) == 1
    assert done in both
    assert waiting in both
    assert "2 of 2 actions" in both
    assert done in one
    assert waiting not in one


@pytest.mark.parametrize(("state", "told"), [("succeeded", "done"), ("failed", "again")])
async def test_a_person_closes_what_is_unknown(house: House, capsys: Shown, state: str, told: str) -> None:
    """As succeeded it is never sent again; as failed the same call goes through once more."""
    config = config_file(house)
    await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_before", times=1)
    async with fronted(house, policy=FREE) as session:
        unknown = (await session.facts("send_sms", FREE_SEND))["action_id"]
        assert await actions.close(config, unknown, "unknown", sandbox=False) == 1
        assert await actions.close(config, "ZZZZ-ZZZZ", state, sandbox=False) == 1
        assert await actions.close(config, unknown, state, sandbox=False) == 0
        assert await actions.close(config, unknown, state, sandbox=False) == 1
        facts = await session.facts("send_sms", FREE_SEND)
    assert f"{unknown} is closed as {state}." in capsys.readouterr().out
    assert (facts["outcome"], facts.get("replayed", False)) == ("done", told == "done")
    assert await posts(house) == (1 if told == "done" else 2)


async def test_an_account_is_called_again_after_unlock(house: House, capsys: Shown) -> None:
    wrong = {"password": "wrong"}
    async with fronted(house, every8d=wrong) as session:
        assert (await session.problem("query_credit"))["code"] == "login_refused"
        assert (await session.problem("query_credit"))["code"] == "login_stopped"
    await unlock_vendor("every8d", config_file(house))
    async with fronted(house, every8d=wrong) as session:
        assert (await session.problem("query_credit"))["code"] == "login_refused"
    assert "no longer stopped" in capsys.readouterr().out
