"""The catalogue of sentences is whole, and every command speaks the language of the settings."""

from tests.e2e.one_era import era

__all__ = ["era"]
