"""The page for people: what it shows is what will be done, and nothing but a person's click decides."""

from tests.e2e.conftest import house
from tests.e2e.one_era import era

__all__ = ["era", "house"]
