"""Rows of the ledger: reading one as an `Action`, and the compare-and-set that every step is."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, update

from server.store.actions import Action, CallKey, State
from server.store.schema import ACTIONS
from tools.taipei import as_taipei

_WHOLE = select(*(ACTIONS.c[field.name] for field in fields(Action)))
"""Made once: to name thirty columns takes longer than to fetch a row."""


def actions_where(*conditions: ColumnElement[bool]) -> Select[Any]:
    """A query of whole actions."""
    return _WHOLE.where(*conditions)


def fetch(conn: Connection, query: Select[Any]) -> list[Action]:
    """The actions that a query of `actions_where` finds."""
    return [_action(row) for row in conn.execute(query).mappings()]


def fetch_one(conn: Connection, *conditions: ColumnElement[bool]) -> Action | None:
    """The first action, in the order of the proposals, that meets the conditions."""
    found = fetch(conn, actions_where(*conditions).order_by(ACTIONS.c.sequence).limit(1))
    return found[0] if found else None


def by_id(conn: Connection, action_id: str) -> Action | None:
    """The action with this id in the shown form."""
    return fetch_one(conn, ACTIONS.c.id == action_id)


def compare_and_set(
    conn: Connection, action_id: str, *conditions: ColumnElement[bool], **values: object
) -> Action | None:
    """Change one action if the conditions still hold; None when they do not and nothing was changed."""
    statement = update(ACTIONS).where(ACTIONS.c.id == action_id, *conditions).values(**values)
    return by_id(conn, action_id) if conn.execute(statement).rowcount == 1 else None


def in_state(*states: State) -> ColumnElement[bool]:
    """The condition that an action stands in one of these states."""
    return ACTIONS.c.state.in_(states)


def live_key(key: CallKey) -> str:
    """The key that only one live action of the same call can hold."""
    parts = [key.principal, key.tool, key.digest, key.request_id]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def taipei_day(moment: datetime) -> str:
    """The day in Asia/Taipei, `2026-01-31`: the caps' days are the operator's days."""
    return as_taipei(moment).date().isoformat()


def _action(row: Mapping[Any, Any]) -> Action:
    values: dict[str, Any] = {field.name: row[field.name] for field in fields(Action)}
    values["state"] = State(values["state"])
    return Action(**values)
