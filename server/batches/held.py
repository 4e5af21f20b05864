"""Which sends were held so that they could be taken back: their frozen preview says it."""

import json
from datetime import datetime

from server.store.actions import Action
from tools.every8d.holding import hold_from
from tools.operation import Hold


def minutes_held(action: Action) -> int | None:
    """For how many minutes a person was told that it can be taken back; None where it is not held."""
    return json.loads(action.preview or "{}").get("undo_minutes") or None


def hold_of(action: Action) -> Hold | None:
    """Until when it can be taken back, by our clock; None for what went out at once, or was never begun."""
    minutes = minutes_held(action)
    if minutes is None or action.dispatched_at is None:
        return None
    return hold_from(action.dispatched_at, minutes)


def booked_times(action: Action, *times: datetime | None) -> list[datetime]:
    """Of the times of its messages those that are booked; what is held is booked too. None is at once."""
    hold = hold_of(action)
    return [each for each in (*times, hold and hold.goes_out) if each is not None]
