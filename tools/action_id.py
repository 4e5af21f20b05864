"""The id of an action as people type it and as the ledger has it."""

import re

_ID = re.compile("[0-9A-Z]{4}-[0-9A-Z]{4}")
_LOOKALIKES = str.maketrans("OIL", "011", "- ")


def normalise_id(written: str) -> str:
    """The id as the ledger has it, from what somebody typed (`7kq2 m9xd`, O for 0, I or L for 1)."""
    letters = written.strip().upper().translate(_LOOKALIKES)
    return f"{letters[:4]}-{letters[4:]}"


def is_id(normalised: str) -> bool:
    """Whether it can be the id of an action; PostgreSQL refuses to compare some of what cannot."""
    return _ID.fullmatch(normalised) is not None


def reference_of(action_id: str) -> str:
    """An action's id as it stands in SB and comes back in callbacks."""
    return action_id.replace("-", "")
