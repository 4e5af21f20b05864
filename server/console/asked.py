"""What a person asked of a page: the page of a list, and a form's fields. What cannot be read is left out."""

from datetime import date

from starlette.datastructures import FormData
from starlette.requests import Request

ROWS = 25
"""Rows of a list's page."""
_LONGEST = 6


def page_asked(request: Request, name: str = "page") -> int:
    """The page of a list, counted from 1; what is no number is the first."""
    written = request.query_params.get(name, "")
    is_one = written.isascii() and written.isdecimal() and len(written) <= _LONGEST
    return max(1, int(written)) if is_one else 1


def day_asked(request: Request, name: str) -> str:
    """A day as 2026-12-31; '' for none."""
    written = request.query_params.get(name, "")
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return ""


def field(form: FormData, name: str) -> str:
    """A field's text without spaces around it."""
    given = form.get(name, "")
    return given.strip() if isinstance(given, str) else ""
