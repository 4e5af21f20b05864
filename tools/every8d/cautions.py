"""Warnings of a preview: rules and prices that a sender meets in Taiwan, and what one overlooks."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from tools.cleaning import hidden_characters
from tools.mobile import is_taiwanese
from tools.sentence import sentence
from tools.taipei import iso

_NAMED = 3
_DOMAINS = "com|net|org|tw|cc|io|me|ly|gl|gd|co|app|link|shop|info|biz|xyz|top|page|site|online"
# Each pattern is bounded or starts at a word: a long text must not take a second of the event loop.
_LINK = re.compile(
    rf"(?:https?://|www\.)\S|(?<![a-z0-9-])[a-z0-9-]+\.(?:{_DOMAINS})(?![a-z0-9])",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<!\d)(?:(?:\+?886|\(?0)(?:[\s()-]{0,3}\d){8,9}|\d{4}-\d{4})(?!\d)")
_SENDER_NAME = re.compile(r"[【\[［〔「『(（].{1,40}?[】\]］〕」』)）]")


_LEFT_OVER = (
    (
        re.compile(
            r"%[A-Za-z_]\w{0,40}%|\{\{[^{}]{0,80}\}\}|[$#]?\{ ?[^\W\d][\w. ]{0,40}\}"
            r"|\[\[[^\[\]]{0,80}\]\]|<%[^%]{0,80}%>"
        ),
        sentence(
            "The text holds what looks like a placeholder (as %field1% or {{name}}): it goes out as it "
            "stands."
        ),
    ),
    (
        re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|</?[A-Za-z][^<>]{0,80}>"),
        sentence("The text holds what looks like HTML (as &amp; or <br>): it goes out as it stands."),
    ),
    (
        re.compile(r"\\(?:[nrt]|u[0-9a-fA-F]{4})"),
        sentence("The text holds what looks like an escape (as \\n): it goes out as it stands."),
    ),
    (
        # A number abridged (0912-XXX-XXX), a size (XXXL) and a year (二○○○年) are meant so.
        re.compile(
            r"(?<![A-Za-z0-9.*-])(?:O{3,9}|[Xx]{3,9})(?![A-Za-z0-9*-])"
            r"|(?<![○〇◯零一二三四五六七八九十])[○〇◯]{3,9}(?![○〇◯零一二三四五六七八九十年])"
        ),
        sentence("The text holds what looks like a stand-in (as OOO or XXX): it goes out as it stands."),
    ),
)
"""What a program was to replace before it gave the text; each pattern is bounded, as above."""


def text_cautions(texts: Sequence[str]) -> tuple[str, ...]:
    """What to know of the texts of an SMS: addresses, the sender's name, what was left in it."""
    folded = [unicodedata.normalize("NFKC", text) for text in texts]
    found: list[str] = []
    if any(_LINK.search(text) or _PHONE.search(text) for text in folded):
        found.append(
            sentence("A URL or phone number in the text must be registered (rule since 2024-11-18).")
        )
    if not all(_SENDER_NAME.search(text) for text in texts):
        found.append(
            sentence("Carriers block texts without the registered sender name (rule since 2025-11-01).")
        )
    for pattern, said in _LEFT_OVER:
        if any(pattern.search(text) for text in folded):
            found.append(said)
    hidden = hidden_characters("".join(texts))
    if hidden:
        named = ", ".join(hidden[:_NAMED]) + (", …" if len(hidden) > _NAMED else "")
        found.append(sentence("The text holds characters that cannot be seen: {named}.", named=named))
    return tuple(found)


def recipient_cautions(dropped: int, sent: Sequence[str]) -> tuple[str, ...]:
    """What to know of the recipients: how many repeats were dropped, and how many numbers are abroad."""
    found: list[str] = []
    if dropped:
        found.append(
            sentence("Repeated entries dropped: {count}. Nobody gets the same message twice.", count=dropped)
        )
    abroad = sum(not is_taiwanese(mobile) for mobile in sent)
    if abroad:
        found.append(
            sentence(
                "Numbers abroad: {count}. They cost three times as much, and the account must allow them.",
                count=abroad,
            )
        )
    return tuple(found)


def booking_caution(send_at: datetime | None, eraser: str) -> tuple[str, ...]:
    """Until when a booked send can be taken back, and with which tool."""
    if send_at is None:
        return ()
    until = iso(send_at)
    return (sentence("The booking can be erased with {eraser} until {until}.", eraser=eraser, until=until),)
