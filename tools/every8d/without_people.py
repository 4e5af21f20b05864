"""A send of the ledger without the people in it: what stays after the retention, or when one is forgotten."""

from collections.abc import Mapping
from typing import Any, cast

from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS
from tools.operation import Preview

_PEOPLE = ("recipients", "recipient")
"""The arguments of the sends that hold numbers, names, addresses or texts of people."""


def without_people(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, and to nobody."""
    return {name: value for name, value in arguments.items() if name not in _PEOPLE}


def without_person(arguments: Mapping[str, Any], mobile: str) -> dict[str, Any]:
    """The same arguments without this number (E.164) and what stands beside it."""
    return {name: _without(value, mobile) if name in _PEOPLE else value for name, value in arguments.items()}


def preview_without_people(tool: str, preview: Preview) -> Preview:
    """What was shown before the send, without numbers, addresses and texts that were one person's own."""
    own_texts = {"text": ""} if tool == SEND_PERSONALIZED_SMS.name else {}
    nobody: dict[str, Any] = {"first_mobile": None, "last_mobile": None, "emails": None, "details": {}}
    return preview.model_copy(update=nobody | own_texts)


def preview_without_person(tool: str, preview: Preview, mobile: str) -> Preview:
    """What was shown, without this number, and without what may be this person's among others'."""
    shown = {"first_mobile": preview.first_mobile, "last_mobile": preview.last_mobile}
    others = {name: None if each == mobile else each for name, each in shown.items()}
    return preview_without_people(tool, preview).model_copy(update=others)


def _without(value: Any, mobile: str) -> Any:
    if isinstance(value, list):
        return [each for each in cast("list[Any]", value) if _mobile_of(each) != mobile]
    return "" if value == mobile else value


def _mobile_of(recipient: Any) -> Any:
    return cast("Mapping[str, Any]", recipient).get("mobile") if isinstance(recipient, dict) else recipient
