"""`campaign-ops-mcp stop`: everything is stopped, whoever sent it, by the person at the terminal."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from server.command.approvals import ApprovalsDesk
from server.command.common import FAILED, OK, parts_over, person, settings_of, unasked
from server.command.options import Config, run
from server.command.terminal import Terminal, is_a_terminal
from server.demo.rows import rows_of
from server.gate.caller import Caller
from server.gate.words.answers import Answer
from server.parts import Parts
from server.store.actions import State
from tools.desk.in_flight import KNOWN_ALONE
from tools.desk.stop import STOP_EVERYTHING, STOPPED_ENDS, Ended, Thing
from tools.sentence import Sentence, sentence

_THINGS: Mapping[Thing, Sentence] = {
    "approval": sentence("approval"),
    "under way": sentence("send"),
    "campaign": sentence("campaign"),
    "launch": sentence("launch"),
    "job": sentence("job"),
    "booking": sentence("booking"),
}
_ENDS: Mapping[Ended, Sentence] = {
    "voided": sentence("ended, it can be asked for again"),
    "too late": sentence("too late: it is being sent"),
    "paused": sentence("paused"),
    "not paused": sentence("NOT paused"),
    "erased": sentence("erased"),
    "gone": sentence("gone already"),
    "not booked any more": sentence("not booked any more: erased before, or sent"),
    "not erased": sentence("NOT erased"),
    "unknown": sentence("unknown: nobody knows whether it happened"),
    "still there": sentence("still there"),
}


async def stop(config: Path | None) -> int:
    """Brake, ask, erase; exit code 0 when nothing is left that was known."""
    settings = settings_of(config, sandbox=False)
    # The person sits here: nobody is waited for elsewhere.
    approval = settings.approval.model_copy(update={"wait_seconds": 0.0, "out_of_band": True})
    async with parts_over(settings.model_copy(update={"approval": approval})) as parts:
        return await _stop(parts, Terminal(parts.settings.language))


async def _stop(parts: Parts, out: Terminal) -> int:
    answer = await _called(parts, out)
    if answer.facts.get("outcome") == "approval_required" and await _agreed(parts, out, answer.facts):
        answer = await _called(parts, out)
    if parts.settings.omis is not None:
        out.say(KNOWN_ALONE)
    ends = {row["ended"] for row in rows_of(answer.facts)}
    return OK if not answer.is_error and ends <= {*STOPPED_ENDS} else FAILED


async def _called(parts: Parts, out: Terminal) -> Answer:
    caller = Caller(principal=person(), session=person(), can_ask=False, everybodys=True)
    answer = await unasked(parts, STOP_EVERYTHING, caller)
    if answer.is_error:
        out.say(answer.facts["message"])
    _show(answer.facts, out)
    return answer


def _show(facts: Mapping[str, Any], out: Terminal) -> None:
    rows = rows_of(facts)
    if rows:
        out.columns(
            (_THINGS[row["what"]], row["id"], row["words"] or "", _ENDS[row["ended"]]) for row in rows
        )
    else:
        out.say(sentence("Nothing that is known here was to be stopped."))


async def _agreed(parts: Parts, out: Terminal, facts: Mapping[str, Any]) -> bool:
    desk = ApprovalsDesk(
        book=parts.book,
        terminal=out,
        settings=parts.settings,
        elsewhere="",
        by_itself=True,
        left=sentence("No booking was erased."),
        can_approve=is_a_terminal(),
    )
    waiting = await parts.book.get(facts["action_id"])
    if waiting is not None:
        await desk.decide(waiting)
    decided = await parts.book.get(facts["action_id"])
    return decided is not None and decided.state is State.APPROVED


def stop_command(*, config: Config = None) -> None:
    """Stop everything: pause what runs at once, and ask once before every booking is erased."""
    raise SystemExit(run(partial(stop, config)))
