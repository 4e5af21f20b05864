"""What went wrong, out of the task groups that it came through."""

from typing import cast


def first_cause(error: BaseException) -> BaseException:
    """The first failure that is no group of failures."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return error
