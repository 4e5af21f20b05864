"""Replies, surroundings and a driver for the operations of OMIS; no network anywhere."""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

from hypothesis import settings

from server.campaigns.workbook_rows import workbook_rows
from tools.desk_operation import AnyOperation, Desk, DeskOperation
from tools.omis import OPERATIONS
from tools.operation import Action, OmisOptions, Preview, Query, Reply, Request, Steps, Surroundings
from tools.saved_file import SavedFile
from tools.taipei import TAIPEI

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=TAIPEI)
AROUND = Surroundings(now=NOW)
BY_NAME: Mapping[str, AnyOperation] = {operation.name: operation for operation in OPERATIONS}

# The long run sets 20000.
EXAMPLES = int(os.environ.get("TEST_EXAMPLES", "60"))
thorough = settings(max_examples=EXAMPLES, database=None)

T = TypeVar("T")


def xml(inner: str, *, root: str = "OMIS") -> Reply:
    body = f'<?xml version="1.0" encoding="utf-8"?><{root}>{inner}</{root}>'.encode()
    return Reply(status=200, body=body, content_type="text/xml; charset=utf-8")


def csv(text: str) -> Reply:
    return Reply(status=200, body=text.encode(), content_type="text/csv")


def element(name: str, fields: Mapping[str, object]) -> str:
    return f"<{name}>" + "".join(f"<{key}>{value}</{key}>" for key, value in fields.items()) + f"</{name}>"


def drive(steps: Steps[T], *replies: Reply) -> tuple[T, list[Request]]:
    """Feed the replies in order; every reply must be asked for, and no request may be left."""
    requests: list[Request] = []
    waiting = list(replies)
    try:
        request = next(steps)
        while True:
            assert isinstance(request, Request)
            requests.append(request)
            assert waiting, f"an unexpected request: {request}"
            request = steps.send(waiting.pop(0))
    except StopIteration as done:
        assert not waiting
        return done.value, requests


def query(name: str, arguments: Mapping[str, object], *replies: Reply, around: Surroundings = AROUND) -> Any:
    operation = BY_NAME[name]
    assert isinstance(operation, Query)
    return drive(operation.steps(operation.params(**arguments), around), *replies)


def build(name: str, arguments: Mapping[str, object], around: Surroundings = AROUND) -> Request:
    operation = BY_NAME[name]
    assert isinstance(operation, Action)
    return operation.build(operation.params(**arguments), around)


def parse(name: str, arguments: Mapping[str, object], reply: Reply, around: Surroundings = AROUND) -> Any:
    operation = BY_NAME[name]
    assert isinstance(operation, Action)
    return operation.parse(reply, operation.params(**arguments), around)


def preview(
    name: str, arguments: Mapping[str, object], *replies: Reply, around: Surroundings = AROUND
) -> tuple[Preview, list[Request]]:
    operation = BY_NAME[name]
    assert isinstance(operation, Action)
    assert operation.preview is not None
    return drive(operation.preview(operation.params(**arguments), around), *replies)


class FakeDesk:
    """A desk whose vendor is a list of replies, and whose folder is a list."""

    def __init__(self, *replies: Reply, omis: OmisOptions | None = None) -> None:
        self.surroundings = Surroundings(now=NOW, omis=omis or OmisOptions())
        self.replies = replies
        self.requests: list[Request] = []
        self.saved: list[tuple[str, str, bytes]] = []

    async def query(self, steps: Steps[T]) -> T:
        value, self.requests = drive(steps, *self.replies)
        return value

    async def aside(self, work: Callable[[], T]) -> T:
        return work()

    def workbook_rows(self, body: bytes) -> Iterator[list[str]]:
        return workbook_rows(body)

    async def save(self, stem: str, suffix: str, content: bytes) -> SavedFile:
        self.saved.append((stem, suffix, content))
        return SavedFile(name=stem + suffix, uri=f"file:///reports/{stem}{suffix}", size=len(content))


async def download(desk: FakeDesk, **arguments: object) -> Any:
    operation = BY_NAME["download_report"]
    assert isinstance(operation, DeskOperation)
    return await operation.run(operation.params(**arguments), cast("Desk", desk))
