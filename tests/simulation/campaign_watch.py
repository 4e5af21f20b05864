"""What must hold of campaigns, read with plain SQL inside each transaction and at each POST."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.simulation.actions import Row

CHUNK, START = "send_personalized_sms", "start_campaign"
_STEPS = (START, "resume_campaign", "cancel_campaign", "move_campaign")
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
