"""Whose batches a look is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose batches are meant: those that sends of `principal` got, and perhaps those sent elsewhere."""

    principal: str
    elsewhere: bool
