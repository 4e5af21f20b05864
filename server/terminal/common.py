"""What the commands share: the parts over the configured store, and how they speak."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console

from server.identity import local_user
from server.parts import Parts, build_parts, sandbox_store
from server.settings import load_settings

OK, FAILED = 0, 1


@asynccontextmanager
async def parts_of(config: Path | None, *, sandbox: bool) -> AsyncGenerator[Parts]:
    """The parts of the server that these settings describe; with `sandbox`, of `serve --sandbox`."""
    store = {"store": sandbox_store()} if sandbox else {}
    parts = build_parts(load_settings(config, **store))
    try:
        yield parts
    finally:
        await parts.journal.remember_head()
        await parts.vendors.close()
        await parts.store.close()


def console() -> Console:
    """Plain text without markup: what is printed can hold text from outside."""
    return Console(markup=False, highlight=False, soft_wrap=True)


def person() -> str:
    """Who sits at this terminal."""
    return local_user()
