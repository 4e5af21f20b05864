"""Plays the session from beginning to end, and ends its processes whatever happens."""

import time
from collections.abc import Iterable

import anyio
import httpx2 as httpx
from mcp.shared.exceptions import MCPError

from server.demo.client import Person, assistant_over_stdio
from server.demo.expectations import Seen, Verdict, exit_code, judge
from server.demo.home import DemoError, Home, temporary_home
from server.demo.sandbox_control import sandbox_process
from server.demo.session import SESSION
from server.demo.steps import Stage, Step, take
from server.demo.transcript import Transcript
from server.demo.worker_process import working
from server.first_cause import first_cause
from server.settings.language import language_of
from server.systems import until_signal
from tools.sentence import reason_of, sentence

_INTERRUPTED = 130
_LOG_LINES = 5
_BROKEN = (DemoError, MCPError, OSError, httpx.HTTPError)


async def play() -> int:
    """Play the whole session; the exit code is 0 only if every expectation held.

    SIGINT and SIGTERM end it with 130; the server and the sandbox are ended in every case.
    """
    transcript = Transcript(language=language_of(None))
    code = _INTERRUPTED
    async with anyio.create_task_group() as group:
        group.start_soon(_cancel_on_signal, group.cancel_scope)
        code = await _played(transcript)
        group.cancel_scope.cancel()
    if code == _INTERRUPTED:
        transcript.interrupted()
    return code


async def _cancel_on_signal(scope: anyio.CancelScope) -> None:
    await until_signal()
    scope.cancel()


async def _played(transcript: Transcript) -> int:
    began = time.monotonic()
    verdicts: list[Verdict] = []
    async with temporary_home() as home:
        try:
            await _perform(home, transcript, verdicts)
        except* _BROKEN as group:
            transcript.failure(_reason(group), _tail(home))
            verdicts.append(Verdict(says=sentence("the session could be played"), ok=False))
    transcript.closing(verdicts, time.monotonic() - began)
    return exit_code(verdicts)


async def _perform(home: Home, transcript: Transcript, verdicts: list[Verdict]) -> None:
    person = Person()
    async with sandbox_process(home) as sandbox:
        transcript.opening(sandbox.url)
        await sandbox.report_to(home.callback_url)
        async with (
            assistant_over_stdio(home, sandbox.url, person) as assistant,
            working(home) as worker,
        ):
            stage = Stage(home=home, sandbox=sandbox, assistant=assistant, person=person, worker=worker)
            await play_steps(SESSION, stage, transcript, verdicts)


async def play_steps(
    steps: Iterable[Step], stage: Stage, transcript: Transcript, verdicts: list[Verdict]
) -> None:
    """Play steps in order and add a verdict for each expectation.

    A step that lacks what an earlier one should have given is a failed expectation.

    Raises:
        DemoError: the connection to the server or the sandbox broke; it names the step.
    """
    for number, step in enumerate(steps, 1):
        try:
            seen = await _taken(number, step, stage)
        except LookupError as missing:
            verdicts.append(
                Verdict(says=sentence("an earlier step gave it {missing}", missing=str(missing)), ok=False)
            )
            transcript.broken(number, step, verdicts[-1])
            continue
        judged = judge(step.expects, seen)
        transcript.step(number, step, seen, judged)
        verdicts += judged


async def _taken(number: int, step: Step, stage: Stage) -> Seen:
    try:
        return await take(step, stage)
    except _BROKEN as broken:
        raise DemoError(
            sentence("step {number} ({title}): {why}", number=number, title=step.title, why=_why(broken))
        ) from broken


def _why(error: BaseException) -> str:
    """Timeouts have no words of their own."""
    if said := reason_of(error):
        return said
    kind = type(error).__name__
    if isinstance(error, httpx.TimeoutException) and (request := _request_of(error)) is not None:
        return sentence(
            "the simulated vendor did not answer {page} in time ({kind})",
            page=f"{request.method} {request.url.path}",
            kind=kind,
        )
    return kind


def _request_of(error: httpx.TimeoutException) -> httpx.Request | None:
    try:
        return error.request
    except RuntimeError:
        return None


def _reason(group: BaseExceptionGroup[Exception]) -> str:
    return sentence("The session broke off: {why}", why=_why(first_cause(group)))


def _tail(home: Home) -> list[str]:
    try:
        return home.server_log.read_text(encoding="utf-8").splitlines()[-_LOG_LINES:]
    except OSError:
        return []
