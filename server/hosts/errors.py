"""Why a file is left as it is."""


class UnchangeableError(ValueError):
    """The file is not what it should be, or is written in a way that is not changed here."""
