"""Recipients by reference: those of a batch who failed, say, in place of numbers that nobody reads."""

import re
from dataclasses import dataclass
from typing import Any, Final, cast

_REFERENCE = re.compile(
    r"(?P<which>failed|delivered|replied|-?[0-9]{1,3}):(?P<batch>[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12})"
)
FAILED: Final = "failed"
REPLIED: Final = "replied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Some recipients of a batch. `which` is `failed`, `delivered`, `replied`, or a status code.

    `failed` are those whom a later text can reach: who failed for good is left out, and can be named by the
    code. Those of whom nothing certain is known are in none of them.
    """

    which: str
    batch_id: str

    def __str__(self) -> str:
        """As it was written."""
        return f"{self.which}:{self.batch_id}"


def read_reference(recipients: Any) -> Reference | None:
    """The reference that stands in place of all recipients; None when numbers do."""
    given = cast("list[object]", recipients) if isinstance(recipients, list) else []
    only = given[0] if len(given) == 1 else None
    found = _REFERENCE.fullmatch(only.strip()) if isinstance(only, str) else None
    return None if found is None else Reference(which=found["which"], batch_id=found["batch"].lower())
