"""Writes down what a client sees and what the vendor's log says, as it happens."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.judge.history import (
    Answered,
    Asked,
    Blocked,
    Called,
    Decided,
    Erased,
    History,
    Listed,
    Part,
    PastLost,
    Posted,
    Replied,
    Says,
    Terms,
    Told,
)


class Witness:
    """One history, on the clock of the test."""

    def __init__(self, terms: Terms, clock: Callable[[], float] = time.time) -> None:
        self.history = History(terms)
        self._clock = clock

    def called(self, principal: str, tool: str, arguments: Mapping[str, Any], action_id: str = "") -> str:
        """A call begins; its name is given back."""
        call = f"c{len(self.history.events)}"
        self.history.events.append(
            Called(
                at=self._clock(),
                call=call,
                principal=principal,
                tool=tool,
                arguments=arguments,
                action_id=action_id,
            )
        )
        return call

    def asked(self, call: str, action_id: str = "") -> None:
        """The call comes back with a question."""
        self.history.events.append(Asked(at=self._clock(), call=call, action_id=action_id))

    def replied(self, call: str, says: Says, took: float, action_id: str = "") -> None:
        """Something answers the form."""
        self.history.events.append(
            Replied(at=self._clock(), call=call, action_id=action_id, says=says, took=took)
        )

    def decided(self, action_id: str, says: Says) -> None:
        """A person decides in a terminal: written down before a yes, and after a no that was taken."""
        self.history.events.append(Decided(at=self._clock(), action_id=action_id, says=says))

    def answered(self, call: str, facts: Mapping[str, Any], *, error: bool) -> None:
        """The call's answer."""
        self.history.events.append(Answered(at=self._clock(), call=call, facts=facts, error=error))

    def blocked(self, number: str, *, lifted: bool = False) -> None:
        """A number is blocked: written down after a block stands, and before one is lifted."""
        self.history.events.append(Blocked(at=self._clock(), number=number, lifted=lifted))

    def past_lost(self, *, accepted: bool = False) -> None:
        """The store is set back; or, before it is recorded, a person accepts that."""
        self.history.events.append(PastLost(at=self._clock(), accepted=accepted))

    def listed(self, name: str, numbers: Sequence[str]) -> None:
        """A list of recipients, before a campaign is planned from it."""
        self.history.events.append(Listed(at=self._clock(), name=name, numbers=tuple(numbers)))

    def erased(self, reference: str, numbers: Sequence[str]) -> None:
        """Booked texts of this request were taken back."""
        event = Erased(at=self._clock(), reference=reference, numbers=tuple(numbers))
        self.history.events.append(event)

    def part(self, campaign: str, reference: str) -> None:
        """The records have a part of a campaign under this reference."""
        self.history.events.append(Part(at=self._clock(), campaign=campaign, reference=reference))

    def told(self, reference: str, number: str, state: str) -> None:
        """The records have what the vendor said of a text when it was asked."""
        event = Told(at=self._clock(), reference=reference, number=number, state=state)
        self.history.events.append(event)

    def posted(
        self,
        fields: Mapping[str, str],
        *,
        carried_out: bool = True,
        texted: Sequence[str] | None = None,
        filtered: bool = False,
    ) -> None:
        """A send in the vendor's log, by its form fields (EVERY8D 1.1 to 1.4). All are texted unless told."""
        numbers = tuple(fields["DEST"].split(","))
        reached = numbers if texted is None else tuple(texted)
        self.history.events.append(
            Posted(
                at=self._clock(),
                reference=fields["SB"].split()[0],
                numbers=numbers,
                text=fields["MSG"],
                carried_out=carried_out,
                texted=reached if carried_out else (),
                filtered=filtered,
            )
        )
