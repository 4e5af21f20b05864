"""A send of the ledger without the people in it: what stays after the retention, or when one is forgotten."""

from collections.abc import Mapping
from typing import Any, cast

from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS
from tools.shown_text import without_fillings

_PEOPLE = ("recipients", "recipient")
"""The arguments of the sends that hold numbers, names, addresses or texts of people."""
_LISTED = ("bookings", "braked")
"""Those of a stop that hold the first words of what it is about."""
_NUMBERS = ("first_mobile", "last_mobile")
_SHOWN = (*_NUMBERS, "emails", "details")
"""What of a preview does."""
_FILLED = ("start_campaign", "resume_campaign")
"""Behind their text, their questions show it filled for some."""


def without_people(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, and to nobody."""
    return {
        name: _without_words(value, "") if name in _LISTED else value
        for name, value in arguments.items()
        if name not in _PEOPLE
    }


def without_person(arguments: Mapping[str, Any], mobile: str) -> dict[str, Any]:
    """The same arguments without this number (E.164) and what stands beside it."""
    left = {name: _without(value, mobile) if name in _PEOPLE else value for name, value in arguments.items()}
    digits = mobile.removeprefix("+886").removeprefix("+")
    return left | {name: _without_words(left[name], digits) for name in _LISTED if name in left}


def preview_without_people(tool: str, preview: Mapping[str, Any]) -> dict[str, Any]:
    """A frozen preview without numbers, addresses and texts that were one person's own.

    By the fields' names: what an earlier version froze is read as well.
    """
    own = (*_SHOWN, "text") if tool == SEND_PERSONALIZED_SMS.name else _SHOWN
    left = {name: value for name, value in preview.items() if name not in own}
    return left | {"text": without_fillings(left["text"])} if tool in _FILLED else left


def preview_without_person(tool: str, preview: Mapping[str, Any], mobile: str) -> dict[str, Any]:
    """The same, with the numbers of others."""
    others = {name: preview[name] for name in _NUMBERS if preview.get(name) not in (None, mobile)}
    return preview_without_people(tool, preview) | others


def _without(value: Any, mobile: str) -> Any:
    if isinstance(value, list):
        return [each for each in cast("list[Any]", value) if _mobile_of(each) != mobile]
    return "" if value == mobile else value


def _without_words(rows: Any, holding: str) -> Any:
    """The rows of a list without their words, where those hold this."""
    return [{**row, "words": ""} if holding in row["words"] else row for row in rows]


def _mobile_of(recipient: Any) -> Any:
    return cast("Mapping[str, Any]", recipient).get("mobile") if isinstance(recipient, dict) else recipient
