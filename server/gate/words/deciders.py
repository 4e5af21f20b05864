"""Who decided on an action and by which way, as a person reads it."""

from typing import TYPE_CHECKING

from server.store.actions import CONSOLE, FORM, PHONE
from tools.sentence import Sentence, sentence

if TYPE_CHECKING:
    from server.store.actions import Action

_WAYS = {
    FORM: sentence("in a form of the chat"),
    CONSOLE: sentence("on the page"),
    PHONE: sentence("by answering a text"),
    "terminal": sentence("in a terminal"),
    "policy": sentence("by a rule of the settings"),
    "campaign": sentence("with its campaign"),
    "none": sentence("since nobody could be asked"),
}


def way(channel: str) -> str:
    """By which way something was decided."""
    return _WAYS.get(channel, channel)


def decider(entry: "Action") -> Sentence | str:
    """`local:lin (in a terminal)`; '' while nobody has."""
    if entry.decided_by in ("", entry.channel):
        return way(entry.channel)
    return sentence("{who} ({way})", who=entry.decided_by, way=way(entry.channel))
