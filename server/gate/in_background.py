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
from tools.sentence import sentence

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
    forgotten: asyncio.TimerHandle | None = None
    """Once it has ended: nobody may ever ask for what it came to."""


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
                self._drop(key, job)
            raise
        finally:
            job.waiting -= 1
        if not job.task.done():
            raise RefusedError(unfinished())
        self._drop(key, job)
        return cast("T", job.task.result())

    def _job(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> _Job:
        if key in self._jobs:
            return self._jobs[key]
        if sum(not job.task.done() for job in self._jobs.values()) >= _MOST:
            raise RefusedError(_TOO_MANY)
        job = self._jobs[key] = _Job(asyncio.create_task(_alone(work)))
        job.task.add_done_callback(lambda _: self._ended(key, job))
        return job

    def _ended(self, key: Hashable, job: _Job) -> None:
        if self._jobs.get(key) is not job:
            return
        if not job.task.cancelled():
            # Whoever asks for it hears of it; nobody may.
            job.task.exception()
        job.forgotten = asyncio.get_running_loop().call_later(_KEPT_SECONDS, self._drop, key, job)

    def _drop(self, key: Hashable, job: _Job) -> None:
        if job.forgotten is not None:
            job.forgotten.cancel()
        if self._jobs.get(key) is job:
            del self._jobs[key]

    async def close(self) -> None:
        """End what is under way, and forget what nobody asked for."""
        jobs = list(self._jobs.items())
        for key, job in jobs:
            self._drop(key, job)
        tasks = [job.task for _, job in jobs]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _alone(work: Callable[[], Awaitable[T]]) -> T:
    with untimed():
        return await work()


_TOO_MANY = Problem(
    code="busy",
    message=sentence("Nothing was planned and nothing was sent. Other long work is under way."),
    next=sentence("Try again in a minute."),
    retryable=True,
)
