"""A file that was kept for the user."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFile:
    """A file that the desk keeps for the user, under a name of ours."""

    name: str
    uri: str
    size: int
