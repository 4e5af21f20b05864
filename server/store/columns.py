"""Column types that mean the same on both engines."""

from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator

_UNITS = 10_000

Sequence = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite makes only an INTEGER primary key the row's own number."""


class Binding(Protocol):
    """Makes of a value what the driver takes: of ours alone, without SQLAlchemy's two steps around it."""

    def __call__(self, value: Any) -> Any:
        """The value for the driver."""
        ...


class Moment(TypeDecorator[datetime]):
    """A time as UTC text to the microsecond, `2026-01-31T12:00:00.000000Z`: sorts as it reads."""

    impl = String(27)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Binding:
        """An aware time as text."""
        return _moment_text

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """The text as an aware time in UTC."""
        return None if value is None else moment_of(value)


class Points(TypeDecorator[Decimal]):
    """Points as a whole number of ten-thousandths: SQLite has no exact decimals, and sums must be exact."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """The points in units, rounded up: an outcome is recorded however finely a vendor counts."""
        return None if value is None else units_of(value)

    def process_result_value(self, value: int | Decimal | None, dialect: Dialect) -> Decimal | None:
        """Points as people write them, without trailing zeros (`4`, `0.5`)."""
        return None if value is None else points_of(value)


class Words(TypeDecorator[str]):
    """Text from anywhere. PostgreSQL refuses NUL and both engines refuse half a surrogate pair."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Binding:
        """The text with what cannot be stored replaced by U+FFFD or `?`."""
        return _storable


def _storable(value: str | None) -> str | None:
    if value is None or (value.isascii() and "\0" not in value):
        return value
    return value.replace("\0", "�").encode("utf-8", "replace").decode("utf-8")


def _moment_text(value: datetime | None) -> str | None:
    return None if value is None else moment_text(value)


@lru_cache(maxsize=1_000)
def moment_text(moment: datetime) -> str:
    """The time as the store writes it.

    Raises:
        ValueError: the time has no offset, so nobody can tell which moment it is.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without an offset.")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def moment_of(text: str) -> datetime:
    """The time that the store writes so."""
    return datetime.fromisoformat(text)


def units_of(points: Decimal) -> int:
    """The points as the store writes them, rounded up."""
    return int((points * _UNITS).to_integral_value(ROUND_CEILING))


@lru_cache(maxsize=1_000)
def points_of(units: int | Decimal) -> Decimal:
    """The points that the store writes so, without trailing zeros (`4`, `0.5`)."""
    points = Decimal(int(units)) / _UNITS
    return points.quantize(Decimal(1)) if points == int(points) else points.normalize()
