"""One line of the doctor."""

from dataclasses import dataclass
from typing import Literal

from server.command.terminal import wide
from server.languages.catalogue import Language, in_language
from server.logs.number_masking import mask_numbers
from tools.sentence import together

_TOPIC_CELLS = 15
_MARKS = {"ok": "✓", "off": "–", "failed": "✗"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of a topic; `fix` is what to do about it."""

    topic: str
    state: Literal["ok", "off", "failed"]
    text: str
    fix: str = ""

    def line(self, language: Language) -> str:
        """Mark, topic, what was found, and the way out; numbers masked."""
        topic = wide(in_language(self.topic, language), _TOPIC_CELLS)
        said = in_language(together(self.text, self.fix), language)
        return mask_numbers(f"{_MARKS[self.state]} {topic} {said}")


def right(topic: str, text: str) -> Finding:
    """A thing that is as it has to be."""
    return Finding(topic=topic, state="ok", text=text)


def off(topic: str, text: str, fix: str = "") -> Finding:
    """A thing that is not in use, or that was not tried."""
    return Finding(topic=topic, state="off", text=text, fix=fix)


def failed(topic: str, text: str, fix: str = "") -> Finding:
    """A thing that is wrong."""
    return Finding(topic=topic, state="failed", text=text, fix=fix)
