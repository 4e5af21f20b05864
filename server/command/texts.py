"""Every different text of a send, by pages: what a question has no room for."""

import contextlib
import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from server.command.terminal import Terminal
from tools.catalog import by_name
from tools.cleaning import quote
from tools.operation import Action, OwnAction, Preview, Surroundings
from tools.sentence import plural, sentence

if TYPE_CHECKING:
    from server.store.actions import Action as Entry

PAGE = 20
"""Texts a page."""


def texts_of(entry: "Entry") -> tuple[str, ...]:
    """The texts as they will go out, from the arguments that the approval is bound to.

    Those of a file, an earlier action or a campaign stand in the preview; so does what is left of a send from
    which the people were taken.
    """
    operation = by_name().get(entry.tool)
    if isinstance(operation, Action) and operation.audience and not _elsewhere(operation):
        with contextlib.suppress(ValidationError):
            params = operation.params.model_validate(json.loads(entry.arguments))
            return operation.audience(params, Surroundings(now=entry.created_at)).texts
    return tuple(filter(None, (Preview.model_validate_json(entry.preview).text,)))


def _elsewhere(operation: Action[Any, Any]) -> bool:
    return bool(operation.files or operation.earlier) or isinstance(operation, OwnAction)


def page_of(texts: tuple[str, ...], page: int) -> tuple[list[tuple[int, str]], int]:
    """The texts of a page with their numbers, and how many pages there are."""
    pages = max(1, -(-len(texts) // PAGE))
    start = (page - 1) * PAGE
    return list(enumerate(texts[start : start + PAGE], start + 1)), pages


def say_texts(out: Terminal, entry: "Entry", page: int) -> bool:
    """Every different text of an action as it will go out; False beyond the last page."""
    texts = texts_of(entry)
    shown, pages = page_of(texts, page)
    if page > pages:
        out.say(
            sentence(
                "{id} has {texts} on {pages}.",
                id=entry.id,
                texts=plural("{count} different text", "{count} different texts", len(texts)),
                pages=plural("{count} page", "{count} pages", pages),
            )
        )
        return False
    for number, text in shown:
        out.say(
            sentence(
                "Text {number} of {total}: {quoted}",
                number=number,
                total=len(texts),
                quoted=quote(text, limit=4 * len(text) + 4),
            )
        )
    if page < pages:
        out.say(
            sentence(
                "Page {page} of {pages}; the next with --page {next}.",
                page=page,
                pages=pages,
                next=page + 1,
            )
        )
    return True
