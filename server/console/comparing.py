"""What differs from the last send like it: figures side by side, and the text with its changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from server.store.actions import Action
from tools.cleaning import clean
from tools.operation import Preview
from tools.sentence import Sentence, sentence
from tools.taipei import iso_minute

_TOKEN = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
_LONGEST = 2_000
"""Characters of either text that are compared: comparing takes the square of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the text: in both, only in this one, or only in the last one."""

    kind: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """This action beside the last one like it. No pieces: the texts are the same, or one of them is gone."""

    headline: Sentence
    figures: tuple[Sentence, ...]
    pieces: tuple[Piece, ...]


def compared(entry: Action, last: Action | None) -> Compared:
    """What differs; without a last one, that this is the first."""
    if last is None:
        return Compared(headline=sentence("The first one of its kind."), figures=(), pieces=())
    at = last.dispatched_at or last.created_at
    then, now = (Preview.model_validate_json(each.preview) for each in (last, entry))
    return Compared(
        headline=sentence("Beside action {id} of {time}:", id=last.id, time=_clock(iso_minute(at))),
        figures=(*_figures(last, entry), *_texts(then, now)),
        pieces=_pieces(then.text, now.text) if then.text and now.text and then.text != now.text else (),
    )


def _figures(last: Action, entry: Action) -> Iterator[Sentence]:
    # What it was approved for: what it came to is on its own page.
    yield sentence("Recipients: {before:,} then, {now:,} now", before=last.recipients, now=entry.recipients)
    yield sentence("Points: {before} then, {now} now", before=f"{last.points:,f}", now=f"{entry.points:,f}")


def _texts(then: Preview, now: Preview) -> Iterator[Sentence]:
    if not then.text:
        yield sentence("Its text is not kept any more.")
    elif then.text == now.text:
        yield sentence("The text is the same.")
    if then.subject != now.subject:
        yield sentence("The subject is another one.")


def _pieces(then: str, now: str) -> tuple[Piece, ...]:
    before, after = (_TOKEN.findall(clean(text, limit=_LONGEST, lines=True)) for text in (then, now))
    found: list[Piece] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, begin, stop in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece(kind="same", text="".join(after[begin:stop])))
            continue
        if start < end:
            found.append(Piece(kind="removed", text="".join(before[start:end])))
        if begin < stop:
            found.append(Piece(kind="added", text="".join(after[begin:stop])))
    return tuple(found)


def _clock(written: str) -> str:
    return written[:16].replace("T", " ")
