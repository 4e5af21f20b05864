"""Whose batches a look is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose batches are meant: those that sends of `principal` got, and perhaps those sent elsewhere."""

    principal: str
    elsewhere: bool

    def has(self, principal: str) -> bool:
        """Whether a batch that this principal sent is one of these; '' is one that was sent elsewhere."""
        return principal == self.principal or (self.elsewhere and not principal)
