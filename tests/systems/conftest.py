"""What differs between systems is in one place, and the server runs where only Windows' own is."""

from tests.e2e.one_era import era

__all__ = ["era"]
