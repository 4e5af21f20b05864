"""Whether an answer is true: what it says was done was done, and what it says was not done was not."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from server.gate.words.answers import Answer, Question
from tests.simulation.actions import Row, at
from tests.simulation.campaign_watch import is_step
from tests.simulation.watch import DAY, Watch

_OPEN = ("proposed", "approved", "dispatching", "unknown")
_ABOUT_THIS_REQUEST = (
    "store_unavailable",
    "approval_mismatch",
    "past_lost",
    "request_id_reused",
    "rate_limited",
    "vendor_unavailable",
    "not_sent",
)
"""Refusals that speak of this request alone, whatever becomes of the same call made elsewhere."""
_FOR_GOOD = ("declined", "proof_mismatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A call and its answer. `before` are the actions as they stood when the call began."""

    principal: str
    tool: str
    arguments: Mapping[str, Any]
    request_id: str
    action_id: str | None
    dry_run: bool
    before: Mapping[str, Row]
    said_no: bool
    """Whether the call brought a person's no."""
    answer: Answer | Question


def judge(said: Said, watch: Watch) -> None:
    """Compare an answer with the truth."""
    if isinstance(said.answer, Question):
        watch.note(f"-> asks about {watch.name(said.answer.action_id)}")
        return
    facts = said.answer.facts
    outcome = str(facts.get("outcome") or facts.get("code") or facts.get("state"))
    watch.note(f"-> {outcome} {'replayed' if facts.get('replayed') else ''}".rstrip())
    if said.said_no and outcome in ("done", "unknown") and "too late" not in str(facts.get("message")):
        watch.fail(f"{outcome} was answered to a no")
    if facts.get("outcome") == "done":
        watch.told_done.add(str(facts["action_id"]))
        row = watch.rows[str(facts["action_id"])]
        before = said.before.get(row.id)
        if before is not None and before.state == "succeeded" and row.id in watch.loss.undone:
            # It was read before a copy of the store was put back (seed 39386).
            return
        _done(watch, row, facts)
    elif said.dry_run:
        return
    elif (
        said.answer.is_error and outcome not in _ABOUT_THIS_REQUEST and "Nothing was" in str(facts["message"])
    ):
        for row in _this_call(said, watch):
            if watch.happened(row):
                watch.fail(f"{outcome} was answered for {watch.name(row.id)}, and the vendor did it")
        known = said.action_id is not None and said.action_id not in watch.loss.undone
        if outcome in _FOR_GOOD and said.action_id is not None and known:
            watch.promised[said.action_id] = outcome


def _done(watch: Watch, row: Row, facts: Mapping[str, Any]) -> None:
    if is_step(row):
        if row.state != "succeeded" and row.id not in watch.kept():
            watch.fail(f"done was answered for {watch.name(row.id)}, which is {row.state}")
        return
    if row.tool.endswith("_launch"):
        if row.id not in watch.posted:
            watch.fail(f"done was answered for {watch.name(row.id)}, which was never posted")
        return
    numbers, words = watch.content(row)
    if "safe retry" in row.reason:
        had = {text.number for text in watch.truth.texts if text.words == words}
        if not {"0" + number[4:] for number in numbers} <= had:
            watch.fail(f"done was answered for {watch.name(row.id)}, and not everybody has the text")
        return
    if not watch.happened(row):
        watch.fail(f"done was answered for {watch.name(row.id)}, and the vendor did not do it")
    really = sum(text.reference == row.reference for text in watch.truth.texts)
    if facts.get("sent", really) != really:
        watch.fail(f"{facts['sent']} texts of {watch.name(row.id)} were answered, {really} were sent")


def _this_call(said: Said, watch: Watch) -> Iterator[Row]:
    """The actions of this very call that were open when it began.

    Where the last one was settled meanwhile, and its day is over, the call is a new one: the answer is about
    that, whether it became an action of its own or was refused (seed 39664).
    """
    own = watch.claimed_here()
    if own is not None and own.id not in said.before:
        return
    for row in watch.rows.values():
        asked: dict[str, Any] = json.loads(row.arguments)
        same = all(asked.get(name) == value for name, value in said.arguments.items())
        if row.id in watch.loss.undone or said.action_id not in (None, row.id):
            continue
        known = (row.principal, row.tool, row.request_id) == (said.principal, said.tool, said.request_id)
        before = said.before.get(row.id)
        over = row.state not in _OPEN and watch.clock() - at(row.created_at) >= DAY
        if same and known and before is not None and before.state in _OPEN and not over:
            yield row
