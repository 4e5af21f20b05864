"""An action that is a list of parts: what a person agrees to at once, and what is carried out one by one.

The list stands in the arguments of the whole, which its seal covers until the claim.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from server.store.actions import Action, Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One action of the whole: a tool, what it acts on, and how many messages at most."""

    tool: str
    target: str
    most: int


def listed(parts: Sequence[Part]) -> list[dict[str, object]]:
    """The parts as the arguments of the whole hold them."""
    return [asdict(part) for part in parts]


def parts_of(whole: Action) -> list[Part]:
    """The parts that a person saw in the question about the whole."""
    return [Part(**part) for part in json.loads(whole.arguments).get("parts", ())]


def request_ids(whole: Action) -> list[str]:
    """The request_id of each part: it makes the part a call of its own, once for this whole."""
    return [f"{whole.id}/{number}" for number, _ in enumerate(parts_of(whole), start=1)]


def names(whole: Action, proposal: Proposal) -> bool:
    """Whether the proposal is a part of the whole: its principal's, by its request_id, tool and target."""
    asked = (proposal.request_id, proposal.tool, proposal.target)
    listed_parts = zip(request_ids(whole), parts_of(whole), strict=True)
    return proposal.principal == whole.principal and any(
        asked == (request_id, part.tool, part.target) for request_id, part in listed_parts
    )
