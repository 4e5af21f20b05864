"""The pages of MCP Apps, as they are served and as a browser shows them."""

from tests.e2e.one_era import era

__all__ = ["era"]
