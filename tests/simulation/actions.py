"""An action as its row says, and a person's consent: what the watch compares."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

TAIPEI = timedelta(hours=8)
COUNTED = ("dispatching", "unknown", "succeeded")


class Row(NamedTuple):
    """An action as it stands in the database."""

    id: str
    principal: str
    tool: str
    digest: str
    request_id: str
    arguments: str
    state: str
    created_at: str
    expires_at: str
    owner: str
    lease_until: str | None
    dispatched_at: str | None
    points: int
    points_final: int | None
    points_returned: int
    recipients: int
    recipients_returned: int
    channel: str
    retry_of: str
    reason: str
    target: str

    @property
    def counted(self) -> int:
        """Ten-thousandths of points that count against the caps."""
        known = self.points if self.points_final is None else self.points_final
        return max(known - self.points_returned, 0) if self.state in COUNTED else 0

    @property
    def people(self) -> int:
        """Recipients that count against the caps."""
        return self.recipients - self.recipients_returned

    @property
    def same_call(self) -> tuple[str, str, str, str]:
        """What makes two calls the same call, told from the arguments themselves."""
        return self.principal, self.tool, self.arguments, self.request_id

    @property
    def day(self) -> str:
        """The day in Taipei on which it counts; empty before its dispatch."""
        return "" if self.dispatched_at is None else _day(self.dispatched_at)

    @property
    def reference(self) -> str:
        """What the vendor knows it by."""
        return self.id.replace("-", "")

    def expired(self, now: datetime) -> bool:
        """Whether nobody can agree to it any more."""
        return at(self.expires_at) < now

    def lapsed(self, now: datetime) -> bool:
        """Whether its owner has had it for too long."""
        return self.lease_until is not None and at(self.lease_until) < now


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A person said yes to what they saw."""

    principal: str
    """Empty: at the terminal, where every action can be decided."""
    tool: str
    arguments: Mapping[str, Any]

    def covers(self, row: Row) -> bool:
        """Whether it was this that they agreed to."""
        asked: dict[str, Any] = json.loads(row.arguments)
        same = all(asked.get(name) == value for name, value in self.arguments.items())
        return same and self.tool == row.tool and self.principal in ("", row.principal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What may go without a person: so many points to test numbers."""

    numbers: frozenset[str]
    points: int


@lru_cache(maxsize=1_000)
def _day(written: str) -> str:
    return f"{at(written) + TAIPEI:%Y-%m-%d}"


@lru_cache(maxsize=1_000)
def at(written: str) -> datetime:
    """A time as the database has it."""
    return datetime.fromisoformat(written)
