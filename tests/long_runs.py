"""Of many that prove the same kind of thing, which are in `make test` and which in `make test-long` alone."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet


def some_long(values: Iterable[Any], every: int = 4) -> "list[ParameterSet]":
    """As values of a parameter: the first, and each so-many-th after it, are in both."""
    return [
        pytest.param(*_several(value), marks=[pytest.mark.long] if number % every else [])
        for number, value in enumerate(values)
    ]


def _several(value: object) -> tuple[Any, ...]:
    return cast("tuple[Any, ...]", value) if isinstance(value, tuple) else (value,)
