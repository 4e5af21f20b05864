"""Drive an operation's steps by hand: no network, only replies."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from tools.operation import Reply, Request, Steps, Surroundings, Together
from tools.taipei import TAIPEI

T = TypeVar("T")
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=TAIPEI)
WORLD = Surroundings(now=NOW)
BATCH = "220478cc-8506-49b2-93b7-2505f651c12e"


def reply(body: str, *, status: int = 200, content_type: str = "text/plain; charset=utf-8") -> Reply:
    return Reply(status=status, body=body.encode(), content_type=content_type)


def drive(steps: Steps[T], answer: Callable[[Request], str]) -> tuple[T, list[Request]]:
    """Run the steps to their end; the value, and the requests that were made."""
    asked: list[Request] = []

    def carry_out(steps: Steps[Any]) -> Any:
        try:
            wanted = next(steps)
            while True:
                if isinstance(wanted, Together):
                    wanted = steps.send([carry_out(look) for look in wanted.looks])
                else:
                    asked.append(wanted)
                    wanted = steps.send(reply(answer(wanted)))
        except StopIteration as done:
            return done.value

    return carry_out(steps), asked


def always(body: str) -> Callable[[Request], str]:
    return lambda _request: body


def fields(request: Request) -> Mapping[str, str]:
    assert request.json is None
    assert request.link is None
    return request.fields
