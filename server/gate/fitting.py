"""How long an answer may get: what is too long for a conversation is cut at a row, and the answer says so."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, cast

from tools.operation import PagedParams, Params

USUAL_TOKENS = 1_200
"""At most so many where nobody asked for a longer page."""
MOST_TOKENS = 5_500
"""At most so many whatever was asked for: 6,000, less what the estimate can be short of."""
_FOR_WORDS = 80
"""Kept back for what is said of a cut."""
_LONG = 200
"""Characters of a text that stay in any case."""
_PIECE = re.compile(r"[0-9]{1,3}|[a-z]+|[A-Z]+|[^\x00-\x7f]|[!-/:-@\[-`{-~]{1,3}")
_MOST_A_CHARACTER = 3
"""Tokens that a character can be taken for."""
_HAN = range(0x3000, 0xA000)
"""Chinese characters and their signs."""


def fitted(facts: Mapping[str, Any], params: Params) -> dict[str, Any]:
    """Return the facts, without the rows, other entries and ends of texts for which there is no room."""
    usual = isinstance(params, PagedParams) and "page_size" not in params.model_fields_set
    room = USUAL_TOKENS if usual else MOST_TOKENS
    text = _text(facts)
    if _MOST_A_CHARACTER * len(text) <= room or _count(text, usual=usual) <= room:
        return dict(facts)
    kept, said = deepcopy(dict(facts)), [str(facts.get("warning", ""))]
    room -= _FOR_WORDS
    for holder, name in sorted(_cuttable(kept), key=lambda each: _order(each, usual=usual)):
        value = holder[name]
        holder[name] = type(value)()
        holder[name] = _beginning(value, room - tokens(kept, usual=usual), usual=usual)
        said.append(_told(name, value, holder[name], params))
        if tokens(kept, usual=usual) <= room:
            break
    return kept | {"warning": " ".join(filter(None, said))}


def tokens(facts: Any, *, usual: bool) -> int:
    """About how many tokens these facts are as the text of an answer: rather too many than too few.

    `usual` reckons with words and characters that are in use; without it, any text has at least its due.
    """
    return _count(_text(facts), usual=usual)


def _text(facts: Any) -> str:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _count(text: str, *, usual: bool) -> int:
    return int(sum(_weight(piece, usual=usual) for piece in _PIECE.findall(text)))


def _weight(piece: str, *, usual: bool) -> float:
    if piece.isascii():
        letters = (4 if piece.islower() and usual else 2) if piece.isalpha() else len(piece)
        return -(-len(piece) // letters)
    return (1.25 if usual else 2) if ord(piece) in _HAN else _MOST_A_CHARACTER


def _cuttable(facts: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every list and long text, with what holds it."""
    for name, value in facts.items():
        if isinstance(value, dict):
            yield from _cuttable(cast("dict[str, Any]", value))
        elif (isinstance(value, list) and name != "columns") or (
            isinstance(value, str) and len(value) > _LONG
        ):
            yield facts, name


def _order(place: tuple[dict[str, Any], str], *, usual: bool) -> tuple[bool, int]:
    """Lists before texts, and the longest first."""
    holder, name = place
    return isinstance(holder[name], str), -tokens(holder[name], usual=usual)


def _beginning(value: Any, room: int, *, usual: bool) -> Any:
    """The first entries that fit, one in any case; or the beginning of a text."""
    if isinstance(value, str):
        return value[: max(_LONG, len(value) * room // tokens(value, usual=usual))] + "…"
    kept: list[Any] = []
    for entry in value:
        room -= tokens(entry, usual=usual)
        if kept and room < 0:
            break
        kept.append(entry)
    return kept


def _told(name: str, value: Any, kept: Any, params: Params) -> str:
    """What is missing, and how to get it."""
    if isinstance(value, str):
        return f"Only the beginning of `{name}` is here: all of it would be too long."
    if name != "rows" or not isinstance(params, PagedParams):
        return f"Only {len(kept)} of {len(value)} in `{name}` are here: all would be too long."
    following = ((params.page - 1) * params.page_size + len(kept)) // len(kept) + 1
    return (
        f"Only the first {len(kept)} of this page's {len(value)} rows are here: all would be too long. "
        f"Go on with page={following}, page_size={len(kept)}."
    )
