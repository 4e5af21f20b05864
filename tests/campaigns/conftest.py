"""Lists through the front door, and as they are read."""

from tests.e2e.one_era import era

__all__ = ["era"]
