"""Recipients by reference: those of a batch who failed, say, or a reply's sender, in place of numbers."""

import re
from dataclasses import dataclass
from typing import Any, Final, cast

_REFERENCE = re.compile(
    r"(?P<which>failed|delivered|replied|-?[0-9]{1,3}):(?P<of>[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12})"
)
_SENDER = re.compile(r"(?P<which>reply):(?P<of>[0-9A-Fa-f]{8,64})")
FAILED: Final = "failed"
REPLIED: Final = "replied"
SENDER: Final = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Some recipients of the batch `of`: `which` is `failed`, `delivered`, `replied`, or a status code.

    `failed` are those whom a later text can reach: who failed for good is left out, and can be named by the
    code. Those of whom nothing certain is known are in none of them. `reply` is the sender of the reply `of`.
    """

    which: str
    of: str

    def __str__(self) -> str:
        """As it was written."""
        return f"{self.which}:{self.of}"


def read_reference(recipients: Any) -> Reference | None:
    """The reference that stands in place of all recipients; None when numbers do."""
    given = cast("list[object]", recipients) if isinstance(recipients, list) else []
    only = given[0] if len(given) == 1 else None
    written = only.strip() if isinstance(only, str) else ""
    found = _REFERENCE.fullmatch(written) or _SENDER.fullmatch(written)
    return None if found is None else Reference(which=found["which"], of=found["of"].lower())
