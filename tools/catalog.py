"""Every operation, sorted by name."""

from collections.abc import Mapping
from functools import cache

from tools import desk, omis
from tools.desk_operation import AnyOperation
from tools.every8d import operations as every8d


def every_operation() -> tuple[AnyOperation, ...]:
    """The whole catalogue. Names are unique."""
    found = sorted(
        (*desk.OPERATIONS, *every8d.OPERATIONS, *omis.OPERATIONS), key=lambda operation: operation.name
    )
    names = [operation.name for operation in found]
    if len(set(names)) != len(names):
        raise ValueError("two operations have the same name")
    return tuple(found)


@cache
def by_name() -> Mapping[str, AnyOperation]:
    """The whole catalogue by the tools' names."""
    return {operation.name: operation for operation in every_operation()}
