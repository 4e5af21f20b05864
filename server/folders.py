"""Where a server keeps its things, by its settings."""

from pathlib import Path

from server.settings.settings import Settings
from server.store.places import data_directory, default_url


def folder_of(settings: Settings) -> Path:
    """Where everything of this server is kept, unless a setting says otherwise."""
    return settings.store.folder or data_directory()


def store_url_of(settings: Settings) -> str:
    """The store's URL, which may hold a password: SQLite in the folder, unless a setting names another."""
    return settings.store.url.get_secret_value() or default_url(folder_of(settings))


def reports_folder(settings: Settings) -> Path:
    """Where downloaded reports are kept."""
    return settings.files.reports or folder_of(settings) / "reports"


def head_file_of(settings: Settings) -> Path:
    """Where the audit's newest head is remembered, outside the store."""
    return settings.store.audit_head_file or folder_of(settings) / "audit.head"


def sandbox_store() -> dict[str, object]:
    """Where `serve --sandbox` keeps everything, apart from what is real, whatever the settings name."""
    return {
        "url": "",
        "folder": data_directory() / "sandbox",
        "audit_key_file": None,
        "audit_head_file": None,
    }
