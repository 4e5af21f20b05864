"""Another time for what a campaign has still ahead: each recipient's anew, by the pace of its plan."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

import anyio.to_thread

from server.batches.chunk_content import opened, packed, place_of
from server.batches.numbers import NumberSeal
from server.campaigns.campaigns import Known
from server.campaigns.draft import Asked
from server.gate.campaign_rules import forbidden
from server.gate.context import GateContext
from server.store.campaign_chunks import TRIAL
from server.store.campaign_moves import Movable, movable
from tools.campaigns.pace import pace_of
from tools.campaigns.trial import read_terms
from tools.every8d.texts import send_time
from tools.problems import InvalidArgumentError, RefusedError
from tools.sentence import Sentence, sentence
from tools.taipei import plain_minute

_ANOTHER_START = "Give another send_at, from which all of them lie outside, and call again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a campaign is to become: its plan, sealed, and the sealed contents of its parts, by number."""

    plan: str
    contents: Mapping[int, str]
    warnings: Sequence[Sentence]


async def prepared(context: GateContext, known: Known, start: datetime, nothing: str) -> Move:
    """The move of all that is still ahead, to this time on.

    Raises:
        RefusedError: a rule of the operator forbids one of the times.
        SealedNumberError: a part cannot be read.
    """
    id_, now = known.campaign.id, context.clock()
    keeper = context.campaigns.keeper
    parts, seal = await keeper.read(lambda conn: movable(conn, id_, now)), await keeper.seal()
    contents, times = await anyio.to_thread.run_sync(_moved, known, parts, start, seal)
    _refuse(context, times, nothing)
    plan = {**known.plan, "first_at": start.isoformat(), "last_at": times[-1].isoformat()}
    plan["moves"] = known.plan.get("moves", 0) + 1
    written = json.dumps(plan, ensure_ascii=False, sort_keys=True)
    return Move(
        plan=seal.seal_text(written, id_), contents=contents, warnings=_warnings(known.plan, times[-1])
    )


async def check_times(
    context: GateContext, known: Known, start: datetime, nothing: str
) -> Sequence[Sentence]:
    """What to warn of in the times that such a move gives, before anybody is asked about it.

    Raises:
        RefusedError: a rule of the operator forbids one of them.
        InvalidArgumentError: one cannot be booked.
    """
    id_, now = known.campaign.id, context.clock()
    parts = await context.campaigns.keeper.read(lambda conn: movable(conn, id_, now))
    times = await anyio.to_thread.run_sync(lambda: [*chain(*_new_times(known, parts, start))])
    _refuse(context, times, nothing)
    return _warnings(known.plan, times[-1]) if times else ()


def _warnings(plan: Mapping[str, Any], last: datetime) -> Sequence[Sentence]:
    """A move is the only way to another end, so a later one is no refusal."""
    limit = plan.get("done_by")
    if limit is None or last <= datetime.fromisoformat(limit):
        return ()
    ends, done_by = map(plain_minute, (last, datetime.fromisoformat(limit)))
    return (
        sentence(
            "At its pace the last text goes out at {ends}; the plan was to be done by {done_by}.",
            ends=ends,
            done_by=done_by,
        ),
    )


def _refuse(context: GateContext, times: Sequence[datetime], nothing: str) -> None:
    if not times:
        return
    first, last = map(plain_minute, (times[0], times[-1]))
    try:
        send_time(times[-1], context.surroundings())
    except InvalidArgumentError as cannot:
        problem = f"by the plan's pace the last text would go out at {last}: {cannot.problem}"
        raise InvalidArgumentError("send_at", problem, "Give another time.") from None
    # A rule is about hours and minutes.
    by_minute = {each.replace(second=0, microsecond=0): each for each in times}
    if problem := forbidden(context, Asked((), (), [*by_minute.values()]), nothing):
        message = (
            f"send_at: by the plan's pace the texts would go out from {first} to {last}. {problem.message}"
        )
        raise RefusedError(replace(problem, message=message, next=_ANOTHER_START, retryable=False))


def _new_times(known: Known, parts: Sequence[Movable], start: datetime) -> Iterator[Sequence[datetime]]:
    """When each of a part's recipients gets the text, part by part."""
    pace, gap = pace_of(known.plan.get("pace") or {}, start), _watched(known)
    moments, last = pace.times(), start
    for before, part in zip([None, *parts], parts, strict=False):
        if gap is not None and before is not None and before.phase == TRIAL != part.phase:
            moments = replace(pace, start=last + gap).times()
        times = [moment or start for moment in islice(moments, part.recipients)]
        last = times[-1] if times else last
        yield times


def _moved(
    known: Known, parts: Sequence[Movable], start: datetime, seal: NumberSeal
) -> tuple[dict[int, str], list[datetime]]:
    id_, contents, seen = known.campaign.id, dict[int, str](), dict[datetime, None]()
    for part, times in zip(parts, _new_times(known, parts, start), strict=True):
        # Who was forgotten meanwhile leaves a gap at the end.
        those = [
            each._replace(send_at=time)
            for each, time in zip(opened(part.sealed, id_, part.number, seal), times, strict=False)
        ]
        contents[part.number] = seal.seal_content(packed(those), place_of(id_, part.number))
        seen |= dict.fromkeys(times)
    return contents, list(seen)


def _watched(known: Known) -> timedelta | None:
    """How long the trial is watched before what follows it goes out; None where it has no terms."""
    terms = known.plan.get("release")
    return read_terms(terms).within if terms else None
