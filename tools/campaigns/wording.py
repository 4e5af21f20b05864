"""A campaign's text: with `{column}` where a list's values go, as EVERY8D 1.5 fills it in."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tools.cleaning import clean
from tools.every8d.personal import FIELDS, Planned
from tools.every8d.texts import LONGEST_TEXT
from tools.filling import Filling
from tools.problems import InvalidArgumentError
from tools.sentence import sentence

_COLUMN = re.compile(r"\{([^{}\n]{1,60})\}")
_AMOUNT = re.compile(r"(\D*)\d(?:[\d.,]*\d)?(\D*)")
_PLACEHOLDER = re.compile(r"%field\d*%", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A text, the columns that it names in their order, and the template that the vendor fills.

    `template` is '' where the text names more columns than the vendor has fields: then each recipient's text
    goes out whole.
    """

    text: str
    columns: tuple[str, ...]
    template: str
    _words: Sequence[str]
    """What stands before, between and behind the columns."""
    _filling: Filling
    _speaks: bool
    """Something can be read whatever the values are."""

    def filled(self, values: Sequence[str]) -> str:
        """The text as the recipient gets it; `values` are those of `columns`."""
        return self._filling.of(values)

    def filled_each(self, those: Sequence[Sequence[str]]) -> list[str]:
        """The same for many, in their order."""
        return self._filling.of_each(those)

    def masked(self, values: Sequence[str]) -> str:
        """The text at its length, with no more of each value than its beginning."""
        return self.filled([value[:1] + "*" * (len(value) - 1) for value in values])

    def doubled(self, values: Sequence[str]) -> list[int]:
        """The columns, by their places, whose value has the unit that the text writes beside it as well."""
        words = [unicodedata.normalize("NFKC", piece) for piece in self._words]
        return [
            place
            for place, before, behind in zip(self._filling.places, words, words[1:], strict=False)
            if _brings(unicodedata.normalize("NFKC", values[place]), before.rstrip(), behind.lstrip())
        ]

    def unsendable(self, values: Sequence[str], text: str) -> str:
        """Why this text cannot be sent as it is, in a word for counting; '' when it can."""
        if "|" in text and (not self.template or any("|" in value for value in values)):
            return "pipe_in_field"
        if "%" in text and _PLACEHOLDER.search(text):
            return "placeholder_in_field"
        if len(text) > LONGEST_TEXT:
            return "too_long"
        return "" if self._speaks or clean(text).strip() else "blank_text"

    def all_sendable(self, texts: Sequence[str]) -> bool:
        """Whether surely none of these texts is `unsendable`, by one look at all together."""
        written = "".join(texts)
        return (
            self._speaks
            and "|" not in written
            and "%" not in written
            and max(map(len, texts), default=0) <= LONGEST_TEXT
        )

    def people(self, those: Iterable[tuple[str, Sequence[str], datetime | None]]) -> list[Planned]:
        """The recipients of a plan as 1.5 takes them, each by number, values and time."""
        if self.template:
            return [Planned(mobile, values, send_at) for mobile, values, send_at in those]
        return [Planned(mobile, (), send_at, self.filled(values)) for mobile, values, send_at in those]


def read_wording(text: str) -> Wording:
    """The text with the columns that it names.

    Raises:
        InvalidArgumentError: a placeholder of the vendor's own, a brace without its partner, or `|` in a text
            that goes out whole.
    """
    if _PLACEHOLDER.search(text):
        raise InvalidArgumentError(
            "text", sentence("has a placeholder of the vendor."), sentence("Write {column} instead.")
        )
    columns = tuple(dict.fromkeys(name.strip() for name in _COLUMN.findall(text)))
    if set("{}") & set(_COLUMN.sub("", text)):
        raise InvalidArgumentError(
            "text", sentence("has a brace without its partner."), sentence("Write {column}.")
        )
    fits = len(columns) <= FIELDS
    pieces = _COLUMN.split(text)
    words = pieces[::2]
    wording = Wording(
        text=text,
        columns=columns,
        template=_COLUMN.sub(lambda found: f"%field{columns.index(found[1].strip()) + 1}%", text)
        if fits
        else "",
        _words=words,
        _filling=Filling.between(words, (columns.index(piece.strip()) for piece in pieces[1::2])),
        _speaks=bool(clean(_COLUMN.sub("", text), limit=LONGEST_TEXT).strip()),
    )
    if not fits and "|" in text:
        raise InvalidArgumentError(
            "text", sentence("holds | and more than five columns."), sentence("Reword it without |.")
        )
    return wording


def _brings(value: str, before: str, behind: str) -> bool:
    """Whether an amount has, before or behind its digits, what stands before or behind it already."""
    amount = _AMOUNT.fullmatch(value.strip())
    if amount is None:
        return False
    first, last = amount[1].strip(" +-"), amount[2].strip()
    return bool((first and before.endswith(first)) or (last and behind.startswith(last)))


def around_columns(text: str) -> str:
    """What is common to all texts, with … where a list's values go."""
    return _COLUMN.sub("…", text)
