"""The two eras of the protocol, as the client's mode names them."""

from typing import Literal

Era = Literal["auto", "legacy"]
"""2026-07-28, and what was before it."""
ERAS: tuple[Era, ...] = ("auto", "legacy")
