"""Work that may take longer than a call: it goes on when the call has answered, and the same call finds it.

It is known to this process alone. What is left when the process ends is ended with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import anyio

from server.call_time import left, untimed
from tools.problems import Problem, RefusedError

T = TypeVar("T")
_LONGEST = 3600.0
_TO_ANSWER_SECONDS = 4.0
_MOST = 4
_KEPT_SECONDS = 600.0
"""How long a result waits for a call that asks for it."""


@dataclass(slots=True)
class _Job:
    task: asyncio.Task[Any]
    waiting: int = 0
    ended_at: float | None = None


@dataclass(slots=True)
class InBackground:
    """The work of one server that goes on beside its calls."""

    _jobs: dict[Hashable, _Job] = field(default_factory=dict[Hashable, _Job])

    async def result(
        self, key: Hashable, work: Callable[[], Awaitable[T]], unfinished: Callable[[], Problem]
    ) -> T:
        """What this work comes to: begun now, or found under its key, where it waits to be asked for once.

        A caller that is cancelled ends the work, unless another waits for it too.

        Raises:
            RefusedError: it is not finished in the time of this call (`unfinished`), or too much is under
                way.
            Whatever the work raises.
        """
        job = self._job(key, work)
        job.waiting += 1
        try:
            with anyio.move_on_after(left(_LONGEST, keep=_TO_ANSWER_SECONDS)):
                await asyncio.wait([job.task])
        except BaseException:
            if job.waiting == 1:
                job.task.cancel()
                self._jobs.pop(key, None)
            raise
        finally:
            job.waiting -= 1
        if not job.task.done():
            raise RefusedError(unfinished())
        self._jobs.pop(key, None)
        return cast("T", job.task.result())

    def _job(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> _Job:
        now = anyio.current_time()
        self._forget(now)
        if key in self._jobs:
            return self._jobs[key]
        if sum(not job.task.done() for job in self._jobs.values()) >= _MOST:
            raise RefusedError(_TOO_MANY)
        job = self._jobs[key] = _Job(asyncio.create_task(_alone(work)))
        job.task.add_done_callback(lambda _: _ended(job))
        return job

    def _forget(self, now: float) -> None:
        over = [key for key, job in self._jobs.items() if (job.ended_at or now) < now - _KEPT_SECONDS]
        for key in over:
            del self._jobs[key]

    async def close(self) -> None:
        """End what is under way."""
        tasks = [job.task for job in self._jobs.values()]
        self._jobs.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _alone(work: Callable[[], Awaitable[T]]) -> T:
    with untimed():
        return await work()


def _ended(job: _Job) -> None:
    job.ended_at = anyio.current_time()
    if not job.task.cancelled():
        # Whoever asks for it hears of it; nobody may.
        job.task.exception()


_TOO_MANY = Problem(
    code="busy",
    message="Nothing was planned and nothing was sent. Other long work is under way.",
    next="Try again in a minute.",
    retryable=True,
)
