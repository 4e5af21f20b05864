"""How the pages write what tools answer: times, states, codes, in sentences of ours."""

from dataclasses import dataclass
from datetime import datetime

from tools.desk.campaign_steps import STATES
from tools.sentence import Sentence, sentence
from tools.taipei import plain_minute

_MINUTE = 16

BATCH_STATES = {
    "sent": sentence("given to the vendor"),
    "unknown": sentence("not known yet whether it was sent"),
    "failed": sentence("not sent"),
    "erased": sentence("taken back"),
}
CAMPAIGN_STATES = {
    **STATES,
    "planned": sentence("planned, nothing sent"),
    "running": sentence("being sent"),
    "holding": sentence("holding after its trial"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its name. `key` names it for whatever reads the page."""

    key: str
    name: Sentence
    value: str


def time_of(moment: datetime | None) -> str:
    """A time in Taipei to the minute; '' for none."""
    return "" if moment is None else plain_minute(moment)


def minute(written: str | None) -> str:
    """The same of a time as answers have it: ISO 8601, +08:00."""
    return (written or "")[:_MINUTE].replace("T", " ")
