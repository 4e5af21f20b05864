"""Entries of the ledger as the desk's results."""

import json
from typing import Any

from server.store.actions import CHANGE_ASKED, PAST_LOST, PHONE, Action, State
from server.store.phone_asks import PhoneAsk
from tools.cleaning import clean
from tools.entries import NOT_KNOWN, WANTS_A_CHANGE, ActionDetail, ActionState, ActionSummary, next_step
from tools.every8d.texts import beginning, first_words
from tools.operation import Preview
from tools.sentence import read
from tools.taipei import iso


def summary_of(entry: Action, *, erased: bool) -> ActionSummary:
    """One row."""
    preview, common = json.loads(entry.preview), _common(entry, erased=erased)
    if entry.vendor == "every8d" and common["batch_id"] is None:
        # One column for batches, whether one was sent or erased.
        common |= {"batch_id": common["target"], "target": None}
    return ActionSummary(
        **common,
        words=words_of(entry) or None,
        subject=preview.get("subject") or None,
        send_at=preview.get("send_at"),
    )


def detail_of(entry: Action, *, erased: bool, ask: PhoneAsk | None = None) -> ActionDetail:
    """One action whole, with its frozen preview and its masked outcome; `ask` as in `decided_by`."""
    return ActionDetail(
        **_common(entry, erased=erased, ask=ask),
        finished_at=entry.finished_at,
        preview=Preview.model_validate_json(entry.preview),
        outcome=_outcome(entry),
        reason=None if _asks_for_a_change(entry) else str(read(entry.reason)) or None,
        note=entry.reason if _asks_for_a_change(entry) else None,
        retry_of=entry.retry_of or None,
        next=_next(entry, erased=erased),
    )


def _outcome(entry: Action) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = json.loads(entry.outcome) if entry.outcome else None
    if kept is not None and entry.state is State.FAILED:
        return {**kept, "message": str(read(kept["message"]))}
    return kept


def _next(entry: Action, *, erased: bool) -> str:
    if _asks_for_a_change(entry):
        return WANTS_A_CHANGE
    if entry.reason == PAST_LOST:
        return NOT_KNOWN
    return next_step(_state(entry, erased=erased), entry.tool)


def _asks_for_a_change(entry: Action) -> bool:
    return entry.state is State.DENIED and entry.rule == CHANGE_ASKED


def words_of(entry: Action) -> str:
    """What an action is about: how its text begins, or the name of what it acts on; '' where it has none."""
    preview: dict[str, Any] = json.loads(entry.preview)
    details: dict[str, str] = preview.get("details") or {}
    named = details.get("text") or details.get("name") or ""
    return first_words(json.loads(entry.arguments)) or beginning(preview.get("text") or named)


def decided_by(entry: Action, ask: PhoneAsk | None = None) -> str:
    """Who approved or denied it and by which way, `local:desk (terminal)`; '' while nobody has.

    `ask` is what its approver was texted: with the reply that decided.
    """
    if ask is not None and ask.replied_at is not None and entry.channel == PHONE:
        batch_id = clean(ask.batch_id, limit=40)
        return f"{entry.decided_by} (phone {ask.masked}, batch {batch_id}, answered {iso(ask.replied_at)})"
    if entry.decided_by in ("", entry.channel):
        return entry.channel
    return f"{entry.decided_by} ({entry.channel})"


def _state(entry: Action, *, erased: bool) -> ActionState:
    return "erased" if erased else entry.state.value


def _common(entry: Action, *, erased: bool, ask: PhoneAsk | None = None) -> dict[str, Any]:
    return {
        "action_id": entry.id,
        "tool": entry.tool,
        "state": _state(entry, erased=erased),
        "created_at": entry.created_at,
        "recipients": entry.recipients or None,
        "points": entry.points_final if entry.points_final is not None else entry.points or None,
        "points_returned": entry.points_returned or None,
        "target": entry.target or None,
        "batch_id": entry.batch_id or None,
        "by": entry.principal,
        "decided_by": decided_by(entry, ask) or None,
    }
