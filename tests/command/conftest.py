"""The commands of the terminal: approvals, the audit, doctor, and what they print and leave."""

from tests.e2e.one_era import era

__all__ = ["era"]
