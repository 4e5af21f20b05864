"""The official TypeScript SDK hears every answer: it throws away what does not fit its tool's schema."""

import json
from pathlib import Path
from typing import Any

from tests.clients.node import run_node
from tests.e2e.good_cases import CASES
from tests.e2e.house import Facts, House
from tests.e2e.person import Person
from tests.e2e.process import COMMAND, at_the_sandbox
from tools.catalog import every_operation
from tools.operation import PagedParams, Risk

PLAY = Path(__file__).parent / "play.mjs"
SEND: Facts = {"recipients": ["0912345678"], "text": "您好"}
LOST = {"path": "sendSMS.ashx", "fault": "reset_after"}
NAMES = [each.name for each in every_operation()]
LOOKS = [each.name for each in every_operation() if each.risk is Risk.READ]
PAGED = [each.name for each in every_operation() if issubclass(each.params, PagedParams)]
SCENES: list[tuple[Facts, str, int]] = [
    ({"tool": "send_sms", "args": SEND, "says": "decline"}, "declined", 1),
    ({"tool": "send_sms", "args": {**SEND, "dry_run": True}}, "dry_run", 0),
    ({"tool": "send_sms", "args": {**SEND, "request_id": 2}, "says": "accept"}, "done", 1),
    ({"tool": "send_sms", "args": {**SEND, "request_id": 2}}, "done", 0),
    ({"tool": "send_sms", "args": {**SEND, "text": "再見"}, "says": "accept", "fault": LOST}, "unknown", 1),
    ({"tool": "pause_launch", "args": {"launch_id": "1182"}}, "done", 0),
    ({"tool": "query_launch", "args": {"launch_id": "9"}}, "vendor_refused", 0),
]
"""A call, the outcome or code that the client must hear, and how often its person is asked."""


async def test_every_answer_reaches_the_client(house: House) -> None:
    prepared = await _prepared(house)
    looks = [{"tool": tool, "args": arguments} for tool, arguments in prepared.items()]
    pages = [{"tool": tool, "args": {**prepared[tool], "page": 1, "page_size": 1}} for tool in PAGED]
    refused = [{"tool": name, "args": {"no_such": 1}} for name in NAMES]
    scenes = [case for case, _, _ in SCENES]

    played = await _played(house, [*scenes, *looks, *pages, *refused])

    assert sorted(played["tools"]) == NAMES
    answers: list[Facts] = played["answers"]
    assert [each for each in answers if "thrown" in each] == []
    told = [_told(answer) for answer in answers]
    looked, count = len(SCENES), len(SCENES) + len(looks) + len(pages)
    heard = [facts.get("outcome") or facts["code"] for facts in told[:looked]]
    assert heard == [says for _, says, _ in SCENES]
    assert [len(answer["asked"]) for answer in answers[:looked]] == [asked for _, _, asked in SCENES]
    assert [each["text"] for each in answers[looked:count] if each["isError"]] == []
    assert {facts["code"] for facts in told[count:]} == {"invalid_arguments"}


async def _prepared(house: House) -> dict[str, Facts]:
    """Arguments with which each look has something to show; the ledger keeps what was done for it."""
    async with house.session(Person()) as session:
        prepared = {tool: await CASES[tool].prepare(house, session) for tool in LOOKS}
    # Another look's refresh would be waited for in real time.
    return prepared | {"watch_reports": {"report_id": "9002"}}


async def _played(house: House, cases: list[dict[str, Any]]) -> Facts:
    env = at_the_sandbox(
        house,
        APPROVAL__HUMAN_MINIMUM_MS="0",
        POLICY__CALLS_PER_MINUTE="1000",
        LISTS__FOLDER=str(house.folder / "images"),
    )
    server = {"command": COMMAND, "args": ["serve"], "env": env, "cwd": str(house.folder)}
    plan = {"server": server, "sandbox": house.url, "cases": cases}
    code, output = await run_node(PLAY, given=plan)
    assert code == 0
    return json.loads(output)


def _told(answer: Facts) -> Facts:
    """The facts of an answer, by the text alone; the structure is the same or, for an error, not there."""
    facts: Facts = json.loads(answer["text"])
    assert answer["structured"] == (None if answer["isError"] else facts)
    return facts
