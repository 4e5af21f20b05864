"""The gate's promises (docs/guardrails.md), mostly through the front door: real client, store and sandbox."""

from tests.e2e.one_era import era

__all__ = ["era"]
