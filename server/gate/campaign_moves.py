"""Another time for what a campaign has still ahead: each recipient's anew, by the pace of its plan."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import anyio.to_thread

from server.batches.chunk_content import opened, packed, place_of
from server.batches.numbers import NumberSeal
from server.campaigns.campaigns import Known
from server.campaigns.draft import Asked
from server.gate.campaign_rules import forbidden
from server.gate.context import GateContext
from server.store.campaign_moves import Movable, movable
from server.store.campaigns import TRIAL
from tools.campaigns.pace import pace_of
from tools.campaigns.trial import read_terms
from tools.problems import RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a campaign is to become: its plan, sealed, and the sealed contents of its parts, by number."""

    plan: str
    contents: Mapping[int, str]


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
    if problem := forbidden(context, Asked((), (), times), nothing):
        raise RefusedError(problem)
    plan = {**known.plan, "first_at": start.isoformat(), "last_at": times[-1].isoformat()}
    plan["moves"] = known.plan.get("moves", 0) + 1
    written = json.dumps(plan, ensure_ascii=False, sort_keys=True)
    return Move(plan=seal.seal_text(written, id_), contents=contents)


def _moved(
    known: Known, parts: Sequence[Movable], start: datetime, seal: NumberSeal
) -> tuple[dict[int, str], list[datetime]]:
    id_, pace = known.campaign.id, pace_of(known.plan.get("pace") or {}, start)
    contents, seen = dict[int, str](), dict[datetime, None]()
    moments, gap = pace.times(), _watched(known)
    last: datetime = start
    for before, part in zip([None, *parts], parts, strict=False):
        if gap is not None and before is not None and before.phase == TRIAL != part.phase:
            moments = replace(pace, start=last + gap).times()
        those = [each._replace(send_at=next(moments)) for each in opened(part.sealed, id_, part.number, seal)]
        contents[part.number] = seal.seal_content(packed(those), place_of(id_, part.number))
        seen |= dict.fromkeys(each.send_at for each in those if each.send_at is not None)
        last = those[-1].send_at or start
    return contents, list(seen)


def _watched(known: Known) -> timedelta | None:
    """How long the trial is watched before what follows it goes out; None where it has no terms."""
    terms = known.plan.get("release")
    return read_terms(terms).within if terms else None
