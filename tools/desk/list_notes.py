"""What a person has to know of a list, or to decide, in sentences of ours."""

from tools.counting import many
from tools.list_desk import ListFound
from tools.lists.masking import mask_value
from tools.lists.reasons import Reason
from tools.lists.tally import Rows, Tally

MOST_NAMES = 20
"""Names of columns in an answer."""
_NAMED = 3
_NONE = Rows()


def list_notes(found: ListFound, *, consent: bool) -> list[str]:
    """Of a list that was read; `consent`: whether a column of it had to say yes."""
    notes = [*to_decide(found), *without_format(found), *not_read(found)]
    return [*notes, *_consent(found, consent=consent), *_rest(found)]


def _rest(found: ListFound) -> list[str]:
    blank = found.tally.blank
    empty = (blank.count, f"A texted field is empty in {many(blank.count, 'row')}: {places(blank)}.")
    return [*to_know(found.tally), *said(empty), *_limits(found)]


def places(rows: Rows) -> str:
    """Row numbers as the spreadsheet shows them."""
    more = rows.count - len(rows.first)
    return ", ".join(map(str, rows.first)) + (f" and {more} more" if more else "")


def said(*notes: tuple[object, str]) -> list[str]:
    """The notes of which the first half holds."""
    return [note for holds, note in notes if holds]


def to_decide(found: ListFound) -> list[str]:
    """What nobody has decided yet: what is left out, or was not looked at, until a person says so."""
    reasons = found.tally.reasons
    hidden = reasons.get(Reason.HIDDEN_ROW, _NONE).count
    by = "A filter hides" if found.filtered else "Hidden:"
    return said(
        (hidden, f"{by} {many(hidden, 'row')}, left out. Ask the person; include_hidden reads them."),
        (
            found.rivals,
            f"Numbers stand in {len(found.rivals) + 1} sheets; one was read. Ask which one is meant.",
        ),
    )


def without_format(found: ListFound) -> list[str]:
    """Which columns are texted in other words than the sheet shows."""
    named = ", ".join(
        f"{{{each.column}}} row {each.row} as {mask_value(each.text)}" for each in found.unformatted[:_NAMED]
    )
    return said(
        (named, f"Numbers in a format of the sheet that is not rendered are texted plainly: {named}.")
    )


def not_read(found: ListFound) -> list[str]:
    """What of a list a person may have meant, and what nobody looked at."""
    return said(
        (found.hidden_sheets, "Hidden sheets were not read. Ask the person whether one is meant."),
        (
            found.examples,
            f"Texted like any other, an example by its words: row {', '.join(map(str, found.examples))}.",
        ),
        (
            found.struck.count,
            f"Texted like any other, struck through in the sheet: row {places(found.struck)}.",
        ),
        (
            found.longer.count,
            f"More cells than the heading has, as if a comma parted one: row {places(found.longer)}.",
        ),
        (
            any(other.startswith(f"{name} (") for other in found.other_numbers for name in found.mobile),
            "A second column is headed like that of the numbers, as of a table beside it: it was not read.",
        ),
        (found.hidden_columns, "A column in use is hidden in the sheet. Ask the person whether it is meant."),
        (
            Reason.SEVERAL_NUMBERS in found.tally.reasons,
            "Of several numbers in a cell none is taken: a person chooses in the file.",
        ),
    )


def _consent(found: ListFound, *, consent: bool) -> list[str]:
    told = "A column may say who agreed: name it in consent to require it."
    return said((found.consents and not consent, told))


def to_know(tally: Tally) -> list[str]:
    """What was done to the rows of a list that are texted."""
    differing, old = tally.differing, tally.old
    return said(
        (
            differing.count,
            f"Unlike the row that counts in a field: {many(differing.count, 'row')}, {places(differing)}.",
        ),
        (tally.restored, f"The lost leading 0 of {many(tally.restored, 'number')} was put back."),
        (tally.joined, f"Line breaks in {many(tally.joined, 'row')} became spaces."),
        (old.count, f"Values of another workbook may be old in {many(old.count, 'row')}: {places(old)}."),
    )


def _limits(found: ListFound) -> list[str]:
    unnamed = len(found.columns) - MOST_NAMES
    return said(
        (found.damaged, "Some bytes fit no text; they show as U+FFFD."),
        (unnamed > 0, f"Not named here: {many(unnamed, 'more column')}."),
        (found.no_rule, f"Every send is refused for now: of the blocked numbers, {found.no_rule}."),
    )
