"""The good case of a tool: what to call it with, and what must come of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.e2e.house import Facts, House, Session

Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`prepare` brings the vendor into the right state and gives the arguments; `check` reads the answer."""

    prepare: Callable[[House, Session], Awaitable[Arguments]]
    check: Callable[[Facts], None]


def with_arguments(**arguments: Any) -> Callable[[House, Session], Awaitable[Arguments]]:
    """Arguments that need nothing prepared."""

    async def prepare(_house: House, _session: Session) -> Arguments:
        return arguments

    return prepare


def contains(facts: Facts, expected: Facts) -> None:
    """Each expected field stands in the facts with that very value."""
    assert {name: facts.get(name) for name in expected} == expected
