"""What the commands share: the parts over the configured store, and who speaks."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from server.folders import sandbox_store
from server.gate.caller import Caller, local_user
from server.gate.words.answers import Answer
from server.parts import Parts, build_parts
from server.settings.settings import Settings, load_settings
from tools.desk_operation import AnyOperation

OK, FAILED = 0, 1


def settings_of(config: Path | None, *, sandbox: bool) -> Settings:
    """The settings of the server that a command is about; with `sandbox`, of `serve --sandbox`."""
    return load_settings(config, sandbox={"store": sandbox_store()} if sandbox else {})


@asynccontextmanager
async def parts_of(config: Path | None, *, sandbox: bool) -> AsyncGenerator[Parts]:
    """The parts of the server that these settings describe; with `sandbox`, of `serve --sandbox`."""
    async with parts_over(settings_of(config, sandbox=sandbox)) as parts:
        yield parts


@asynccontextmanager
async def parts_over(settings: Settings) -> AsyncGenerator[Parts]:
    """The parts of a server with these settings, closed at the end."""
    parts = build_parts(settings)
    try:
        yield parts
    finally:
        await parts.close()


async def unasked(parts: Parts, operation: AnyOperation, caller: Caller) -> Answer:
    """What the gate answers a caller who cannot be asked."""
    answer = await parts.gate.call(operation, {}, caller)
    if not isinstance(answer, Answer):
        raise TypeError("who cannot be asked is not asked")
    return answer


def person() -> str:
    """Who sits at this terminal."""
    return local_user()
