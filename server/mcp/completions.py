"""Completions: the ids of the caller's newest batches, wherever a batch is asked for."""

import mcp_types as types

from server.late_parts import LateParts
from server.mcp.identity import principal
from server.store.errors import StoreUnavailableError

_SHOWN = 20
_FILLED_IN = ("batch_id", "batch_ids")
"""The arguments of prompts and resources that hold one id, or several with commas."""


async def complete(
    parts: LateParts,
    ref: types.PromptReference | types.ResourceTemplateReference,
    argument: types.CompletionArgument,
    context: types.CompletionContext | None,
) -> types.Completion:
    """What may follow what was typed; of several ids, the last one is completed."""
    if argument.name not in _FILLED_IN:
        return types.Completion(values=[])
    before, comma, typed = argument.value.rpartition(",")
    opened = await parts.opened()
    whose = opened.gate.limits_of(principal())
    try:
        await opened.memory.catch_up()
        found = await opened.watching.newest_ids(whose, typed.strip(), _SHOWN + 1)
    except StoreUnavailableError:
        return types.Completion(values=[])
    values = [f"{before}{comma}{each}" for each in found[:_SHOWN]]
    return types.Completion(values=values, has_more=len(found) > _SHOWN)
