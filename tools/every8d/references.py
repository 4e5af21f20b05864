"""Recipients by reference: those of a batch who failed, say, or a reply's sender, in place of numbers."""

import re
from dataclasses import dataclass
from typing import Any, Final, cast

from tools.action_id import normalise_id

_WHICH = r"(?P<which>failed|delivered|replied|no_reply|-?[0-9]{1,3})"
_BATCH = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
_REFERENCE = re.compile(rf"{_WHICH}:(?P<of>{_BATCH})")
_OF_CAMPAIGN = re.compile(rf"{_WHICH}:(?P<campaign>[0-9A-Za-z]{{4}}-?[0-9A-Za-z]{{4}})")
_SENDER = re.compile(r"(?P<which>reply):(?P<of>[0-9A-Fa-f]{8,64})")
_CAMPAIGN = re.compile(r"[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}")
FAILED: Final = "failed"
REPLIED: Final = "replied"
NO_REPLY: Final = "no_reply"
SENDER: Final = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Some recipients of the batch `of`, or of a campaign's batches.

    `which` is `failed`, `delivered`, `replied`, `no_reply` or a status code. `failed` are those whom a later
    text can reach: who failed for good is left out, and can be named by the code. `no_reply` are those who
    have the text and did not answer it. Those of whom nothing certain is known are in none of them. `reply`
    is the sender of the reply `of`.
    """

    which: str
    of: str
    is_campaign: bool = False

    def __str__(self) -> str:
        """As it was written."""
        return f"{self.which}:{self.of}"


def campaign_named(written: str) -> str:
    """The id of a campaign, where this has its form; '' else."""
    return normalise_id(written) if _CAMPAIGN.fullmatch(written.strip()) else ""


def read_reference(recipients: Any) -> Reference | None:
    """The reference that stands in place of all recipients; None when numbers do."""
    given = cast("list[object]", recipients) if isinstance(recipients, list) else []
    only = given[0] if len(given) == 1 else None
    written = only.strip() if isinstance(only, str) else ""
    return read_written(written)


def read_written(written: str) -> Reference | None:
    """A reference as somebody wrote it; None when it is none."""
    if found := _REFERENCE.fullmatch(written) or _SENDER.fullmatch(written):
        return Reference(which=found["which"], of=found["of"].lower())
    if found := _OF_CAMPAIGN.fullmatch(written):
        return Reference(which=found["which"], of=normalise_id(found["campaign"]), is_campaign=True)
    return None
