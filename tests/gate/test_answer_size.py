"""How many tokens an answer costs, counted with o200k: every list, from ordinary rows to the worst."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from server.gate.caller import Caller
from server.gate.fitting import fitted, tokens
from server.gate.gate import Gate
from server.gate.words.answers import Answer
from server.late_parts import LateParts, running
from server.parts import build_parts
from server.settings.settings import load_settings
from tests.clients.tokens import as_text, counted
from tests.gate.listings import BATCH, TOTAL, page_of
from tools.catalog import every_operation
from tools.desk_operation import AnyOperation, Desk, DeskOperation
from tools.operation import PagedParams, Params, Query, Result, Steps, Surroundings

USUAL, MOST = 1_200, 6_000
LISTS = [each for each in every_operation() if issubclass(each.params, PagedParams)]
NEEDED: dict[str, Any] = {
    "batch_id": BATCH,
    "mobile": "0912345678",
    "report_id": "9001",
    "job_id": "5506",
    "launch_id": "1182",
    "start": "2026-03-01T00:00:00+08:00",
    "end": "2026-03-02T00:00:00+08:00",
}
GO_ON = re.compile(r"page=(\d+), page_size=(\d+)")
CALLER = Caller(principal="me", session="one", can_ask=False)


def listing(operation: AnyOperation, *, worst: bool) -> AnyOperation:
    """The operation as it is with 220 rows behind it."""

    def steps(params: PagedParams, _world: Surroundings) -> Steps[Result]:
        yield from ()
        return page_of(operation.result, params, worst=worst)

    async def run(params: PagedParams, _desk: Desk) -> Result:
        return page_of(operation.result, params, worst=worst)

    if isinstance(operation, DeskOperation):
        return replace(operation, run=run)
    assert isinstance(operation, Query)
    return replace(operation, steps=steps)


def arguments(operation: AnyOperation) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        name: NEEDED[name] for name, field in operation.params.model_fields.items() if field.is_required()
    }
    return wanted | ({"mobile": "0912345678"} if operation.name == "find_jobs" else {})


@asynccontextmanager
async def a_gate(folder: Path) -> AsyncGenerator[Gate]:
    parts = build_parts(load_settings(None, store={"folder": folder / "store"}))
    async with running(LateParts.of(parts)):
        yield parts.gate


async def told(gate: Gate, operation: AnyOperation, **page: int) -> dict[str, Any]:
    ended = await gate.call(operation, {**arguments(operation), **page}, CALLER)
    assert isinstance(ended, Answer)
    assert not ended.is_error, ended.facts
    return dict(ended.facts)


async def test_a_usual_answer_has_twenty_rows_and_costs_at_most_1200_tokens(no_settings: Path) -> None:
    async with a_gate(no_settings) as gate:
        answers = {each.name: await told(gate, listing(each, worst=False)) for each in LISTS}
    found = await counted({name: as_text(facts) for name, facts in answers.items()})
    assert {name: count for name, count in found.items() if count > USUAL} == {}
    assert {name: len(facts["rows"]) for name, facts in answers.items()} == dict.fromkeys(found, 20)


async def test_no_answer_costs_more_than_6000_tokens_whatever_stands_in_it(no_settings: Path) -> None:
    async with a_gate(no_settings) as gate:
        longest = {each.name: await told(gate, listing(each, worst=True), page_size=200) for each in LISTS}
        usual = {each.name: await told(gate, listing(each, worst=False), page_size=200) for each in LISTS}
    for answers in (longest, usual):
        found = await counted({name: as_text(facts) for name, facts in answers.items()})
        assert {name: count for name, count in found.items() if count > MOST} == {}
        cut = [name for name, facts in answers.items() if len(facts["rows"]) < 200]
        assert all("page_size=" in answers[name]["warning"] for name in cut)


async def test_who_goes_on_as_a_cut_answer_says_gets_every_row(no_settings: Path) -> None:
    """Nothing is lost between two pages, whichever page was cut."""
    (replies,) = (each for each in LISTS if each.name == "get_sms_replies")
    seen: set[str] = set()
    page: dict[str, int] = {}
    async with a_gate(no_settings) as gate:
        while len(seen) < TOTAL:
            facts = await told(gate, listing(replies, worst=True), **page)
            cells = [row[facts["columns"].index("mobile")] for row in facts["rows"]]
            assert not seen >= set(cells), "each answer has something new"
            seen |= set(cells)
            if found := GO_ON.search(facts.get("warning", "")):
                page = {"page": int(found[1]), "page_size": int(found[2])}
            else:
                page = {**page, "page": facts["page"] + 1}


def test_a_long_text_that_is_no_list_is_cut_at_last() -> None:
    facts = {"action_id": "7KQ2-M9XD", "preview": {"text": "好" * 9_000, "warnings": ["one"]}}
    cut = fitted(facts, Params())
    assert tokens(cut, usual=False) <= MOST
    assert cut["preview"]["text"].endswith("…")
    assert "`text`" in cut["warning"]
    assert facts["preview"] == {"text": "好" * 9_000, "warnings": ["one"]}
