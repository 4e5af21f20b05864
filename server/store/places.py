"""Where the store is when settings name no other place."""

from pathlib import Path


def default_url(folder: Path | None = None) -> str:
    """SQLite in this folder, the user's data folder by default; made, for its owner alone, at the opening."""
    return f"sqlite:///{(folder or data_directory()) / 'store.sqlite3'}"


def data_directory() -> Path:
    """The folder of the store, of the audit's key and of its head."""
    from platformdirs import user_data_path  # noqa: PLC0415 - needed once, when settings name no folder

    return user_data_path("campaign-ops-mcp", appauthor=False)
