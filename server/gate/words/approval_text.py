"""What an approver's phone is texted: what will happen, how the text begins, and what to answer.

In one part, since it is paid by the part: the excerpt takes what room the rest leaves.
"""

from server.gate.rules.phone_scan import find_phone_numbers
from server.gate.rules.text_scan import find_hosts
from server.languages.catalogue import Language, in_language
from tools.cleaning import clean
from tools.every8d.charging import SINGLE_PART, units
from tools.operation import Preview
from tools.sentence import Sentence, plural, sentence
from tools.taipei import as_taipei

_ELLIPSIS = "…"


def approval_text(preview: Preview, code: str, sender: str, language: Language) -> str:
    """The whole text. `sender` stands in front, where the operator's rules want a sender's name."""
    words = preview.text or preview.details.get("text", "") or preview.details.get("name", "")

    def said(shown: str) -> str:
        quoted = sentence("“{text}”", text=shown) if shown else ""
        asked = sentence(
            "{what}: {quoted} Reply {code} to approve, N to refuse",
            what=_what(preview),
            quoted=quoted,
            code=code,
        )
        return " ".join(f"{sender}{in_language(asked, language)}".split())

    room = SINGLE_PART - units(said(_ELLIPSIS)) + units(_ELLIPSIS)
    return said(excerpt(words, room))


def _what(preview: Preview) -> Sentence:
    what = plural(
        "{count:,} text, {points} pts",
        "{count:,} texts, {points} pts",
        preview.recipients or 0,
        points=f"{preview.points or 0:,f}",
    )
    if preview.send_at is not None:
        what = sentence("{what}, on {when}", what=what, when=f"{as_taipei(preview.send_at):%m/%d %H:%M}")
    if preview.warnings:
        notes = plural("{count} note", "{count} notes", len(preview.warnings))
        what = sentence("{what}, {notes}", what=what, notes=notes)
    return what


def excerpt(text: str, room: int) -> str:
    """How a text begins, in at most so many UTF-16 units; '' where nothing fits.

    Without a link or a number: carriers drop a text that holds one which is not registered.
    """
    kept = whole = " ".join(clean(text).split())
    while kept and (_too_long(kept, whole, room) or find_hosts(kept) or find_phone_numbers(kept)):
        kept = kept[:-1]
    return kept if kept in ("", whole) else kept.rstrip() + _ELLIPSIS


def _too_long(kept: str, whole: str, room: int) -> bool:
    return units(kept) + (0 if kept == whole else units(_ELLIPSIS)) > room
