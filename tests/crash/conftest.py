"""Processes killed or ended in mid-send: nothing is sent twice, nothing is called done that was not."""

from tests.e2e.one_era import era

__all__ = ["era"]
