"""What a client saw, what people decided, and what the vendor's log says, in the order of time.

Written from docs/guardrails.md alone. Nothing of the server, the simulator or the sandbox is imported here:
who records a history writes these events down, and that is all they have in common.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar, cast

Says = Literal["yes", "no", "nobody"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A tool was called; `call` names this one call. A second round names the action it answers for."""

    at: float
    call: str
    principal: str
    tool: str
    arguments: Mapping[str, Any]
    action_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The call came back with a question, or its client was asked in mid-call."""

    at: float
    call: str
    action_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """What came back from the form, `took` seconds after it was shown: `nobody` when no person answered."""

    at: float
    call: str
    action_id: str
    says: Says
    took: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A person's decision in a terminal; it had been recorded when this was written down."""

    at: float
    action_id: str
    says: Says


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The call's answer, as its client read it."""

    at: float
    call: str
    facts: Mapping[str, Any]
    error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The vendor's log: a request to send arrived or was lost on its way (`carried_out`), and who was texted.

    `reference` is what stands in front of the subject.
    """

    at: float
    reference: str
    numbers: tuple[str, ...]
    text: str
    carried_out: bool = True
    texted: tuple[str, ...] = ()
    filtered: bool = False
    """Sent through the vendor's filter of 24 hours (EVERY8D 1.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """The vendor's log: booked texts of a request were taken back before they went out."""

    at: float
    reference: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A number was blocked, or let go again; recorded when this was written down."""

    at: float
    number: str
    lifted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLost:
    """The store was set back to an older copy, or a person accepted that loss."""

    at: float
    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Whom a list of recipients holds."""

    at: float
    name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The records name a request as a part of a campaign; recorded when this was written down."""

    at: float
    campaign: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the vendor said of a text when it was asked (a class of docs/delivery.md); recorded by then."""

    at: float
    reference: str
    number: str
    state: str


Event: TypeAlias = (
    Called
    | Asked
    | Replied
    | Decided
    | Answered
    | Posted
    | Erased
    | Blocked
    | PastLost
    | Listed
    | Part
    | Told
)
E = TypeVar("E", bound=Event)
_KINDS = {
    kind.__name__: kind
    for kind in (
        Called,
        Asked,
        Replied,
        Decided,
        Answered,
        Posted,
        Erased,
        Blocked,
        PastLost,
        Listed,
        Part,
        Told,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The settings in force, as far as promises depend on them. Times in seconds."""

    test_numbers: frozenset[str] = frozenset()
    expires: float = 600
    human_minimum: float = 0.3
    form_limit: float = 40
    call_limit: float | None = None
    lease: float = 200
    """So long after its claim a request may still leave."""
    slack: float = 1.0
    """How much clocks of client, server and vendor may differ in this history."""
    names_parts: bool = False
    """Whether every request that is a part of a campaign is named as one (`Part`)."""


@dataclass(slots=True)
class History:
    """Events in the order of time; of the same moment, in the order in which they were written down."""

    terms: Terms = field(default_factory=Terms)
    events: list[Event] = field(default_factory=list[Event])

    def of(self, kind: type[E]) -> list[E]:
        """All events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]


def action_of(reference: str) -> str:
    """The action that a reference names: `8K2M4PQR` is `8K2M-4PQR`."""
    bare = reference.replace("-", "").upper()
    return f"{bare[:4]}-{bare[4:8]}"


@lru_cache(maxsize=10_000)
def plain_number(written: str) -> str:
    """A mobile number of Taiwan as `+8869…`, however it was written; any other as it is."""
    digits = re.sub(r"[^\d+]", "", str(written))
    return re.sub(r"^(?:\+?886|00886)?0?(9\d{8})$", r"+886\1", digits)


def load(path: Path) -> History:
    """A history from a file: JSON lines, the first with the terms; lines that begin with # are remarks."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    terms, *events = map(json.loads, lines)
    terms["test_numbers"] = frozenset(terms.get("test_numbers", ()))
    return History(Terms(**terms), list(_events(events)))


def _events(lines: Iterable[dict[str, Any]]) -> Iterable[Event]:
    for line in lines:
        kind: Any = _KINDS[line.pop("event")]
        yield kind(**{name: _fixed(value) for name, value in line.items()})


def _fixed(value: Any) -> Any:
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value
