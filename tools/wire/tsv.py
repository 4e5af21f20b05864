"""The TAB-separated pages of EVERY8D: delivery reports and replies."""

import re
from collections.abc import Collection

from tools.wire.errors import UnreadableReply
from tools.wire.page import STATUS_CODE, Page
from tools.wire.refusal import Refusal, read_refusal

__all__ = ["Page", "read_page", "read_replies"]

_MOBILE, _STATUS = 1, 4
_REPLIES_A_PAGE = 10
_TOTAL = re.compile(r"0|[1-9][0-9]{0,8}")
_TIME = r"[0-9]{4}([/-])[0-9]{2}\1[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,7})?"
# What the last column of a page without a last line end may be: anything else can be half a value.
_WHOLE_STATUS = re.compile(r"0|[0-9]{3}|-[0-9]{1,2}")
_WHOLE_TIME = re.compile(f"(?:{_TIME})?")
# Services have numbers of three or four digits (1922).
_REPLY_OPENS = re.compile(r"[^\t\n]*\t *\+?[0-9]{3,20} *\t")
_REPLY_ENDS = re.compile(rf"\t{_TIME} *\Z")


def read_page(text: str, *, columns: Collection[int]) -> Page | Refusal:
    """Return a page of delivery reports (document 003, sections 2.2 and 2.3), or the vendor's refusal.

    The first line is the batch's total; `columns` are the numbers of columns that a row may have, the same
    in all rows: NAME, MOBILE, SEND_TIME, COST, STATUS and perhaps RECEIVED_TIME. Rows are not stripped,
    since NAME is usually empty; MOBILE is, since some hosts pad it to 20 characters.

    Raises UnreadableReply for other rows and for a page cut in mid row. A page cut at a line end is for
    `Page.is_complete` to find; the status -10 cut to -1, and a time cut off whole, are for the HTTP layer.
    """
    refusal = read_refusal(text)
    if refusal is not None:
        return refusal
    total, lines, ended = _split(text)
    rows = tuple(_row(line, columns) for line in lines)
    if len({len(row) for row in rows}) > 1:
        raise UnreadableReply("The same number of columns was expected in every row.")
    if rows and not ended:
        _check_last(rows[-1])
    return Page(total=total, rows=rows)


def read_replies(text: str) -> Page | Refusal:
    """Return a page of replies (document 003, section 2.4), or the vendor's refusal.

    A row is (name, mobile, content, time). The content is what a stranger typed and can hold TABs and line
    breaks, so a row opens with a name, a TAB, a mobile number and a TAB, and ends with a TAB and a time
    before the next such opening. Raises UnreadableReply for a page that does not divide so, and for more
    rows than a page has (10): then a content has the form of a row, and no division can be trusted.
    """
    refusal = read_refusal(text)
    if refusal is not None:
        return refusal
    total, lines, _ended = _split(text)
    rows = _reply_rows(lines)
    if len(rows) > _REPLIES_A_PAGE:
        raise UnreadableReply(f"No more than {_REPLIES_A_PAGE} replies on a page were expected.")
    return Page(total=total, rows=rows)


def _split(text: str) -> tuple[int, list[str], bool]:
    """Return the total, the other lines, and whether the last one had a line end."""
    body = text.strip("\ufeff")
    first, line_end, rest = body.partition("\n")
    first = first.strip(" \t\r")
    if not _TOTAL.fullmatch(first) or (first != "0" and not line_end):
        raise UnreadableReply("A total on a line of its own was expected before the rows.")
    kept = rest.rstrip("\r\n")
    lines = [line.removesuffix("\r") for line in kept.split("\n")] if kept else []
    return int(first), lines, rest.endswith("\n")


def _row(line: str, columns: Collection[int]) -> tuple[str, ...]:
    row = line.split("\t")
    if len(row) not in columns or "\r" in line:
        expected = " or ".join(str(count) for count in sorted(columns))
        raise UnreadableReply(f"Rows of {expected} columns, separated by TABs, were expected.")
    if not STATUS_CODE.fullmatch(row[_STATUS].strip()):
        raise UnreadableReply("A status code was expected in the fifth column.")
    row[_MOBILE] = row[_MOBILE].strip()
    return tuple(row)


def _check_last(row: tuple[str, ...]) -> None:
    whole = _WHOLE_STATUS if len(row) == _STATUS + 1 else _WHOLE_TIME
    if not whole.fullmatch(row[-1].strip()):
        raise UnreadableReply("A whole last row was expected; the page seems to be cut off.")


def _reply_rows(lines: list[str]) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    waiting: list[str] = []
    for line in lines:
        if waiting and _REPLY_OPENS.match(line) and _REPLY_ENDS.search(waiting[-1]):
            rows.append(_reply(waiting))
            waiting = []
        waiting.append(line)
    if waiting:
        rows.append(_reply(waiting))
    return tuple(rows)


def _reply(lines: list[str]) -> tuple[str, ...]:
    row = "\n".join(lines)
    if not _REPLY_OPENS.match(row) or not _REPLY_ENDS.search(row):
        raise UnreadableReply(
            "Replies that open with a mobile number and end with a whole time were expected."
        )
    name, mobile, rest = row.split("\t", 2)
    content, tab, time = rest.rpartition("\t")
    if not tab:
        raise UnreadableReply("Replies of four columns were expected.")
    return name, mobile.strip(), content, time.strip()
