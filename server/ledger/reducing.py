"""People are taken out of an action that has ended: a step of the audit, which says what the row is since.

Its arguments, preview and answer lose numbers, names and addresses; what it did, cost and who agreed stay.
So does the digest of the call: the chain names the same call as before.
"""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from server.ledger.notes import Note
from server.ledger.records import note_of
from server.logs.number_masking import mask_numbers
from server.store.actions import Action
from server.store.plans import Connection
from server.store.reduced_actions import take_out_everybody, take_out_one
from tools.every8d.without_people import (
    preview_without_people,
    preview_without_person,
    without_people,
    without_person,
)

REDUCED, FORGOTTEN, TERMINAL = "reduced", "forgotten", "terminal"


def reduce_action(conn: Connection, action: Action, by: str, now: datetime) -> Note | None:
    """Take everybody out of a send that has ended; None when it has not, or nobody is in it any more."""
    left = replace(
        action,
        arguments=_written(without_people(json.loads(action.arguments))),
        preview=_written(preview_without_people(action.tool, json.loads(action.preview))),
        outcome=_without_rows(action.outcome),
    )
    done = take_out_everybody(conn, left, now)
    return None if done is None else replace(note_of(REDUCED, action), by=by, channel="", rule="")


def forget_in_action(conn: Connection, action: Action, mobile: str, by: str) -> Note | None:
    """Take one number out of a send that has ended; None when it has not, or nothing of it can go."""
    left = without_number(action, mobile)
    if left == action:
        return None
    done = take_out_one(
        conn, action.id, arguments=left.arguments, preview=left.preview, vendor_answer=left.vendor_answer
    )
    return None if done is None else replace(note_of(FORGOTTEN, action), by=by, channel=TERMINAL, rule="")


def without_number(action: Action, mobile: str) -> Action:
    """What is left of a send when one number is taken out: the same one where nothing of it can go.

    A number in the text or the note for everybody stays.
    """
    given, preview = json.loads(action.arguments), json.loads(action.preview)
    arguments, shown = without_person(given, mobile), preview
    if arguments != given or mobile in preview.values() or _is_listed(preview, mobile):
        shown = preview_without_person(action.tool, preview, mobile)
    answer = mask_numbers(action.vendor_answer)
    if (arguments, shown, answer) == (given, preview, action.vendor_answer):
        return action
    return replace(action, arguments=_written(arguments), preview=_written(shown), vendor_answer=answer)


def forget_fillings(conn: Connection, action: Action, by: str) -> Note | None:
    """Take the texts of single people out of a campaign's start that has ended; None where there are none."""
    preview = json.loads(action.preview)
    shown = _written(preview_without_people(action.tool, preview))
    if json.loads(shown) == preview:
        return None
    done = take_out_one(
        conn, action.id, arguments=action.arguments, preview=shown, vendor_answer=action.vendor_answer
    )
    return None if done is None else replace(note_of(FORGOTTEN, action), by=by, channel=TERMINAL, rule="")


def _is_listed(preview: dict[str, Any], mobile: str) -> bool:
    """Whether it stands in what a question listed: the first words of bookings."""
    return mobile.removeprefix("+886").removeprefix("+") in json.dumps(preview.get("details", {}))


def _without_rows(outcome: str) -> str:
    """What is told of an action's end without a list: a stop's has the first words of what it ended."""
    told: dict[str, Any] = json.loads(outcome) if outcome.startswith("{") else {}
    return _written({"conclusion": told["conclusion"]}) if "rows" in told else outcome


def _written(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)
