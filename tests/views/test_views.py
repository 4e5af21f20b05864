"""What a host that knows MCP Apps shows: the views are served, small, closed, and right in a real browser."""

import json
import re
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID

from server.mcp.views.pages import page
from tests.batches.test_summaries import MIXED
from tests.campaigns.playing import people, planned, write_list
from tests.clients.chromium import IN_A_BROWSER, in_chromium
from tests.e2e.house import Facts, House
from tests.e2e.person import Person
from tools.catalog import by_name
from tools.operation import RISKY

VIEWS = {
    "summarize_delivery": "delivery",
    "get_points_statement": "statement",
    "get_campaign": "campaign",
    "plan_campaign": "plan",
    "retry_failed": "plan",
    **{name: "approval" for name, operation in by_name().items() if operation.risk in RISKY},
}
MOST_BYTES = 20_000
ENGLISH, CHINESE = {"locale": "en-GB", "theme": "light"}, {"locale": "zh-TW", "theme": "dark"}
HOSTILE = "<b>free</b><img src=x onerror=alert(1)>"

SUMMARY: Facts = {
    "conclusion": "3 of 6 arrived (50%)",
    "batches": 1,
    "batch_id": HOSTILE,
    "counts": {"delivered": 1200, "pending": 40, "failed_retryable": 31, "failed_permanent": 9, "unknown": 2},
    "columns": ["code", "meaning", "state", "count", "points"],
    "rows": [
        [100, "delivered to the handset", "delivered", 1200, 1200],
        [101, "not delivered: handset off, no signal or SMS function faulty", "failed_retryable", 31, 31],
        [103, HOSTILE, "failed_permanent", 9, 9],
    ],
    "median_s": 8,
    "p95_s": 240,
    "arrived_within_s": [3, 5, 8, 20, 90, 240, 4000],
    "points": 1282,
    "points_for_nothing": 40,
}
STATEMENT: Facts = {
    "month": "2026-11",
    "sends": 42,
    "points": 4200,
    "returned": 30,
    "open": 2,
    "told": 4000,
    "charged": 4010,
    "credit_after": 5800,
    "columns": ["day", "points", "charged"],
    "rows": [[1, 1200, 1210], [9, 2400, 2400], [27, 600, 400]],
    "every_row": {"sends": 14},
    "senders": [{"sender": HOSTILE, "sends": 42, "points": 4200, "told": 4000, "charged": 4010}],
    "differences": [],
}
CAMPAIGN: Facts = {
    "conclusion": "It is running",
    "campaign_id": "7KQ2-M9XD",
    "name": HOSTILE,
    "state": "running",
    "recipients": 20_000,
    "waiting": 12_000,
    "sending": 500,
    "sent": 7_000,
    "unknown": 500,
    "failed": 0,
    "left_out": 0,
    "delivered": 6_000,
    "not_delivered": 300,
    "points": 7_500,
    "next": "Nothing",
}


APPROVAL: Facts = {
    "outcome": "approval_required",
    "action_id": "7KQ2-M9XD",
    "message": "Nothing was sent.",
    "person_does": "open http://localhost:8807/approvals/7KQ2-M9XD, or run `campaign-ops-mcp approvals`",
    "expires_at": "2026-11-27T22:10:00+08:00",
    "preview": {
        "effect": "Send an SMS",
        "recipients": 1_200,
        "parts": 2,
        "points": 2_400,
        "credit": 5_000,
        "points_left": 2_600,
        "first_mobile": "0912***678",
        "subject": HOSTILE,
        "text": HOSTILE,
        "warnings": [HOSTILE],
    },
    "next": "Tell the person.",
}
PLAN: Facts = {
    "conclusion": "Planned, nothing sent",
    "campaign_id": "7KQ2-M9XD",
    "recipients": 1_200,
    "points": 2_400,
    "points_left": 100,
    "columns": ["parts", "recipients", "points"],
    "rows": [[1, 900, 900], [2, 300, 600]],
    "excluded": {"duplicate": 7, "landline": 0},
    "longest": [HOSTILE],
    "warnings": [HOSTILE],
}


def test_the_view_of_an_approval_can_call_no_tool() -> None:
    assert "tools/call" not in page("approval")
    assert "tools/call" in page("campaign")


@pytest.mark.parametrize("name", sorted(set(VIEWS.values())))
def test_a_view_is_small_and_fetches_nothing(name: str) -> None:
    html = page(name)
    assert len(html.encode()) < MOST_BYTES
    assert html.replace("http://www.w3.org/2000/svg", "").count("http") == 0
    assert "innerHTML" not in html
    assert "{" + "bridge}" not in html


async def test_each_view_is_served_and_named_by_its_tool(house: House) -> None:
    async with house.session() as session:
        tools = await session.tools()
        bound = {name: (tool.meta or {}).get("ui", {}).get("resourceUri") for name, tool in tools.items()}
        named = {tool: uri for tool, uri in bound.items() if uri}
        assert named == {tool: f"ui://ops/{name}" for tool, name in VIEWS.items()}
        for tool, uri in named.items():
            (found,) = (await session.client.read_resource(uri)).contents
            assert isinstance(found, types.TextResourceContents)
            assert (found.mime_type, found.text) == (APP_MIME_TYPE, page(VIEWS[tool]))
        capabilities = session.client.server_capabilities
        assert capabilities is not None
        assert EXTENSION_ID in (capabilities.extensions or {})


@IN_A_BROWSER
async def test_the_views_say_the_same_in_both_languages_and_take_no_text_for_markup(tmp_path: Path) -> None:
    seen = await rendered(
        tmp_path,
        case("delivery-en", "delivery", SUMMARY, ENGLISH),
        case("delivery-zh", "delivery", SUMMARY, CHINESE),
        case("delivery-changed", "delivery", SUMMARY, ENGLISH, CHINESE),
        case("statement-en", "statement", STATEMENT, ENGLISH),
        case("statement-zh", "statement", STATEMENT, CHINESE),
        case("campaign-en", "campaign", CAMPAIGN, ENGLISH),
        case("campaign-zh", "campaign", CAMPAIGN, CHINESE),
        case("approval-en", "approval", APPROVAL, ENGLISH, click="button"),
        case("approval-zh", "approval", APPROVAL, CHINESE),
        case("approval-preview", "approval", {**APPROVAL, "outcome": "dry_run"}, ENGLISH),
        case("plan-en", "plan", PLAN, ENGLISH),
        case("plan-zh", "plan", PLAN, CHINESE),
    )
    for each in seen.values():
        assert (each["said"], each["wide"], each["markup"]) == ([], False, 0)
    assert "1,200 of 1,282 arrived (93%)" in seen["delivery-en"]["text"]
    assert "half within 8 s, 95% within 4 min" in seen["delivery-en"]["text"]
    assert "failed, worth another send 31" in seen["delivery-en"]["text"]
    assert HOSTILE in seen["delivery-en"]["text"]
    assert "1,282 則中 1,200 則已送達（93%）" in seen["delivery-zh"]["text"]
    assert seen["delivery-changed"]["text"] == seen["delivery-zh"]["text"]
    assert seen["delivery-changed"]["paper"] == seen["delivery-zh"]["paper"] != seen["delivery-en"]["paper"]
    assert "4,200 points, 42 sends" in seen["statement-en"]["text"]
    assert "(+10)" in seen["statement-en"]["text"]
    assert "4,200 點，42 次發送" in seen["statement-zh"]["text"]
    assert "7,500 of 20,000 are out" in seen["campaign-en"]["text"]
    assert "Pause it" in seen["campaign-en"]["text"]
    assert "待發送 12,000" in seen["campaign-zh"]["text"]
    assert "Send an SMS: A person has to agree first" in seen["approval-en"]["text"]
    assert seen["approval-en"]["text"].count(HOSTILE) == 3
    assert seen["approval-en"]["asked"] == [
        {"method": "ui/open-link", "params": {"url": "http://localhost:8807/approvals/7KQ2-M9XD"}}
    ]
    assert seen["approval-zh"]["asked"] == []
    assert "開啟頁面決定" in seen["approval-zh"]["text"]
    assert "Open the page" not in seen["approval-preview"]["text"]
    assert re.search(r"points left after it\s+100", seen["plan-en"]["text"])
    assert re.search(r"duplicate\s+7", seen["plan-en"]["text"])
    assert "landline" not in seen["plan-en"]["text"]
    assert "每人 2 則" in seen["plan-zh"]["text"]


@IN_A_BROWSER
async def test_a_view_shows_what_the_server_answers(house: House, tmp_path: Path) -> None:
    async with house.session(Person()) as session:
        await session.facts("send_sms", {"recipients": MIXED, "text": "您好"})
        await house.vendor.advance(31)
        summary = await session.facts("summarize_delivery", {"refresh": True})
        statement = await session.facts("get_points_statement")
    async with house.session() as session:
        asked = await session.facts("send_sms", {"recipients": MIXED, "text": "又一則"})
        write_list(house, people(12))
        plan = await planned(session)
    seen = await rendered(
        tmp_path,
        case("delivery", "delivery", summary, ENGLISH),
        case("statement", "statement", statement, ENGLISH),
        case("approval", "approval", asked, ENGLISH, click="button"),
        case("plan", "plan", plan, ENGLISH),
    )
    (opened,) = seen["approval"]["asked"]
    assert opened["method"] == "ui/open-link"
    assert opened["params"]["url"].endswith(f"/approvals/{asked['action_id']}")
    assert f"open {opened['params']['url']}, or " in asked["person_does"]
    assert "又一則" in seen["approval"]["text"]
    assert re.search(r"recipients\s+12", seen["plan"]["text"])
    assert "3 of 6 arrived (50%)" in seen["delivery"]["text"]
    assert "6 points, 1 send" in seen["statement"]["text"]
    assert "the same" in seen["statement"]["text"]


def case(
    name: str, view: str, facts: Facts, context: Facts, then: Facts | None = None, *, click: str = ""
) -> Facts:
    result = {"content": [{"type": "text", "text": json.dumps(facts)}], "structuredContent": facts}
    given = {"name": name, "html": page(view), "result": result}
    return {**given, "context": context, "then": then, "click": click}


async def rendered(folder: Path, *cases: Facts) -> dict[str, Any]:
    """What the browser saw of each; the screenshots stand in the folder."""
    return await in_chromium("render.mjs", cases=list(cases), folder=str(folder))
