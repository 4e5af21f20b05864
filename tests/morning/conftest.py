"""An operator's morning: questions, each answered right, in few calls and few tokens."""

from tests.e2e.one_era import era

__all__ = ["era"]
