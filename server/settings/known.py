"""The names that some settings choose among; imported where one of those is set."""

from phonenumbers import SUPPORTED_REGIONS

from tools.catalog import by_name

COUNTRIES = frozenset(SUPPORTED_REGIONS)
"""ISO 3166, two letters."""
TOOLS = tuple(by_name())
