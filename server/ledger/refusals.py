"""Why nothing is approved or claimed, beside a cap."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.sentence import Sentence, sentence

if TYPE_CHECKING:
    from server.store.sent_texts import Repeated


class ApprovalRefusedError(Exception):
    """A yes that does not count: nothing is approved."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why)
        self.why = why


class FourEyesError(ApprovalRefusedError):
    """Who asked for an action said yes to it, and the operator wants somebody else's."""

    def __init__(self) -> None:
        super().__init__(sentence("who asked for it cannot approve it; somebody else has to."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Numbers that were blocked since the call was checked."""

    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Earlier sends of the same texts, which nobody was told of yet."""

    sends: "tuple[Repeated, ...]"
