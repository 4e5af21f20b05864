"""A dry run by count: what a send to so many people would cost, without a number of theirs."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, ValidationInfo

from tools.every8d.charging import INTERNATIONAL_FACTOR
from tools.operation import Surroundings
from tools.sentence import sentence
from tools.values import NO_FLAG, without

_MOST = 10_000_000
L = TypeVar("L", bound=list[Any])


def _only_in_a_dry_run(count: int, info: ValidationInfo) -> int:
    if count and not info.data.get("dry_run"):
        raise ValueError(
            sentence("prices a dry_run alone, and nothing was sent. Give recipients, or dry_run: true.")
        )
    return count


def _somebody(recipients: L, info: ValidationInfo) -> L:
    """Recipients or a count, and never both: nobody may take one for the other."""
    count = info.data.get("count", 0)
    if not recipients and not count:
        raise ValueError(sentence("holds nobody. Give at least one, or count in a dry_run."))
    if recipients and count:
        raise ValueError(sentence("is given beside count. Give one of the two."))
    return recipients


Count = Annotated[
    int,
    Field(
        ge=0,
        le=_MOST,
        description="People, for a dry_run without recipients.",
        json_schema_extra=without("minimum", "maximum"),
    ),
    NO_FLAG,
    AfterValidator(_only_in_a_dry_run),
]
"""How many people a dry run is about; declared after `dry_run` and before `recipients`."""

SOMEBODY = AfterValidator(_somebody)
"""For the list of recipients, whose default has to be validated."""


def count_cautions(count: int, surroundings: Surroundings, *, abroad: bool = True) -> Iterator[str]:
    """What the price of a count takes for granted. Only the assistant reads it: nobody is asked.

    `abroad`: whether such a send can go there.
    """
    if not count:
        return
    if abroad:
        yield f"Priced for numbers in Taiwan; those abroad cost {INTERNATIONAL_FACTOR} times as much."
    most = surroundings.every8d.max_recipients
    if count > most:
        yield f"One call may carry {most:,} numbers: it takes {-(-count // most):,} calls."
