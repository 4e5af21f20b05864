"""What is known of an operation before it is imported: enough to choose and to list it."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Literal, Protocol, TypeVar


class Risk(StrEnum):
    """What an operation can do to money and people. Annotations, approval, ledger and docs derive from it."""

    READ = "read"
    """Only looks."""
    CHANGE = "change"
    """Can be undone, or brakes: pause, extend a deadline, refresh one report."""
    SPEND = "spend"
    """Costs points, or lets sending go on: send, resume, restart."""
    DESTROY = "destroy"
    """Cannot be undone (delete, erase, terminate) or hits everything (refresh of all reports)."""


Vendor = Literal["every8d", "omis"]
Toolset = Literal["sms", "reports", "launches", "jobs", "desk"]


class Named(Protocol):
    """What our sentences need of an operation."""

    @property
    def name(self) -> str:
        """The tool's name."""
        ...

    @property
    def risk(self) -> Risk:
        """What it can do."""
        ...


class Offer(Named, Protocol):
    """What settings choose by."""

    @property
    def toolset(self) -> Toolset:
        """The group that it is switched on with."""
        ...

    @property
    def vendor(self) -> Vendor | None:
        """Whose account its call uses, if it uses one."""
        ...

    @property
    def serves(self) -> Vendor | None:
        """The vendor without whose account it has no use."""
        ...


T = TypeVar("T", bound=Offer)


def chosen(
    offers: Iterable[T],
    *,
    vendors: Collection[Vendor],
    toolsets: Collection[str],
    read_only: bool,
    disabled: Collection[str],
) -> tuple[T, ...]:
    """Those to offer: of vendors with an account, of the wanted toolsets, allowed by policy.

    What is switched off is not listed at all, so that a model never plans with it.
    """
    return tuple(
        offer
        for offer in offers
        if offer.vendor in (None, *vendors)
        and offer.serves in (None, *vendors)
        and offer.toolset in toolsets
        and (offer.risk is Risk.READ or not read_only)
        and offer.name not in disabled
    )
