"""The lines of stdin, in front of the SDK's transport: a broken one is answered, not passed over.

The SDK drops a line that it cannot read, and its sender waits for ever; bytes that are no UTF-8 it replaces,
and a text would go out with the replacements in it.
"""

import json
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, BinaryIO, cast

import anyio
import anyio.to_thread
import mcp_types as types
from anyio.streams.memory import MemoryObjectSendStream
from mcp.server.mcpserver import MCPServer
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp_types import INVALID_REQUEST, PARSE_ERROR
from pydantic import ValidationError

from server.mcp.json_id import remains_of
from server.mcp.subscriptions import Subscriptions
from server.systems import InPipe, OutPipe, stdin_pipe, take_stdout

_UNREADABLE = "The line is no JSON in UTF-8, or holds half a character; nothing was done with it."
_NO_MESSAGE = "The line is no message of JSON-RPC 2.0; nothing was done with it."


class LineServer(MCPServer[None]):
    """The SDK's server, which answers broken lines on stdio and says when the client has gone."""

    on_stdin_closed: Callable[[], None] | None = None
    subscriptions: Subscriptions | None = None

    def listened_to(self, subscriptions: Subscriptions) -> None:
        """Let clients listen for changes."""
        self.subscriptions = subscriptions
        subscriptions.serve(self._lowlevel_server)

    @asynccontextmanager
    async def one_client(self) -> AsyncGenerator[None]:
        """Lets the one client of this connection listen in the older way, too."""
        if self.subscriptions is None:
            yield
            return
        self.subscriptions.serve_older(self._lowlevel_server)
        async with anyio.create_task_group() as telling:
            telling.start_soon(self.subscriptions.keep_telling)
            yield
            telling.cancel_scope.cancel()

    async def run_stdio_async(self) -> None:
        """Serve one client on stdin and stdout until it closes stdin."""
        errors, broken = anyio.create_memory_object_stream[types.JSONRPCError](0)
        source, pipe = stdin_pipe() or InFile(sys.stdin.buffer), take_stdout()
        lines = cast("anyio.AsyncFile[str]", Lines(source, errors, self.on_stdin_closed))
        answers = None if pipe is None else cast("anyio.AsyncFile[str]", Answers(pipe))
        lowlevel = self._lowlevel_server
        async with (
            errors,
            broken,
            stdio_server(stdin=lines, stdout=answers) as (read, write),
            self.one_client(),
            anyio.create_task_group() as beside,
        ):

            async def tell() -> None:
                async for error in broken:
                    await write.send(SessionMessage(error))

            beside.start_soon(tell)
            await lowlevel.run(read, write, lowlevel.create_initialization_options())
            beside.cancel_scope.cancel()


class Answers:
    """stdout, without the two ways to a thread and back that the SDK takes for each line."""

    def __init__(self, pipe: OutPipe) -> None:
        self._pipe = pipe

    async def write(self, text: str) -> None:
        """Hand over a line; a client that does not read is waited for in a thread."""
        line = text.encode()
        if not self._pipe.wrote_at_once(line):
            await anyio.to_thread.run_sync(self._pipe.write, line)

    async def flush(self) -> None:
        """Nothing is held back."""


class InFile:
    """stdin where only a thread can wait for it."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._limiter = anyio.CapacityLimiter(1)
        """Of its own: the thread waits for the client all the time."""

    async def readline(self) -> bytes:
        """The next line with its end; nothing at the end of the file."""
        return await anyio.to_thread.run_sync(self._source.readline, limiter=self._limiter)


class Lines:
    """Whole messages, line by line; for each broken line an error is sent, and the next one is read."""

    def __init__(
        self,
        source: InPipe | InFile,
        errors: MemoryObjectSendStream[types.JSONRPCError],
        on_end: Callable[[], None] | None = None,
    ) -> None:
        self._source = source
        self._errors = errors
        self._on_end = on_end

    def __aiter__(self) -> "Lines":
        return self

    async def __anext__(self) -> str:
        while line := await self._source.readline():
            if whole := await self._whole(line):
                return whole
        if self._on_end is not None:
            self._on_end()
        raise StopAsyncIteration

    async def _whole(self, line: bytes) -> str:
        """The line, or what stands for it; empty where nothing is to be passed on."""
        text = line.decode("utf-8-sig", "replace").strip()
        if not text:
            return ""
        problem = problem_of(line, text)
        if problem is None:
            return text
        found = remains_of(text)
        error = types.JSONRPCError(jsonrpc="2.0", id=found.id, error=problem)
        if found.is_response:
            # It was to answer a question of ours, which ends now instead of waiting for its time to run out.
            return error.model_dump_json(by_alias=True, exclude_unset=True)
        await self._errors.send(error)
        return ""


def problem_of(line: bytes, text: str) -> types.ErrorData | None:
    """Why a line is no message; None when it is one."""
    try:
        line.decode()
        message = types.jsonrpc_message_adapter.validate_json(text, by_name=False)
    except UnicodeDecodeError:
        return types.ErrorData(code=PARSE_ERROR, message=_UNREADABLE)
    except ValidationError as error:
        kinds: set[Any] = {each["type"] for each in error.errors(include_url=False, include_input=False)}
        if kinds <= {"json_invalid"}:
            return types.ErrorData(code=PARSE_ERROR, message=_UNREADABLE)
        return types.ErrorData(code=INVALID_REQUEST, message=_NO_MESSAGE)
    if isinstance(message, types.JSONRPCNotification) and "id" in json.loads(text):
        # An id that is neither a number nor a text: without it, it would pass for a notification.
        return types.ErrorData(code=INVALID_REQUEST, message=_NO_MESSAGE)
    return None
