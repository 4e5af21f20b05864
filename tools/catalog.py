"""Every operation, sorted by name, and the choice that settings make among them."""

from collections.abc import Collection

from tools import desk, every8d, omis
from tools.desk_operation import AnyOperation
from tools.operation import Risk, Vendor


def every_operation() -> tuple[AnyOperation, ...]:
    """The whole catalogue. Names are unique."""
    found = sorted(
        (*desk.OPERATIONS, *every8d.OPERATIONS, *omis.OPERATIONS), key=lambda operation: operation.name
    )
    names = [operation.name for operation in found]
    if len(set(names)) != len(names):
        raise ValueError("two operations have the same name")
    return tuple(found)


def chosen(
    *, vendors: Collection[Vendor], toolsets: Collection[str], read_only: bool, disabled: Collection[str]
) -> tuple[AnyOperation, ...]:
    """The operations to offer: those of vendors with an account, of the wanted toolsets, allowed by policy.

    What is switched off is not listed at all, so that a model never plans with it.
    """
    return tuple(
        operation
        for operation in every_operation()
        if operation.vendor in (None, *vendors)
        and operation.serves in (None, *vendors)
        and operation.toolset in toolsets
        and (operation.risk is Risk.READ or not read_only)
        and operation.name not in disabled
    )
