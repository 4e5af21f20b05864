"""Whom a send goes to: numbers as a caller writes them, each once, within the limit."""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, cast

from pydantic import BeforeValidator, Field

from tools.every8d.counted import SOMEBODY
from tools.mobile import as_dest, is_taiwanese
from tools.operation import Surroundings
from tools.problems import InvalidArgumentError
from tools.sentence import sentence
from tools.values import MobileArgument

_LIKE_A_REFERENCE = re.compile(r"\s*(?!tel|sms)[\w+-]+\s*[:：].*", re.IGNORECASE | re.DOTALL)


def _single(value: object) -> object:
    if isinstance(value, list | tuple) or (
        isinstance(value, str) and any(mark in value for mark in ",;，、")
    ):
        raise ValueError(sentence("takes exactly one number. For several use send_sms."))
    if _holds_a_reference(value):
        raise ValueError(
            sentence("takes a number, no reference. Of several people, or by reference, use send_sms.")
        )
    return value


def _holds_a_reference(value: object) -> bool:
    given = cast("list[object]", value) if isinstance(value, list) else [value]
    return any(isinstance(each, str) and _LIKE_A_REFERENCE.fullmatch(each) for each in given)


def _numbers_alone(value: object) -> object:
    """A reference that stands alone, and as it has to be written, was resolved before."""
    if _holds_a_reference(value):
        raise ValueError(
            sentence(
                "holds a reference that cannot be used. One stands alone, in place of all numbers, "
                "written as failed:BATCH_ID (or delivered, replied, no_reply, a status code such as 101; "
                "a campaign's id does as well), or as reply:REPLY_ID."
            )
        )
    return value


Recipients = Annotated[
    list[MobileArgument],
    BeforeValidator(_numbers_alone),
    Field(
        description="Mobiles, or failed:BATCH_ID (delivered, replied, code).",
        validate_default=True,
    ),
    SOMEBODY,
]
"""One or more mobile numbers, E.164 once validated; none where a dry run counts people."""

Recipient = Annotated[
    MobileArgument, BeforeValidator(_single), Field(description="One mobile number: 09… or +….")
]
"""Exactly one mobile number (1.4: 僅能填入一支電話); a list would be cut or refused by the vendor."""


def unique(mobiles: Iterable[str]) -> tuple[str, ...]:
    """Each number once, in the order given: nobody gets the same text twice."""
    return tuple(dict.fromkeys(mobiles))


def dest(mobiles: Sequence[str], surroundings: Surroundings) -> str:
    """DEST: the numbers, each once, joined by commas.

    Raises:
        InvalidArgumentError: more numbers than the settings allow in one call.
    """
    each = unique(mobiles)
    check_count(len(each), surroundings)
    return ",".join(as_dest(mobile) for mobile in each)


def check_count(count: int, surroundings: Surroundings) -> None:
    """Refuse more recipients than one call may carry (a setting; the document names no limit)."""
    most = surroundings.every8d.max_recipients
    if count > most:
        raise InvalidArgumentError(
            "recipients",
            f"more than the {most} that one call may carry.",
            "Split the list into several calls.",
        )


def check_domestic(mobiles: Iterable[str]) -> None:
    """Refuse numbers outside Taiwan (EVERY8D 1.2: MMS 簡訊不支援國際門號)."""
    if not all(is_taiwanese(mobile) for mobile in mobiles):
        raise InvalidArgumentError(
            "recipients", "an MMS cannot go abroad.", "Leave out the numbers outside +886, or send an SMS."
        )
