"""A dry run by count prices a send without a number; nothing else takes a count."""

from typing import Any

import pytest

from tests.e2e.good_cases import CASES
from tests.e2e.house import Facts, House
from tests.gate.servers import FREE, FREE_SEND, fronted, posts

TEXT = "好" * 70
BY_COUNT: dict[str, Any] = {"count": 3_000, "dry_run": True, "text": TEXT}
SENDS: dict[str, dict[str, Any]] = {
    "send_sms": BY_COUNT,
    "send_sms_deduplicated": BY_COUNT,
    "send_personalized_sms": {"count": 3_000, "dry_run": True, "template": "%field1%，您的款項已到期。"},
}


def _preview(facts: Facts) -> Facts:
    assert facts["outcome"] == "dry_run"
    return facts["preview"]


@pytest.mark.parametrize("tool", SENDS)
async def test_a_send_to_three_thousand_is_priced(house: House, tool: str) -> None:
    async with fronted(house) as session:
        preview = _preview(await session.facts(tool, SENDS[tool]))
    told = {name: preview[name] for name in ("recipients", "parts", "points", "credit", "points_left")}
    assert told == {"recipients": 3_000, "parts": 1, "points": 3_000, "credit": 10_000, "points_left": 7_000}
    assert any("it takes 6 calls" in warning for warning in preview["warnings"])
    assert "first_mobile" not in preview
    assert await posts(house) == 0


async def test_an_mms_is_priced_by_count_too(house: House) -> None:
    async with house.session() as session:
        case = await CASES["send_mms"].prepare(house, session)
        wanted = {name: value for name, value in case.items() if name != "recipients"}
        preview = _preview(await session.facts("send_mms", wanted | {"count": 100, "dry_run": True}))
    assert (preview["recipients"], preview["points"]) == (100, 300)


async def test_what_three_thousand_would_hit_is_told_and_refuses_nothing(house: House) -> None:
    policy = FREE | {
        "points_per_call": 500,
        "recipients_per_call": 100,
        "points_per_day": 3_000,
        "recipients_per_day": 2_000,
    }
    async with fronted(house, policy=policy) as session:
        await session.facts("send_sms", FREE_SEND)
        warnings = " ".join(_preview(await session.facts("send_sms", BY_COUNT))["warnings"])
    for told in (
        "The rule on points per call (CAMPAIGN_OPS_POLICY__POINTS_PER_CALL) allows 500 points",
        "The rule on recipients per call",
        "The rule points_per_day allows 3000; 1 are used or reserved, and this needs 3000 more.",
        "The rule recipients_per_day allows 2000; 1 are used",
    ):
        assert told in warnings, told


async def test_points_that_are_missing_are_told(house: House) -> None:
    async with fronted(house) as session:
        preview = _preview(await session.facts("send_sms", BY_COUNT | {"count": 10_001}))
    assert preview["points_left"] == -1
    assert "1 more are needed" in " ".join(preview["warnings"])


async def test_a_text_that_a_rule_forbids_is_refused_by_count_as_well(house: House) -> None:
    async with fronted(house, policy={"required_sender_name": "【好店】"}) as session:
        assert (await session.problem("send_sms", BY_COUNT))["code"] == "policy_refused"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"dry_run": False}, "count: prices a dry_run alone, and nothing was sent."),
        ({"recipients": ["0912345678"]}, "recipients: is given beside count."),
        ({"count": 0}, "recipients: holds nobody."),
        ({"count": -1}, "count: is less than 0."),
        ({"count": 10**12}, "count: is more than"),
        ({"count": True}, "count: is no number."),
    ],
)
async def test_a_count_beside_anything_else_is_refused(
    house: House, given: dict[str, Any], said: str
) -> None:
    async with fronted(house, policy=FREE) as session:
        refused = await session.problem("send_sms", BY_COUNT | given)
    assert refused["code"] == "invalid_arguments"
    assert said in refused["message"]
    assert await posts(house) == 0


async def test_a_count_of_own_texts_has_nothing_to_price(house: House) -> None:
    async with fronted(house) as session:
        refused = await session.problem("send_personalized_sms", {"count": 5, "dry_run": True})
    assert "template: needed to price a count." in refused["message"]


async def test_what_a_template_fills_in_is_not_said_to_go_out_as_it_stands(house: House) -> None:
    template = {"template": "%field1% 您好"}
    async with fronted(house) as session:
        warnings = _preview(
            await session.facts("send_personalized_sms", SENDS["send_personalized_sms"] | template)
        )["warnings"]
    assert not any("it goes out as it stands" in warning for warning in warnings)


async def test_a_dry_run_says_where_the_extra_part_begins_and_a_question_does_not(house: House) -> None:
    send = {"recipients": ["0912345678"], "text": TEXT + "多了"}
    async with fronted(house) as session:
        dry = _preview(await session.facts("send_sms", send | {"dry_run": True}))
        asked = (await session.facts("send_sms", send))["preview"]
    assert "72 characters are 2 parts: 2 too many for 1, from 「多了」 on." in dry["warnings"]
    assert not any("too many" in warning for warning in asked["warnings"])
