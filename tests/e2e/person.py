"""People who answer the server's questions."""

import re
from typing import Any, Literal

import anyio
import mcp_types as types

_SHOWN = re.compile(r"^(?:Messages or reports|Recipients): (\S+)$", re.MULTILINE)
_ID = re.compile(r"^Id: \S*?(\S{1,4})$", re.MULTILINE)


class Person:
    """Reads the question as a person would: types the id or number that stands in it, or ticks the box."""

    def __init__(
        self,
        action: Literal["accept", "decline", "cancel"] = "accept",
        *,
        typed: str | None = None,
        thinks_for: float = 0,
    ) -> None:
        self.asked: list[str] = []
        self.action: Literal["accept", "decline", "cancel"] = action
        self._typed = typed
        self._thinks_for = thinks_for

    async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        """Answer a form."""
        assert isinstance(params, types.ElicitRequestFormParams)
        self.asked.append(params.message)
        await anyio.sleep(self._thinks_for)
        if self.action != "accept":
            return types.ElicitResult(action=self.action)
        return types.ElicitResult(action="accept", content=self._content(params))

    def _content(
        self, params: types.ElicitRequestFormParams
    ) -> dict[str, str | int | float | bool | list[str] | None]:
        if "proof" not in params.requested_schema["properties"]:
            return {"approve": True}
        return {"proof": self._typed if self._typed is not None else proof_in(params.message)}


def proof_in(question: str) -> str:
    """What a person types: how many there are, or else the end of the id."""
    found = _SHOWN.search(question) or _ID.search(question)
    assert found is not None, question
    return found[1]
