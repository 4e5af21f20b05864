"""Who needs no text after an e-mail: those who opened it, and those who removed themselves."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tools.distinct import Distinct
from tools.lists.cells import Cell, text_of
from tools.lists.reasons import Reason

_ADDRESS = re.compile(r"[^\s@<>,;:\"'()]{1,64}@[^\s@<>,;:\"'()]{1,253}")


def address_of(written: str) -> str:
    """The address in a text, as addresses are compared here; '' where there is none."""
    found = _ADDRESS.search(written)
    return "" if found is None else found[0].casefold()


class Addresses:
    """Different addresses, as `address_of` gives them; kept are numbers that tell them apart."""

    def __init__(self, addresses: Iterable[str] = ()) -> None:
        self._hashes = Distinct()
        for each in addresses:
            self.add(each)

    def __contains__(self, address: str) -> bool:
        return hash(address) in self._hashes

    def add(self, address: str) -> None:
        """Have this one among them; '' is none."""
        if address:
            self._hashes.add(hash(address))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """What is known of an e-mail's recipients, by their addresses."""

    opened: Addresses
    machines: Addresses
    """Opened by what looks like a machine alone: whether the person did, nobody knows."""
    removed: Addresses
    """They want nothing more."""

    def reason(self, cell: Cell) -> Reason | None:
        """Why this address gets no text."""
        address = address_of(text_of(cell))
        if address in self.removed:
            return Reason.OPTED_OUT
        if address in self.opened:
            return Reason.OPENED
        return Reason.OPENED_BY_MACHINE if address in self.machines else None
