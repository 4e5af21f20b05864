"""Every different text of a send that waits, by pages: what a question has no room for."""

import json
from typing import TYPE_CHECKING

from tools.catalog import every_operation
from tools.operation import Action, Preview, Surroundings

if TYPE_CHECKING:
    from server.store.actions import Action as Entry

PAGE = 20
"""Texts a page."""


def texts_of(entry: "Entry") -> tuple[str, ...]:
    """The texts as they will go out, from the arguments that the approval is bound to.

    Those of a file or of an earlier action stand in the preview, whole.
    """
    operation = next((each for each in every_operation() if each.name == entry.tool), None)
    if isinstance(operation, Action) and operation.audience and not (operation.files or operation.earlier):
        params = operation.params.model_validate(json.loads(entry.arguments))
        return operation.audience(params, Surroundings(now=entry.created_at)).texts
    return tuple(filter(None, (Preview.model_validate_json(entry.preview).text,)))


def page_of(texts: tuple[str, ...], page: int) -> tuple[list[tuple[int, str]], int]:
    """The texts of a page with their numbers, and how many pages there are."""
    pages = max(1, -(-len(texts) // PAGE))
    start = (page - 1) * PAGE
    return list(enumerate(texts[start : start + PAGE], start + 1)), pages
