"""Entries of the ledger as the desk's results."""

import json
from typing import Any

from server.store.actions import Action
from tools.entries import NEXT_STEPS, ActionDetail, ActionState, ActionSummary
from tools.operation import Preview


def summary_of(entry: Action) -> ActionSummary:
    """One row."""
    return ActionSummary(**_common(entry))


def detail_of(entry: Action) -> ActionDetail:
    """One action whole, with its frozen preview and its masked outcome."""
    state: ActionState = entry.state.value
    return ActionDetail(
        **_common(entry),
        finished_at=entry.finished_at,
        preview=Preview.model_validate_json(entry.preview),
        outcome=json.loads(entry.outcome) if entry.outcome else None,
        reason=entry.reason or None,
        retry_of=entry.retry_of or None,
        next=NEXT_STEPS[state],
    )


def _common(entry: Action) -> dict[str, Any]:
    return {
        "action_id": entry.id,
        "tool": entry.tool,
        "state": entry.state.value,
        "created_at": entry.created_at,
        "recipients": entry.recipients or None,
        "points": entry.points_final if entry.points_final is not None else entry.points or None,
        "target": entry.target or None,
        "batch_id": entry.batch_id or None,
        "approved_by": entry.channel or None,
    }
