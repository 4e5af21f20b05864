"""What a report of each type tells of its rows (note 1 of document 000), and the class of an SMTP code."""

import re
from dataclasses import dataclass

from tools.omis.report_columns import Event

_FAILED = "failed"
_SMTP = re.compile(r"\D{0,3}([45])(?:\d\d\b|\.\d{1,3}\.\d{1,3}\b)", re.ASCII)
"""RFC 5321 and RFC 3463: 4 is worth another try, 5 is for good."""
_SMTP_CLASSES = {"4": "failed_retryable", "5": "failed_permanent"}


@dataclass(frozen=True, slots=True)
class Told:
    """The event of every row of a type of report, and its class as far as that says it."""

    event: str
    status_class: str | None = None


_TOLD = {
    "11001": Told("failed", _FAILED),
    "11002": Told("at carrier", "pending"),
    "11003": Told("received", "delivered"),
    "11004": Told("not received", "unknown"),
    "20001": Told("sent"),
    "20003": Told("opened"),
    "20005": Told("clicked"),
    "21001": Told("opened"),
    "2100199": Told("opened"),
    "21002": Told("clicked"),
    "21003": Told("bounced", _FAILED),
    "21032": Told("sent", "delivered"),
    "31003": Told("removed"),
}
MACHINES_DO = ("opened", "clicked")
"""What mail servers do by themselves, to look at pictures and links before a person sees them."""


def told_by(type_id: str) -> Told:
    """What the type says of each row; nothing for the summary and for types that no document knows."""
    return _TOLD.get(type_id, Told(""))


def class_of(told: Told, event: Event) -> str | None:
    """A bounce's class by its code, or by how its reason begins; else what the type says."""
    if told.event == "bounced":
        for text in (event.code, event.status):
            if text and (found := _SMTP.match(text)):
                return _SMTP_CLASSES[found[1]]
    return told.status_class
