"""What must hold of campaigns, read with plain SQL inside each transaction and at each POST."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tests.simulation.actions import Row
from tests.simulation.vendor import Truth

CHUNK, START = "send_personalized_sms", "start_campaign"
_LETS_GO = ("resume_campaign", "move_campaign")
_STEPS = (START, "resume_campaign", "cancel_campaign", "move_campaign")
_WATCHED = timedelta(minutes=5)
_TRIAL = "SELECT action FROM campaign_chunks WHERE campaign = ? AND phase = 'trial' AND action IS NOT NULL"
_LET_GO = """
    SELECT id FROM actions a WHERE tool = ? AND state IN ('dispatching', 'unknown')
    AND NOT EXISTS (SELECT 1 FROM campaign_chunks k WHERE k.action = a.id)
"""
_KEPT_MESSAGES = """
    SELECT a.id, (SELECT count(*) FROM messages m WHERE m.batch = a.id),
        (SELECT count(*) FROM packed_messages p WHERE p.batch = a.id)
    FROM actions a WHERE a.tool = ? AND a.state IN ('succeeded', 'unknown')
"""
_HOLDER = """
    SELECT c.state, c.worker, c.released, k.phase, k.state FROM campaigns c
    JOIN campaign_chunks k ON k.campaign = c.id AND k.action = ? WHERE c.id = ?
"""


def is_step(row: Row) -> bool:
    """Whether it is a step of a campaign, which is claimed and done in one transaction."""
    return row.tool in _STEPS


def is_erasing(row: Row) -> bool:
    """Whether it takes a part's booking back."""
    return row.tool == "erase_sms_booking"


def is_erased(row: Row) -> bool:
    """Whether it is a part whose booking was taken back whole."""
    return is_chunk(row) and row.points_returned > 0 and not row.counted


def is_chunk(row: Row) -> bool:
    """Whether it is a part of a campaign."""
    return row.tool == CHUNK


def campaign_of(row: Row) -> str:
    """The campaign that a step or a part is of."""
    arguments = json.loads(row.arguments)
    return str(arguments.get("campaign") or arguments.get("campaign_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A campaign as its plan was answered."""

    numbers: frozenset[str]
    words: str
    terms: bool = False
    """Whether the rest follows the trial by itself: watched for 5 minutes, half of it has arrived."""


@dataclass(slots=True, kw_only=True)
class CampaignWatch:
    """What was planned, and what each part was claimed for."""

    rows: Mapping[str, Row]
    plans: dict[str, Planned] = field(default_factory=dict[str, Planned])
    couriers: dict[str, str] = field(default_factory=dict[str, str])
    """The name under which each process carries campaigns out."""
    _numbers: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Whom each part was posted to."""
    _blocked: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Who was blocked when it was claimed."""

    def content(self, row: Row) -> tuple[frozenset[str], str]:
        """Whom a part texts, as far as it was posted, and with what words."""
        plan = self.plans.get(campaign_of(row))
        return self._numbers.get(row.id, frozenset()), "" if plan is None else plan.words

    def start_of(self, row: Row) -> Row | None:
        """The start that lets a part be sent."""
        wanted = campaign_of(row)
        starts = (each for each in self.rows.values() if each.tool == START and each.state == "succeeded")
        return next((each for each in starts if campaign_of(each) == wanted), None)

    def claimed(self, raw: sqlite3.Connection, row: Row, owner: str, blocked: set[str]) -> Iterator[str]:
        """What is wrong with the claim of a part, at the end of its transaction."""
        self._blocked[row.id] = frozenset(blocked)
        found = raw.execute(_HOLDER, (row.id, campaign_of(row))).fetchone()
        if found is None:
            yield "was claimed for no part of its campaign"
            return
        state, worker, released, phase, chunk = found
        if state != "running":
            yield f"was claimed while its campaign is {state}"
        if worker != self.couriers.get(owner):
            yield "was claimed by a worker that does not hold its campaign"
        if phase == "rest" and not released:
            yield "was claimed before the rest of its campaign was released"
        if chunk != "taken":
            yield f"was claimed, and its part is {chunk}"

    def let_go(self, raw: sqlite3.Connection) -> Iterator[str]:
        """Parts that may be out, and that a campaign could send again."""
        yield from (part for (part,) in raw.execute(_LET_GO, (CHUNK,)))

    def without_messages(self, raw: sqlite3.Connection) -> Iterator[str]:
        """Parts of whose recipients the records know another number than they were posted to."""
        for part, rows, packed in raw.execute(_KEPT_MESSAGES, (CHUNK,)):
            numbers = self._numbers.get(part)
            if numbers is not None and (packed, rows) not in ((1, 0), (0, len(numbers))):
                yield part

    def follows_by_itself(self, raw: sqlite3.Connection, row: Row) -> bool:
        """Whether a part follows a trial, and no person let it."""
        campaign = campaign_of(row)
        plan = self.plans.get(campaign)
        steps = (each for each in self.rows.values() if each.tool in _LETS_GO and each.state == "succeeded")
        by_hand = any(campaign_of(each) == campaign for each in steps)
        return plan is not None and plan.terms and not by_hand and row.id not in _trial(raw, campaign)

    def released(self, raw: sqlite3.Connection, row: Row, truth: Truth) -> Iterator[str]:
        """What is wrong with a part that follows a trial by itself."""
        trial = _trial(raw, campaign_of(row))
        references = {part.replace("-", "") for part in trial}
        texts = [text for text in truth.texts if text.reference in references]
        if any(truth.clock() < text.due + _WATCHED for text in texts):
            yield "follows a trial that was not watched to its end"
        asked = sum(len(self._numbers.get(part, ())) for part in trial)
        if 2 * sum(truth.arrived(text) for text in texts) < asked:
            yield "follows a trial of which less than half arrived"

    def counted(self, row: Row) -> Iterator[str]:
        """Its campaign never counts more than a person agreed to."""
        start = self.start_of(row)
        if start is None:
            return
        parts = [each for each in self.rows.values() if is_chunk(each) and self.start_of(each) == start]
        counted = start.counted + sum(each.counted for each in parts)
        if counted > start.points:
            yield f"counts {counted} with its campaign, of {start.points} that were agreed to"

    def posted(self, row: Row, numbers: frozenset[str], words: str) -> Iterator[str]:
        """What is wrong with the POST of a part."""
        plan = self.plans.get(campaign_of(row))
        self._numbers[row.id] = numbers
        if plan is None or not numbers <= plan.numbers or words != plan.words:
            yield "was posted with another text or to others than was planned"
        if numbers & self._blocked.get(row.id, frozenset()):
            yield "was posted to a number that was blocked when it was claimed"


def _trial(raw: sqlite3.Connection, campaign: str) -> list[str]:
    return [part for (part,) in raw.execute(_TRIAL, (campaign,))]
