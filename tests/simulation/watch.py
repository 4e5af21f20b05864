"""What must always hold, checked inside every transaction and at every POST, without the code under test.

The rows are read with plain SQL, and what they may become is written down here a second time.
"""

import asyncio
import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from server.store.actions import Caps
from tests.simulation.actions import COUNTED, TAIPEI, Consent, Row, Rule, at
from tests.simulation.campaign_watch import (
    CampaignWatch,
    campaign_of,
    is_chunk,
    is_erased,
    is_erasing,
    is_step,
)
from tests.simulation.loop import Life
from tests.simulation.loss import Loss
from tests.simulation.said import Said
from tests.simulation.vendor import ERASE, Truth, form_of
from tools.operation import Request

DAY = timedelta(hours=24)
_ID = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
_UNITS = 10_000
_STEPS = {
    ("", "proposed"),
    ("", "approved"),
    ("", "dispatching"),
    ("", "expired"),
    ("proposed", "approved"),
    ("proposed", "denied"),
    ("proposed", "expired"),
    ("approved", "denied"),
    ("approved", "expired"),
    ("approved", "dispatching"),
    ("dispatching", "succeeded"),
    ("dispatching", "failed"),
    ("dispatching", "unknown"),
    ("unknown", "unknown"),
    ("unknown", "succeeded"),
    ("unknown", "failed"),
}
_FIXED = ("principal", "tool", "digest", "request_id", "arguments", "created_at", "points", "retry_of")
_SELECT = "SELECT " + ", ".join(Row._fields) + " FROM actions ORDER BY sequence"  # noqa: S608 - our own names


@dataclass(slots=True, kw_only=True)
class Watch:
    """Sees every change and every POST."""

    clock: Callable[[], datetime]
    truth: Truth
    rule: Rule
    hashes: Mapping[str, str]
    """The keyed hash of each number of the world, as the table of blocked numbers has it."""
    traced: bool
    """Whether the trace is kept."""
    kept: Callable[[], Mapping[str, bytes]]
    """Outcomes that their owners have left in the outbox, for anybody to write down."""
    rows: dict[str, Row] = field(default_factory=dict[str, Row])
    consents: dict[str, list[Consent]] = field(default_factory=lambda: defaultdict(list))
    caps: dict[str, Caps] = field(default_factory=dict[str, Caps])
    """By owner."""
    blocked: set[str] = field(default_factory=set[str])
    posted: dict[str, datetime] = field(default_factory=dict[str, datetime])
    claims: dict[object, str] = field(default_factory=dict[object, str])
    """What each task of a process has claimed."""
    promised: dict[str, str] = field(default_factory=dict[str, str])
    """Actions of which a person was told that nothing was done, for good."""
    told_done: set[str] = field(default_factory=set[str])
    """Actions that a client was told are done."""
    loss: Loss = field(default_factory=Loss)
    campaigns: CampaignWatch = field(init=False)
    said: Said = field(init=False)
    _notes: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    violations: list[str] = field(default_factory=list[str])
    _changes: int = -1
    """How many rows were ever written in the database, as far as they were looked at."""
    _totals: list[tuple[str, int, int]] | None = None
    """The days' totals as they were found right; None where they are another store's."""

    def __post_init__(self) -> None:
        self.campaigns = CampaignWatch(rows=self.rows)
        self.said = Said(witness=self.truth.witness, hashes=self.hashes)

    def note(self, line: str) -> None:
        """One line of the trace."""
        if self.traced:
            self._notes.append((self.clock(), line))

    def told(self) -> list[str]:
        """The trace; ids are numbered in the order of the proposals, as they are random."""
        numbers = {action_id: f"#{number}" for number, action_id in enumerate(self.rows, 1)}
        numbers |= {campaign: f"@{number}" for number, campaign in enumerate(self.campaigns.plans, 1)}
        named = (
            (when, _ID.sub(lambda found: numbers.get(found[0], found[0]), line)) for when, line in self._notes
        )
        return [f"{when + TAIPEI:%d %H:%M:%S} {line}" for when, line in named]

    def fail(self, line: str) -> None:
        """Something happened that must not."""
        self.violations.append(line)
        self.note(f"VIOLATION {line}")

    def name(self, action_id: str) -> str:
        """An action as the trace calls it."""
        return f"#{list(self.rows).index(action_id) + 1}" if action_id in self.rows else action_id

    def changed(self, raw: sqlite3.Connection, life: Life) -> None:
        """At the end of a transaction that is about to be committed."""
        if raw.total_changes == self._changes:
            return  # It wrote no row.
        self._changes = raw.total_changes
        self._see_blocked(raw)
        self.said.look(raw)
        now, moved = self.clock(), False
        for values in raw.execute(_SELECT):
            before = self.rows.get(values[0])
            if values == before:
                continue
            row, moved = Row._make(values), True
            self.rows[row.id] = row
            self._fixed(before, row)
            self._step(before, row, now, life, raw)
        self._usage(raw, moved=moved)
        for part in self.campaigns.let_go(raw) if moved and self.campaigns.plans else ():
            self.fail(f"{self.name(part)} may be out, and its campaign can send it again")

    def restored(self, raw: sqlite3.Connection, *, lost: bool) -> None:
        """Another content of the store: what it knows counts from now on, what it lacks does not."""
        self._see_blocked(raw)
        self._totals = None
        found = {row.id: row for row in map(Row._make, raw.execute(_SELECT))}
        self.loss.restored(self.rows, found, self.posted, lost=lost)

    def _present(self) -> list[Row]:
        return [row for row in self.rows.values() if row.id not in self.loss.missing]

    def _see_blocked(self, raw: sqlite3.Connection) -> None:
        found = {number for (number,) in raw.execute("SELECT number FROM blocked_numbers")}
        self.blocked = {number for number, hashed in self.hashes.items() if hashed in found}

    def _fixed(self, before: Row | None, row: Row) -> None:
        for name in _FIXED if before is not None else ():
            if getattr(before, name) != getattr(row, name):
                self.fail(f"{self.name(row.id)}: {name} changed after the proposal")

    def _step(self, before: Row | None, row: Row, now: datetime, life: Life, raw: sqlite3.Connection) -> None:
        old = "" if before is None else before.state
        if old == row.state and old != "unknown":
            return
        step = f"{old or row.tool} -> {row.state}"
        self.note(f"{life.name}: {self.name(row.id)} {step} {row.reason}".rstrip())
        at_once = (old, row.state) == ("approved", "succeeded") and is_step(row)
        if (old, row.state) not in _STEPS and not at_once:
            self.fail(f"{self.name(row.id)} went from {old or 'nothing'} to {row.state}")
        if row.state == "approved" or (old, row.state) == ("", "dispatching"):
            self._approved(row, now)
        if row.state == "dispatching" or at_once:
            self._claimed(row, now, life)
            if is_chunk(row):
                self.truth.witness.part(campaign_of(row), row.reference)
                self._all(row, self.campaigns.claimed(raw, row, life.name, self.blocked))
                if self.campaigns.follows_by_itself(raw, row):
                    self.note(f"{self.name(row.id)} follows its trial by itself")
                    self._all(row, self.campaigns.released(raw, row, self.truth))
                self._all(row, self.campaigns.counted(row))
        elif old == "dispatching":
            self._ended(row, now, life)
        elif old == "unknown" and row.state == "failed":
            self._not_done(row)

    def _approved(self, row: Row, now: datetime) -> None:
        if row.expired(now):
            self.fail(f"{self.name(row.id)} was approved after its expiry")
        if not self._consented(row):
            self.fail(f"{self.name(row.id)} was approved through {row.channel}, and nobody agreed to it")
        self._broken(row, self.loss.broken_by_approval(row))

    def _all(self, row: Row, hows: Iterable[str]) -> None:
        for how in hows:
            self._broken(row, how)

    def _broken(self, row: Row, how: str) -> None:
        if how:
            self.fail(f"{self.name(row.id)} {how}")

    def _consented(self, row: Row) -> bool:
        if is_chunk(row):
            start = self.campaigns.start_of(row)
            return start is not None and self._consented(start)
        if is_erasing(row):
            # A part of a step that a person agreed to, which names its batch.
            wholes = (each for each in self.rows.values() if is_step(each) and row.target in each.arguments)
            return any(self._consented(each) for each in wholes)
        if row.channel == "policy":
            return row.tool == "pause_launch" or self._is_small(row)
        return any(consent.covers(row) for consent in self.consents[row.id])

    def _is_small(self, row: Row) -> bool:
        numbers, _ = self.content(row)
        return bool(numbers) and numbers <= self.rule.numbers and row.points <= self.rule.points * _UNITS

    def _claimed(self, row: Row, now: datetime, life: Life) -> None:
        self.claims[asyncio.current_task()] = row.id
        if row.owner != life.name:
            self.fail(f"{self.name(row.id)} was claimed by {life.name} for {row.owner}")
        if row.expired(now):
            self.fail(f"{self.name(row.id)} was claimed after its approval had expired")
        numbers, _ = self.content(row)
        if numbers & self.blocked:
            self.fail(f"{self.name(row.id)} was claimed although a number of it is blocked")
        self._broken(row, self.loss.broken_by_claim(row, now))
        self._within(row, self.caps[life.name])

    def _within(self, row: Row, caps: Caps) -> None:
        day = row.day
        month = [other for other in self._present() if other.day[:7] == day[:7]]
        today = [other for other in month if other.day == day]
        self._cap("points a day", sum(other.counted for other in today), caps.points_per_day)
        self._cap("points a month", sum(other.counted for other in month), caps.points_per_month)
        each: Counter[str] = Counter()
        for other in today:
            if other.state in COUNTED and not is_erased(other):
                each.update(self.content(other)[0])
        limit = caps.texts_per_recipient_per_day
        asked = max((each[number] for number in self.content(row)[0]), default=0)
        if limit is not None and asked > limit:
            self.fail(f"{self.name(row.id)}: {asked} texts a day to one recipient, of {limit}")

    def _cap(self, what: str, used: int, limit: Decimal | None) -> None:
        if limit is not None and used > limit * _UNITS:
            self.fail(f"{what}: {used / _UNITS} of {limit}")

    def _ended(self, row: Row, now: datetime, life: Life) -> None:
        # A part is given up by whoever took its campaign over.
        given_up = is_chunk(row) and life.name in self.campaigns.couriers
        lapsed = row.state == "unknown" and (given_up or row.lapsed(now))
        if row.owner != life.name and not lapsed and row.id not in self.kept():
            self.fail(f"{self.name(row.id)} of {row.owner} was ended by {life.name}")
        if row.state == "failed":
            self._not_done(row)

    def _not_done(self, row: Row) -> None:
        if self.happened(row):
            self.fail(f"{self.name(row.id)} is failed, and the vendor did it")

    def happened(self, row: Row) -> bool:
        """Whether the vendor carried the action out."""
        if row.tool in ("pause_launch", "terminate_launch"):
            return False  # Nothing at the vendor names the action: the number of POSTs is checked instead.
        return row.reference in self.truth.done or row.id in self.truth.erasings

    def _usage(self, raw: sqlite3.Connection, *, moved: bool) -> None:
        totals = raw.execute("SELECT day, points, recipients FROM usage_days").fetchall()
        if totals == self._totals and not moved:
            return
        self._totals = totals
        points: Counter[str] = Counter()
        people: Counter[str] = Counter()
        for row in self._present():
            if row.dispatched_at is not None and row.state in COUNTED:
                points[row.day] += row.counted
                people[row.day] += 0 if is_erased(row) else row.people
        for day, used, recipients in totals:
            if (used, recipients) != (points.pop(day, 0), people.pop(day, 0)):
                self.fail(f"the totals of {day} are not the sum over its actions")
        if any(points.values()) or any(people.values()):
            self.fail("a day with actions has no totals")

    def content(self, row: Row) -> tuple[frozenset[str], str]:
        """Whom an action texts, and with what words."""
        if is_chunk(row):
            return self.campaigns.content(row)
        arguments: dict[str, Any] = json.loads(row.arguments)
        if row.tool == "retry_safely":
            earlier = self.rows.get(str(arguments["action_id"]))
            return (frozenset(), "") if earlier is None else self.content(earlier)
        return frozenset(arguments.get("recipients", ())), arguments.get("text", "")

    def post(self, request: Request, life: Life) -> None:
        """A POST that changes something is about to leave."""
        row = self._named(request)
        if row is None:
            self.fail(f"{life.name} posted to {request.path} for no action")
            return
        if row.id in self.posted:
            self.fail(f"{self.name(row.id)} was posted twice")
        self._broken(row, self.loss.broken_by_post(row))
        row = self.loss.claimed(row)
        if row.state != "dispatching" and not (row.state == "unknown" and row.owner == life.name):
            self.fail(f"{self.name(row.id)} was posted while {row.state}")
        # Of a part that was claimed before a copy was put back, the copy may lack the start.
        if not self._consented(row) and not (is_chunk(row) and row.id in self.loss.in_flight):
            self.fail(f"{self.name(row.id)} was posted, and nobody agreed to it")
        if request.path == ERASE:
            self.truth.erasing = row.id
        self._same_content(row, request)
        self._first_of_its_call(row)
        self.posted[row.id] = self.clock()

    def _named(self, request: Request) -> Row | None:
        if request.vendor == "every8d" and request.path != ERASE:
            reference = form_of(request)["SB"].split()[0]
            return self.rows.get(f"{reference[:4]}-{reference[4:]}")
        # Nothing in a request to OMIS, or to erase, names the action: it is what this very task has claimed.
        return self.claimed_here()

    def claimed_here(self) -> Row | None:
        """The action that this very task has claimed last."""
        return self.rows.get(self.claims.get(asyncio.current_task(), ""))

    def double_texts(self) -> None:
        """Nobody gets the same text twice of the same call, whether through a repetition or a safe retry."""
        had: dict[tuple[object, ...], str] = {}
        for text in self.truth.texts:
            row = self.rows[f"{text.reference[:4]}-{text.reference[4:]}"]
            root = self.rows[row.retry_of] if row.retry_of else row
            key = (root.same_call, text.number)
            before = self.rows.get(had.get(key, ""))
            again = before is not None and at(root.created_at) - at(before.created_at) < DAY
            if before is not None and again and not self.loss.excuses(row, before):
                self.fail(f"{self.name(row.id)} texted a number that had the text of {self.name(before.id)}")
            had[key] = root.id
        self._twice_in_a_campaign()

    def _twice_in_a_campaign(self) -> None:
        had: dict[tuple[str, str], str] = {}
        for text in self.truth.texts:
            row = self.rows[f"{text.reference[:4]}-{text.reference[4:]}"]
            if not is_chunk(row):
                continue
            first = had.setdefault((campaign_of(row), text.number), row.id)
            if first != row.id and first not in self.loss.undone:
                self.fail(f"{self.name(row.id)} texted a number of its campaign after {self.name(first)}")

    def _same_content(self, row: Row, request: Request) -> None:
        if request.vendor != "every8d" or request.path == ERASE:
            return
        form = form_of(request)
        numbers = frozenset("+886" + number[1:] for number in form["DEST"].split(","))
        if is_chunk(row):
            self._all(row, self.campaigns.posted(row, numbers, form["MSG"]))
        elif (numbers, form["MSG"]) != self.content(row):
            self.fail(f"{self.name(row.id)} was posted with another text or to others than was agreed to")

    def _first_of_its_call(self, row: Row) -> None:
        if row.tool == "pause_launch":
            return
        for other_id, moment in self.posted.items():
            other = self.rows[other_id]
            same = other.id != row.id and other.same_call == row.same_call
            recent = self.clock() - at(other.created_at) < DAY
            if self.loss.excuses(row, other) or self._superseded(row, moment) or is_erased(other):
                continue
            if same and recent and other.state != "failed":
                self.fail(f"{self.name(row.id)} repeats {self.name(other.id)}, which is {other.state}")

    def _superseded(self, row: Row, since: datetime) -> bool:
        """Something else was done to the launch meanwhile, so that the same again is no repetition."""
        later = [self.rows[other] for other, moment in self.posted.items() if moment >= since]
        return row.tool.endswith("_launch") and any(
            other.tool.endswith("_launch") and other.tool != row.tool and other.state == "succeeded"
            for other in later
        )
