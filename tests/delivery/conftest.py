"""Delivery reports from the vendor: what settles an action, what cannot, and in any order."""

from tests.e2e.one_era import era

__all__ = ["era"]
