"""A campaign of the store together with its plan, opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.store.campaigns import Campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A campaign, and what its plan says."""

    campaign: Campaign
    plan: Mapping[str, Any]

    @property
    def first_at(self) -> datetime | None:
        """When the first text goes out; None is at once."""
        return _moment(self.plan["first_at"])

    @property
    def last_at(self) -> datetime | None:
        """When the last one does."""
        return _moment(self.plan["last_at"])

    @property
    def again_since(self) -> datetime | None:
        """When the first of what it plans again was started; None where it plans nothing again."""
        return _moment(self.plan.get("again_since"))


def _moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
