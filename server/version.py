"""Which version runs."""

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """The installed version."""
    try:
        return version("campaign-ops-mcp")
    except PackageNotFoundError:
        return "0"
