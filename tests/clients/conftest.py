"""Clients that nobody here wrote hear every answer of the server."""

from tests.e2e.one_era import era

__all__ = ["era"]
