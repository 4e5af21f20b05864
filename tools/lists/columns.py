"""Which columns of a table hold the number, the consent and the fields, by their headings.

A heading names a column of numbers by the first kind of words that fits any: a mobile's before a telephone's,
so that 行動電話 goes before 商務電話.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tools.cleaning import clean
from tools.lists.cells import Cell, text_of
from tools.lists.mailed import address_of
from tools.lists.mobiles import read_mobile
from tools.problems import InvalidArgumentError
from tools.sentence import sentence

NUMBER_HEADINGS = (
    re.compile(r"手機|行動|門號|mobile|cell|msisdn", re.IGNORECASE),
    re.compile(r"電話|phone|\btel\b", re.IGNORECASE),
    re.compile(r"號碼|number", re.IGNORECASE),
)
"""What a column of numbers is called."""
_ALONE = re.compile(
    r"(?:客戶|聯絡|會員)?(?:手機|行動電話|電話|門號)(?:號碼)?|(?:mobile|cell|phone)(?: ?(?:phone|number))?",
    re.IGNORECASE,
)
"""A heading also where no other column has a name; longer ones could be a title."""
NUMBER_LABEL = re.compile(r"label|type|種類|類型", re.IGNORECASE)
"""`Phone 1 - Label` of an address book is no column of numbers; it says which kind the next one is."""
_COUNTRY = re.compile(
    r"國碼|國家代?碼|國際(?:區|冠|電話)?碼|(?:country|dial(?:l?ing)?|calling)[ _]?(?:calling[ _]?)?code",
    re.IGNORECASE,
)
"""The code of the country stands in a column of its own, as shops export it."""
_OF_ANOTHER = re.compile(
    r"緊急|聯絡人電話|家長|代理|備用|emergency|assistant|fax|傳真|品牌|型號", re.IGNORECASE
)
"""Somebody else's number, or none."""
_CONSENT = re.compile(
    r"同意|願意|訂閱|行銷|(?:接受|接收|收到).{0,6}(?:優惠|宣傳|簡訊|推播|通知|訊息|廣告|電子報|DM)"
    r"|consent|opt.?in|subscribed|marketing",
    re.IGNORECASE,
)
"""接受優惠宣傳 and 是否接收簡訊 are what shops' exports call it."""
_OBJECTION = re.compile(
    r"退訂|拒收|拒絕|不同意|不願意|不(?:想|要|再)?(?:接受|接收|收到)|opt.?out|unsubscribed?|do.?not",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"e-?mail|電子郵件|電郵|電子信箱|信箱|郵箱|郵件", re.IGNORECASE)
_SPREAD = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_ALPHABET = 26
_LONGEST_NAME = 40
OPENING = 30
"""Rows that are looked at to find the heading."""
_TAKEN_FOR_GOOD = 2
"""Cells that a heading has at least, in a table of several columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The row that names the columns, and the names: by their letter where it leaves one out."""

    row: int
    """As the spreadsheet counts; 0 when there is none."""
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The columns that a caller named, by heading or letter; empty ones are found by their headings."""

    mobile: Sequence[str] = ()
    fields: Sequence[str] = ()
    consent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Places of columns, counted from 0."""

    mobile: tuple[int, ...]
    """Where the number stands; with several, the one that its label calls mobile goes first."""
    labels: tuple[int | None, ...]
    """Beside each of `mobile`: where its label stands."""
    countries: tuple[int | None, ...] = ()
    """Beside each of `mobile`: where the code of its country stands."""
    fields: tuple[int, ...] = ()
    consent: int | None = None
    width: int = 0
    """How many columns the heading names; 0 when there is none."""
    objection: bool = False
    """The consent column asks who wants nothing: yes means no."""


def letter_of(place: int) -> str:
    """A column's name in a spreadsheet: A, B, … Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, _ALPHABET)
        letters = chr(ord("A") + rest) + letters
    return letters


def place_of(letters: str) -> int:
    """The place of a column that a spreadsheet calls so, from 0."""
    place = 0
    for letter in letters.upper():
        place = place * _ALPHABET + ord(letter) - ord("A") + 1
    return place - 1


def find_heading(opening: Sequence[tuple[int, Sequence[Cell]]], wanted: Sequence[str] = ()) -> Heading:
    """The heading among a table's first rows, each with its number.

    It stands above the first mobile number, below titles: the first row that has a column which was named,
    else a word for numbers, else more than one text.
    """
    return _up_to_numbers(_heading_of(opening, wanted), opening)


def _up_to_numbers(heading: Heading, opening: Sequence[tuple[int, Sequence[Cell]]]) -> Heading:
    """With the column of the numbers, where nothing stands above them and no heading names another."""
    held = _with_numbers(opening)
    if not held or min(held) < len(heading.names) or number_columns(heading):
        return heading
    unnamed = range(len(heading.names), held[0] + 1)
    return replace(heading, names=(*heading.names, *map(letter_of, unnamed)))


def _heading_of(opening: Sequence[tuple[int, Sequence[Cell]]], wanted: Sequence[str]) -> Heading:
    rows = [(number, [_shown(cell) for cell in cells]) for number, cells in _above_numbers(opening)]
    widest = max((_filled(cells) for _, cells in opening), default=0)
    least = min(_TAKEN_FOR_GOOD, widest)
    tables = [(number, names) for number, names in rows if _filled(names) >= least]
    asked = {_alike(name) for name in wanted}
    for number, names in tables:
        if asked & {_alike(name) for name in names}:
            return _heading(*_lower_of(number, names, tables), tables)
    for pattern in NUMBER_HEADINGS:
        for number, names in rows:
            named = any(pattern.search(name) for name in names)
            if named and (_filled(names) >= least or any(_ALONE.fullmatch(name) for name in names)):
                return _heading(number, names, tables)
    if tables and least:
        return _heading(*tables[0])
    return _heading(0, [""] * max((len(cells) for _, cells in opening), default=0))


def _lower_of(
    row: int, names: Sequence[str], tables: Sequence[tuple[int, Sequence[str]]]
) -> tuple[int, Sequence[str]]:
    """The row below a heading that names no numbers, where that one does: the heading has two rows."""
    if not any(pattern.search(name) for pattern in NUMBER_HEADINGS for name in names):
        for number, lower in tables:
            if number == row + 1 and any(_ALONE.fullmatch(name) for name in lower):
                return number, lower
    return row, names


def _above_numbers(opening: Sequence[tuple[int, Sequence[Cell]]]) -> list[tuple[int, Sequence[Cell]]]:
    above: list[tuple[int, Sequence[Cell]]] = []
    for number, cells in opening:
        if any(read_mobile(cell).mobile for cell in cells):
            break
        above.append((number, cells))
    return above


def _filled(cells: Sequence[Cell]) -> int:
    return sum(bool(_shown(cell)) for cell in cells)


def _shown(cell: Cell) -> str:
    return _closed_up(" ".join(clean(text_of(cell), limit=_LONGEST_NAME).split()))


def _heading(row: int, written: Sequence[str], tables: Sequence[tuple[int, Sequence[str]]] = ()) -> Heading:
    """Of two rows of names the lower one: what it leaves empty is merged with the cell above."""
    above = next((names for number, names in tables if number == row - 1), ())
    names: list[str] = []
    for place, lower in enumerate(written):
        letter, name = letter_of(place), lower or "".join(above[place : place + 1])
        names.append(letter if not name else f"{name} ({letter})" if name in names else name)
    return Heading(row=row, names=tuple(names))


def choose(heading: Heading, wanted: Wanted, opening: Sequence[tuple[int, Sequence[Cell]]]) -> Columns:
    """The columns to use, by their headings, or by what the first rows hold where no heading says it.

    Raises:
        InvalidArgumentError: a named column is not there, or none could hold the number.
    """
    named = tuple(_named(heading, name, "mobile") for name in wanted.mobile)
    # What stands beside the table belongs to a cell that a comma parted.
    held = [place for place in _with_numbers(opening) if place < len(heading.names)]
    candidates = sorted(number_columns(heading), key=lambda place: place not in held)
    mobile = named or _first_of(heading, candidates) or tuple(held[:1])
    if not mobile:
        raise InvalidArgumentError(
            "mobile", sentence("no column seems to hold the numbers."), sentence("Name the column.")
        )
    consent = _named(heading, wanted.consent, "consent") if wanted.consent else None
    return Columns(
        mobile=mobile,
        labels=tuple(_label_of(heading, place) for place in mobile),
        countries=tuple(_country_of(heading, place) for place in mobile),
        fields=tuple(_named(heading, name, "fields") for name in wanted.fields),
        consent=consent,
        width=len(heading.names) if heading.row else 0,
        objection=consent is not None and objects(heading.names[consent]),
    )


def email_column(heading: Heading, opening: Sequence[tuple[int, Sequence[Cell]]]) -> int | None:
    """The column of e-mail addresses: by its heading, else where the first addresses stand."""
    for place, name in enumerate(heading.names):
        if _EMAIL.search(name):
            return place
    held = (place for _, cells in opening for place, cell in enumerate(cells) if address_of(text_of(cell)))
    return next(held, None)


def could_be_a_list(opening: Sequence[tuple[int, Sequence[Cell]]]) -> bool:
    """Whether a mobile number stands in a table's first rows, or a heading for such."""
    return bool(_with_numbers(opening) or number_columns(find_heading(opening)))


def number_columns(heading: Heading) -> tuple[int, ...]:
    """The columns that could hold the number, all of the first kind that fits any; own numbers first."""
    for pattern in NUMBER_HEADINGS:
        found = [
            place
            for place, name in enumerate(heading.names)
            if pattern.search(name) and not NUMBER_LABEL.search(name) and not _COUNTRY.search(name)
        ]
        if found:
            return tuple(sorted(found, key=lambda place: bool(_OF_ANOTHER.search(heading.names[place]))))
    return ()


def consent_columns(heading: Heading) -> tuple[int, ...]:
    """The columns that by their heading say who agreed, or who did not."""
    both = (_CONSENT, _OBJECTION)
    return tuple(
        place for place, name in enumerate(heading.names) if any(pattern.search(name) for pattern in both)
    )


def objects(name: str) -> bool:
    """Whether a heading asks who wants nothing."""
    return _OBJECTION.search(name) is not None


def _with_numbers(opening: Sequence[tuple[int, Sequence[Cell]]]) -> tuple[int, ...]:
    """The columns in which mobile numbers stand, the fullest first."""
    found = Counter(
        place for _, cells in opening for place, cell in enumerate(cells) if read_mobile(cell).mobile
    )
    return tuple(place for place, _ in found.most_common())


def _first_of(heading: Heading, candidates: Sequence[int]) -> tuple[int, ...]:
    """The first of them; those of an address book, which labels each, together."""
    labelled = tuple(sorted(place for place in candidates if _label_of(heading, place) is not None))
    return labelled or tuple(candidates[:1])


def _label_of(heading: Heading, place: int) -> int | None:
    """Where the label of a number stands: `Phone 1 - Label` beside `Phone 1 - Value`."""
    stem = heading.names[place].rpartition(" - ")[0]
    if not stem:
        return None
    for other, name in enumerate(heading.names):
        if name.startswith(f"{stem} - ") and NUMBER_LABEL.search(name):
            return other
    return None


def _country_of(heading: Heading, place: int) -> int | None:
    """Where the code of a number's country stands: before it, else in the only column of codes."""
    found = [at for at, name in enumerate(heading.names) if at != place and _COUNTRY.search(name)]
    if place - 1 in found:
        return place - 1
    behind = (*heading.names[1:], "")
    alone = [at for at in found if not any(pattern.search(behind[at]) for pattern in NUMBER_HEADINGS)]
    return alone[0] if len(alone) == 1 else None


def _named(heading: Heading, name: str, argument: str) -> int:
    """The column of this heading, or of this letter where no heading says it."""
    wanted = _alike(name)
    for place, known in enumerate(heading.names):
        if _alike(known) == wanted:
            return place
    letters = name.strip()
    if _LETTERS.fullmatch(letters) and place_of(letters) < len(heading.names):
        return place_of(letters)
    raise InvalidArgumentError(
        argument,
        sentence("the list has no column of this name."),
        sentence("Leave it out to see the names of its columns."),
    )


def _alike(name: str) -> str:
    return _closed_up(" ".join(unicodedata.normalize("NFKC", name).casefold().split()))


def _closed_up(name: str) -> str:
    """A heading that was spread over its column with blanks: 姓　名 is 姓名."""
    return _SPREAD.sub("", name)
