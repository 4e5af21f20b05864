"""A list of recipients in a person's words: how many can be texted, and which rows cannot, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from tools.canvas import figure
from tools.cleaning import clean
from tools.list_desk import ListFound
from tools.lists.masking import mask_value
from tools.lists.reason_words import reason_said
from tools.lists.tally import Rows
from tools.mobile import mask_mobile
from tools.sentence import Sentence, plural, sentence

_NAMES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTexted:
    """Rows that get no text for one reason."""

    said: Sentence
    count: str
    rows: Sentence | str
    """The first ones, as the spreadsheet numbers them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A row that is texted, masked."""

    row: int
    mobile: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCard:
    """One list as the page shows it."""

    recipients: int
    rows: int
    not_texted: tuple[NotTexted, ...]
    notes: tuple[str, ...]
    columns: tuple[str, ...]
    mobile: tuple[str, ...]
    samples: tuple[Sample, ...]


def list_card(found: ListFound, *, show_numbers: bool) -> ListCard:
    """What the list comes to, the most frequent fault first."""
    tally = found.tally
    faults = sorted(tally.reasons.items(), key=lambda each: (-each[1].count, each[0]))
    return ListCard(
        recipients=tally.recipients,
        rows=tally.rows,
        not_texted=tuple(
            NotTexted(said=reason_said(reason), count=figure(rows.count), rows=_places(rows))
            for reason, rows in faults
        ),
        notes=tuple(_notes(found)),
        columns=tuple(map(clean, found.columns[:_NAMES])),
        mobile=tuple(map(clean, found.mobile)),
        samples=tuple(
            Sample(
                row=each.row,
                mobile=each.mobile if show_numbers else mask_mobile(each.mobile),
                fields=tuple(map(mask_value, each.fields)),
            )
            for each in tally.samples
        ),
    )


def _places(rows: Rows) -> Sentence | str:
    first, more = ", ".join(map(str, rows.first)), rows.count - len(rows.first)
    return sentence("{rows} and {more} more", rows=first, more=more) if more else first


def _notes(found: ListFound) -> Iterator[Sentence]:
    tally = found.tally
    if found.rivals:
        yield sentence("Numbers stand in several sheets; one was read: {sheet}.", sheet=clean(found.sheet))
    if found.hidden_sheets:
        yield sentence("Hidden sheets were not read.")
    if found.hidden_columns:
        yield sentence("A column in use is hidden in the sheet.")
    if differing := tally.differing.count:
        yield plural(
            "{count} duplicate says something else than the row that counts.",
            "{count} duplicates say something else than the row that counts.",
            differing,
        )
    if tally.restored:
        yield plural(
            "The lost leading 0 of {count} number was put back.",
            "The lost leading 0 of {count} numbers was put back.",
            tally.restored,
        )
    if tally.abroad:
        yield sentence("{count} numbers are abroad: three times the price.", count=tally.abroad)
    if found.damaged:
        yield sentence("Some bytes fit no text: the file may be damaged.")
    if found.no_rule:
        yield sentence(
            "Every send is refused for now: of the blocked numbers, {problem}.", problem=found.no_rule
        )
