"""The TAB-separated pages of EVERY8D: delivery reports and replies."""

import re
from collections.abc import Collection

from tools.wire.errors import UnreadableReply
from tools.wire.page import STATUS_CODE, Page, rows_of_page
from tools.wire.refusal import Refusal, read_refusal

__all__ = ["Page", "read_page", "read_replies"]

_MOBILE, _STATUS = 1, 4
_REPLIES_A_PAGE, _PLAIN_TABS = 10, 3
_MOST_PIECES = 500
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
    rows = _rows(lines, columns)
    if rows and not ended:
        _check_last(rows[-1])
    return Page(total=total, rows=rows)


def read_replies(text: str, *, page: int) -> Page | Refusal:
    """Return page number `page` (from 1) of replies (document 003, section 2.4), or the vendor's refusal.

    A row is (name, mobile, content, time). The content is what a stranger typed and can hold TABs, line
    breaks and whole rows. A row opens with a name, a TAB, a mobile number and a TAB, and ends with a TAB and
    a time before the next such opening. The total says how many rows the page has, and only a division into
    so many is sure; what cannot be divided surely is in
    `Page.undivided`, line by line as it came. Of a page with fewer
    places to divide at than rows, only the rows of one line and four columns are sure.

    Raises UnreadableReply without a total, and for more than 500 places to divide at.
    """
    refusal = read_refusal(text)
    if refusal is not None:
        return refusal
    total, lines, _ended = _split(text)
    pieces = _pieces(lines)
    if len(pieces) > _MOST_PIECES or (pieces and not total):
        raise UnreadableReply(f"A total, and at most {_MOST_PIECES} replies, were expected.")
    expected = rows_of_page(total, page=page, size=_REPLIES_A_PAGE)
    rows, undivided = _divided(pieces, expected)
    left = tuple(line for piece in undivided for line in piece.split("\n"))
    return Page(total=total, rows=rows, undivided=left)


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


def _rows(lines: list[str], columns: Collection[int]) -> tuple[tuple[str, ...], ...]:
    rows = [line.split("\t") for line in lines]
    counts = {len(row) for row in rows}
    if not counts <= set(columns) or any("\r" in line for line in lines):
        expected = " or ".join(str(count) for count in sorted(columns))
        raise UnreadableReply(f"Rows of {expected} columns, separated by TABs, were expected.")
    if len(counts) > 1:
        raise UnreadableReply("The same number of columns was expected in every row.")
    # Few different codes stand in a thousand rows.
    if not all(STATUS_CODE.fullmatch(code.strip()) for code in {row[_STATUS] for row in rows}):
        raise UnreadableReply("A status code was expected in the fifth column.")
    for row in rows:
        row[_MOBILE] = row[_MOBILE].strip()
    return tuple(map(tuple, rows))


def _check_last(row: tuple[str, ...]) -> None:
    whole = _WHOLE_STATUS if len(row) == _STATUS + 1 else _WHOLE_TIME
    if not whole.fullmatch(row[-1].strip()):
        raise UnreadableReply("A whole last row was expected; the page seems to be cut off.")


def _pieces(lines: list[str]) -> list[str]:
    """Return what lies between the places at which a row could begin; a row is one of them, or several."""
    pieces: list[list[str]] = []
    for line in lines:
        if pieces and not (_REPLY_OPENS.match(line) and _REPLY_ENDS.search(pieces[-1][-1])):
            pieces[-1].append(line)
        else:
            pieces.append([line])
    return ["\n".join(piece) for piece in pieces]


def _divided(pieces: list[str], expected: int) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    if expected == 1:
        # Whatever it looks like inside, it is one stranger's.
        pieces = ["\n".join(pieces)] if pieces else []
    rows = [_reply(piece) for piece in pieces]
    whole = tuple(row for row in rows if row is not None)
    if len(whole) == len(pieces) == expected:
        return whole, ()
    if len(pieces) > expected:
        return (), tuple(pieces)
    plain = [
        row if piece.count("\t") == _PLAIN_TABS and "\n" not in piece else None
        for piece, row in zip(pieces, rows, strict=True)
    ]
    left = (piece for piece, row in zip(pieces, plain, strict=True) if row is None)
    return tuple(row for row in plain if row is not None), tuple(left)


def _reply(piece: str) -> tuple[str, ...] | None:
    if not _REPLY_OPENS.match(piece) or not _REPLY_ENDS.search(piece):
        return None
    name, mobile, rest = piece.split("\t", 2)
    content, tab, time = rest.rpartition("\t")
    return (name, mobile.strip(), content, time.strip()) if tab else None
