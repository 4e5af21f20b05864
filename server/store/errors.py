"""What the store raises. Nothing here imports a database: whoever only reports an error needs none."""


class StoreUnavailableError(Exception):
    """The store cannot be opened, read or written. The text is ours, without path, URL or values."""


class StoreBusyError(StoreUnavailableError):
    """Another process holds it just now, for longer than was waited."""


class StoreGoneError(StoreUnavailableError):
    """The store's file is no longer where it was: it has to be opened anew."""
