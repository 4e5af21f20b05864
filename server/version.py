"""Which version runs."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def own_version() -> str:
    """The installed version."""
    try:
        return version("campaign-ops-mcp")
    except PackageNotFoundError:
        return "0"
