"""The page for people: what a browser gets from a real listener, over a real store."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

import pytest

from tests.console.browser import Browser, shown_page
from tests.e2e.house import House, Session
from tests.e2e.one_era import era

__all__ = ["at_page", "era", "stranger"]
T = TypeVar("T")


@pytest.fixture
async def at_page(house: House) -> AsyncIterator[tuple[Session, Browser]]:
    """A server with an assistant that cannot show forms, and the browser of a person who signed in."""
    async with _in_one_task(_shown(house)) as (session, browser):
        await browser.sign_in()
        yield session, browser


@pytest.fixture
async def stranger(house: House) -> AsyncIterator[Browser]:
    """A browser that nobody let in."""
    async with _in_one_task(_shown(house)) as (_, browser):
        yield browser


@asynccontextmanager
async def _shown(house: House) -> AsyncGenerator[tuple[Session, Browser]]:
    async with house.session() as session:
        assert session.parts is not None
        async with shown_page(session.parts) as browser:
            yield session, browser


@asynccontextmanager
async def _in_one_task(what: AbstractAsyncContextManager[T]) -> AsyncGenerator[T]:
    """What a fixture enters and leaves: pytest does each in a task of its own, which anyio refuses."""
    entered: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    leave = asyncio.Event()

    async def hold() -> None:
        async with what as value:
            entered.set_result(value)
            await leave.wait()

    holding = asyncio.create_task(hold())
    await asyncio.wait([holding, entered], return_when=asyncio.FIRST_COMPLETED)
    if not entered.done():
        await holding
    try:
        yield entered.result()
    finally:
        leave.set()
        await holding
