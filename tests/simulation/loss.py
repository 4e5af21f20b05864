"""What a restored store no longer knows, and what must not happen for it: the watch's side of a lost past."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.actions import COUNTED, Row

_ASKING = timedelta(hours=24)
"""How long everything is asked for."""
_BRAKE = "pause_launch"


@dataclass(slots=True)
class Loss:
    """Told of each restore and of each acceptance, it says what a claim or a POST breaks."""

    lost: bool = False
    named: tuple[int, str] = (0, "")
    """What the head named when it was lost: the entry that the store lacks."""
    missing: set[str] = field(default_factory=set[str])
    """Actions that the store no longer has."""
    changed: set[str] = field(default_factory=set[str])
    """Actions that went back to an earlier state, or are missing."""
    undone: set[str] = field(default_factory=set[str])
    """Actions that were begun, and that the store takes for not begun."""
    in_flight: dict[str, Row] = field(default_factory=dict[str, Row])
    """Actions that were claimed before and not yet posted."""
    _began: datetime | None = None
    _until: datetime | None = None
    _earlier: frozenset[str] = frozenset()

    def restored(
        self,
        rows: dict[str, Row],
        found: Mapping[str, Row],
        posted: Collection[str],
        *,
        lost: bool,
    ) -> None:
        """The store has `found` now in place of `rows`, which are set to it."""
        self.lost = lost
        for row in rows.values():
            now = found.get(row.id)
            if row.id in self.missing and now is None:
                continue
            if row.state == "dispatching" and row.id not in posted:
                self.in_flight[row.id] = row
            if now != row:
                self.changed.add(row.id)
            if row.state in COUNTED and (now is None or now.state not in COUNTED):
                self.undone.add(row.id)
        self.missing = set(rows) - set(found)
        rows.update(found)

    def back(self) -> None:
        """What was lost was written again letter by letter, at the same moment: nothing is lost."""
        self.lost = False

    def accepting(self, rows: Mapping[str, Row], now: datetime) -> None:
        """A person begins to accept the loss: what waits now is over."""
        self._began, self._earlier = now, frozenset(set(rows) - self.missing)

    def accepted(self) -> None:
        """The person's acceptance is in force."""
        self.lost = False
        self._until = None if self._began is None else self._began + _ASKING

    def broken_by_approval(self, row: Row) -> str:
        """Why this approval must not be; '' when it may."""
        return "was approved although the past is lost" if self.lost and row.tool != _BRAKE else ""

    def broken_by_claim(self, row: Row, now: datetime) -> str:
        """Why this claim must not be; '' when it may."""
        if row.tool == _BRAKE:
            return ""
        if self.lost:
            return "was claimed although the past is lost"
        if self._until is not None and row.id in self._earlier:
            return "was claimed, and it was proposed before the loss was accepted"
        if self._until is not None and now < self._until and row.channel == "policy":
            return "went without a person although a loss was accepted within 24 hours"
        return ""

    def claimed(self, row: Row) -> Row:
        """The row as it was claimed: one in flight may have been set back since."""
        return self.in_flight.get(row.id, row)

    def broken_by_post(self, row: Row) -> str:
        """Why this POST must not leave; '' when it may."""
        known = row.id in self.in_flight or row.tool == _BRAKE
        return "was posted although the past is lost" if self.lost and not known else ""

    def excuses(self, row: Row, other: Row) -> bool:
        """Whether one of both was forgotten, and a person agreed to the other: no repetition by itself.

        Both can have been, one after the other; of a forgotten one nobody knows any more who agreed.
        """
        pairs = ((row, other), (other, row))
        return any(one.id in self.undone and second.channel != "policy" for one, second in pairs)
