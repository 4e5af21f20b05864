"""What counts against the caps: totals of each day, and texts to each recipient.

Days and months are those of Asia/Taipei. An action counts on the day of its dispatch: with its estimate
while it is open, with its final points once they are known, less what an erased booking gave back.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, func, select, update

from server.store.actions import COUNTED, Action, CapHit, Caps, Proposal, Usage
from server.store.columns import Points, units_of
from server.store.covered import CoveredRows, CoveredSets, Read
from server.store.members import members
from server.store.packed_texts import parts_with_recipients
from server.store.plans import Connection
from server.store.rows import compare_and_set, step, taipei_day
from server.store.schema import RECIPIENT_TEXTS, USAGE_DAYS

USAGE = CoveredRows(USAGE_DAYS)
TEXTS = CoveredSets(RECIPIENT_TEXTS)

_ON_DAY = USAGE_DAYS.c.day == bindparam("on_day")
USED = select(
    func.sum(case((_ON_DAY, USAGE_DAYS.c.points))).label("points_today"),
    func.sum(USAGE_DAYS.c.points).label("points_month"),
    func.sum(case((_ON_DAY, USAGE_DAYS.c.recipients))).label("recipients_today"),
).where(USAGE_DAYS.c.day.between(bindparam("first_day"), bindparam("last_day")))
"""What counts on the days of `days_of`."""
_RAISE = (
    update(USAGE_DAYS)
    .where(_ON_DAY)
    .values(
        points=USAGE_DAYS.c.points + bindparam("more_points", type_=Points()),
        recipients=USAGE_DAYS.c.recipients + bindparam("more_recipients"),
    )
    .returning(*USAGE.columns)
)
_WANTED = members("those")
_TEXTS = (
    select(RECIPIENT_TEXTS.c.recipient, func.sum(RECIPIENT_TEXTS.c.texts))
    .join(_WANTED, _WANTED.c.value == RECIPIENT_TEXTS.c.recipient)
    .where(RECIPIENT_TEXTS.c.day == bindparam("on_day"))
    .group_by(RECIPIENT_TEXTS.c.recipient)
)
TEXTS_TO_ONE = select(func.sum(RECIPIENT_TEXTS.c.texts)).where(
    RECIPIENT_TEXTS.c.day == bindparam("on_day"), RECIPIENT_TEXTS.c.recipient == bindparam("wanted_number")
)
"""The texts of a day to one recipient, but for those that are packed."""
_HAND_ON = step()


class Counts(NamedTuple):
    """What counts against the caps."""

    points: Decimal
    recipients: int


_NONE = Decimal(0)
EACH_DAY = "texts_per_recipient_per_day"
"""The limit that is each recipient's own."""
NOTHING = Counts(_NONE, 0)


def counted_points(action: Action) -> Decimal:
    """The points that an action counts with; never below nothing, whatever the vendor says it gave back."""
    if action.state not in COUNTED:
        return _NONE
    return _left(action.points if action.points_final is None else action.points_final, action)


def _left(points: Decimal, action: Action) -> Decimal:
    return max(points - action.points_returned, _NONE)


def counts(action: Action) -> Counts:
    """What an action counts with as it stands."""
    return Counts(counted_points(action), _recipients(action) if action.state in COUNTED else 0)


def reserved(action: Action) -> Counts:
    """What it counts with from its claim to its outcome."""
    return Counts(_left(action.points, action), _recipients(action))


def _recipients(action: Action) -> int:
    return max(action.recipients - action.recipients_returned, 0)


def recount(conn: Connection, action: Action, before: Counts) -> None:
    """Bring the totals of its day from what the action counted before to what it counts now."""
    now = counts(action)
    if action.dispatched_at is not None and now != before:
        points, recipients = now.points - before.points, now.recipients - before.recipients
        _add(conn, taipei_day(action.dispatched_at), points, recipients)


def hand_on(conn: Connection, start: Action, points: Decimal, recipients: int) -> Action:
    """What a campaign's start reserved counts no more with it: a chunk counts it, or nobody is sent to.

    The start as it is since.
    """
    before = counts(start)
    values = {
        "points_returned": start.points_returned + points,
        "recipients_returned": start.recipients_returned + recipients,
    }
    after = compare_and_set(conn, _HAND_ON, start.id, **values)
    if after is None:
        return start
    recount(conn, after, before)
    return after


def usage(conn: Connection, now: datetime) -> Usage:
    """What counts now: points today and this month, recipients today."""
    return usage_of(conn.execute(USED, days_of(now)).one())


def days_of(now: datetime) -> dict[str, str]:
    """The values of `USED`: today, and its month."""
    day = taipei_day(now)
    return {"on_day": day, "first_day": f"{day[:7]}-01", "last_day": f"{day[:7]}-31"}


def usage_of(used: Any) -> Usage:
    """What a row with the columns of `USED` says."""
    return Usage(
        points_today=used.points_today or _NONE,
        points_month=used.points_month or _NONE,
        recipients_today=int(used.recipients_today or 0),
    )


def cap_hit(
    conn: Connection, action: Action | Proposal, caps: Caps, recipients: Sequence[str], now: datetime
) -> CapHit | None:
    """The first limit that the action would pass if it were dispatched now."""
    hits = totals_hit(conn, Counts(action.points, action.recipients), caps, now)
    return (
        hits[0]
        if hits
        else _recipient_hit(conn, caps.texts_per_recipient_per_day, recipients, taipei_day(now))
    )


def cap_hit_of_one(proposal: Proposal, caps: Caps, used: Usage, texts: int) -> CapHit | None:
    """The same for one recipient's text, of what was looked up already: texts that this one had today."""
    hits = _hits(Counts(proposal.points, proposal.recipients), caps, used)
    limit = caps.texts_per_recipient_per_day
    if not hits and limit is not None and texts + 1 > limit:
        return CapHit(rule=EACH_DAY, limit=limit, used=texts, asked=1)
    return hits[0] if hits else None


def full_today(conn: Connection, limit: int | None, recipients: Sequence[str], now: datetime) -> set[str]:
    """Those of these who would get more texts today than the limit with one more."""
    if limit is None:
        return set()
    used = _texts_of_the_day(conn, tuple(dict.fromkeys(recipients)), taipei_day(now))
    return {recipient for recipient in recipients if used[recipient] >= limit}


def totals_hit(conn: Connection, asked: Counts, caps: Caps, now: datetime) -> list[CapHit]:
    """The limits of a day and a month that so much would pass now."""
    if (caps.points_per_day, caps.points_per_month, caps.recipients_per_day) == (None, None, None):
        return []
    return _hits(asked, caps, usage(conn, now))


def reserve_texts(conn: Connection, action_id: str, recipients: Sequence[str], now: datetime) -> None:
    """Count one text for each recipient; who stands twice in the list gets two."""
    texts, day = Counter(recipients), taipei_day(now)
    rows = [
        {"day": day, "recipient": recipient, "action_id": action_id, "texts": count}
        for recipient, count in texts.items()
    ]
    if rows:
        TEXTS.insert(conn, action_id, rows)


def release_texts(conn: Connection, action_id: str) -> bool:
    """Forget the texts of an action that certainly sent none; False when none were counted (any more)."""
    return TEXTS.delete_of(conn, action_id)


def return_recipients(conn: Connection, action: Action) -> None:
    """After a whole booking was erased: nobody gets its texts. Their rows, once gone, make it happen once."""
    if action.dispatched_at is not None and release_texts(conn, action.id):
        _add(conn, taipei_day(action.dispatched_at), Decimal(0), -action.recipients)


def _hits(asked: Counts, caps: Caps, used: Usage) -> list[CapHit]:
    totals: Sequence[tuple[str, Decimal | int | None, Decimal | int, Decimal | int]] = (
        ("points_per_day", caps.points_per_day, used.points_today, asked.points),
        ("points_per_month", caps.points_per_month, used.points_month, asked.points),
        ("recipients_per_day", caps.recipients_per_day, used.recipients_today, asked.recipients),
    )
    return [
        CapHit(rule=rule, limit=limit, used=so_far, asked=more)
        for rule, limit, so_far, more in totals
        if limit is not None and so_far + more > limit
    ]


def _recipient_hit(conn: Connection, limit: int | None, recipients: Sequence[str], day: str) -> CapHit | None:
    if limit is None:
        return None
    asked = Counter(recipients)
    used = _texts_of_the_day(conn, tuple(asked), day)
    for recipient, count in asked.items():
        if used[recipient] + count > limit:
            return CapHit(rule=EACH_DAY, limit=limit, used=used[recipient], asked=count)
    return None


def _texts_of_the_day(conn: Connection, recipients: Sequence[str], day: str) -> Counter[str]:
    used: Counter[str] = Counter()
    wanted = frozenset(recipients)
    if wanted:
        found = conn.execute(_TEXTS, {"on_day": day, "those": [*wanted]})
        used.update({recipient: int(texts) for recipient, texts in found})
    for part in parts_with_recipients(conn, wanted):
        if taipei_day(part.at) == day:
            used.update(each for each in part.recipients if each in wanted)
    return used


def _add(conn: Connection, day: str, points: Decimal, recipients: int) -> None:
    raised = {"on_day": day, "more_points": points, "more_recipients": recipients}
    row = _changed_row(conn, raised)
    if row is None:
        USAGE.insert(conn, {"day": day, "points": points, "recipients": recipients})
    else:
        # What it was, without another look: so a total that somebody edited before this step is found too.
        USAGE.updated(conn, (day, row[1] - units_of(points), row[2] - recipients), row)


def _changed_row(conn: Connection, raised: Mapping[str, object]) -> Read | None:
    return conn.execute(_RAISE, raised).one_or_none()
