"""Records: batches, messages, replies and what is told from them, through the front door."""

from tests.e2e.one_era import era

__all__ = ["era"]
