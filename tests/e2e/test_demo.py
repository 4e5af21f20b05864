"""The demo as a person runs it, and what makes it fail."""

import io
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio
import httpx2 as httpx
import mcp_types as types
import pytest
from mcp import Client
from rich.console import Console

from server.demo.client import Answer, Asked, Assistant, Person, Reaction
from server.demo.expectations import Expectation, Seen, Verdict, exit_code, judge, not_called, texts_more
from server.demo.home import DemoError, Home
from server.demo.play import play_steps
from server.demo.sandbox_control import Sandbox, World
from server.demo.session import SESSION
from server.demo.steps import Stage, Step, calls, declines, kept
from server.demo.transcript import Transcript
from server.demo.worker_process import Worker
from server.late_parts import LateParts, running
from server.mcp.app import build_server
from server.parts import build_parts
from server.sandbox.run import running_sandbox
from server.settings.settings import load_settings
from tests.languages.english import english
from tests.patience import PATIENCE
from tools.sentence import sentence

pytestmark = pytest.mark.xdist_group("time")

DEMO = [sys.executable, "-m", "server.command.cli", "demo"]
NUMBERS = ("912345678", "922333444", "933444999")
EMPTY = World(state={"batches": []}, log=[])


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    code: int
    out: str
    err: str
    seconds: float
    home: Path


def environment(home: Path) -> dict[str, str]:
    """A user whose own settings point at a vendor that does not exist."""
    own = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / "data"),
        "TMPDIR": str(home / "tmp"),
        "CAMPAIGN_OPS_EVERY8D__BASE_URL": "https://no-such-host.invalid",
        "CAMPAIGN_OPS_POLICY__READ_ONLY": "true",
    }
    return {**os.environ, **own}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    (folder / "tmp").mkdir()
    (folder / ".env").write_text("CAMPAIGN_OPS_POLICY__READ_ONLY=true\n")
    (folder / ".config" / "campaign-ops-mcp").mkdir(parents=True)
    (folder / ".config" / "campaign-ops-mcp" / "config.toml").write_text("policy.read_only = true\n")
    return folder


@pytest.fixture(scope="module")
def run(home: Path) -> Run:
    return play(home)


def play(home: Path) -> Run:
    """The whole demo, from the start of its process to its end."""
    began = _worked()
    done = subprocess.run(
        DEMO,
        cwd=home,
        env=environment(home),
        capture_output=True,
        encoding="utf-8",
        timeout=3 * PATIENCE,
        check=False,
    )
    seconds = _worked() - began
    return Run(code=done.returncode, out=done.stdout, err=done.stderr, seconds=seconds, home=home)


def _worked() -> float:
    """Seconds of the processor in all processes that ended: those of the clock measure the neighbours too."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_the_whole_session_succeeds_with_20_seconds_of_work(run: Run) -> None:
    assert (run.code, run.err) == (0, ""), run.out
    assert "✗" not in run.out
    assert run.seconds < 20


def test_every_step_and_its_outcome_can_be_read(run: Run) -> None:
    said = " ".join(run.out.split())
    for step in SESSION:
        assert step.title in said
    for line in (
        "10,000 points",
        "4 accepted for 4 points, 9,996 left",
        "Send an SMS? | Recipients: 4",
        "person approves",
        "0912***678 delivered, 0933***999 delivered, 0944***101 failed_retryable, 0922***444 delivered",
        "0933***999 wrote 「收到，謝謝」",
        "3 erased, 3 points returned",
        "resume 1182: accepted",
        "2,000 points are bought at OMIS",
        "job 5514: sending",
        "Nothing was sent. The person declined. [declined]",
        "the vendor's log has no new sendSMS.ashx",
    ):
        assert line in said
    assert "person types 3" in said


def test_the_transcript_shows_no_mobile_number(run: Run) -> None:
    joined = re.sub(r"[\s\-.()]", "", run.out)
    assert not [number for number in NUMBERS if number in joined]
    assert not re.search(r"(?<![\w-])(?:\+?886|0)9\d{8}(?!\w)", run.out)


def test_nothing_of_the_users_is_touched_and_nothing_is_left(run: Run) -> None:
    assert sorted(path.name for path in run.home.iterdir()) == [".config", ".env", "tmp"]
    assert list((run.home / "tmp").iterdir()) == []
    assert list(processes_of(run.home)) == []


def processes_of(home: Path) -> Iterator[tuple[int, str]]:
    """Our processes by their HOME, which every child inherits: id and command line."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            mine = f"HOME={home}".encode() in (entry / "environ").read_bytes().split(b"\0")
            if mine:
                yield int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    process: subprocess.Popen[str]
    home: Path

    def wait_for(self, mark: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if mark in line:
                return
        pytest.fail(f"the demo ended before it printed {mark}")

    def end(self) -> str:
        return self.process.communicate(timeout=PATIENCE)[0]


@pytest.fixture
def started(tmp_path: Path, quick_start: None, request: pytest.FixtureRequest) -> Iterator[Started]:
    (tmp_path / "tmp").mkdir()
    with subprocess.Popen(
        DEMO,
        cwd=tmp_path,
        env={**environment(tmp_path), **getattr(request, "param", {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        yield Started(process=process, home=tmp_path)
        process.kill()


@pytest.mark.parametrize(
    ("number", "when"),
    [
        pytest.param(signal.SIGINT, "Nothing real is sent", id="SIGINT while the server starts"),
        pytest.param(signal.SIGTERM, "✓", id="SIGTERM in mid-session", marks=pytest.mark.long),
    ],
)
def test_a_signal_ends_the_demo_and_its_processes(
    started: Started, number: signal.Signals, when: str
) -> None:
    started.wait_for(when)
    started.process.send_signal(number)
    out = started.end()
    assert started.process.returncode == 130, out
    assert list(processes_of(started.home)) == []
    assert list((started.home / "tmp").iterdir()) == []


@pytest.mark.parametrize("killed", [pytest.param("serve", marks=pytest.mark.long), "sandbox"])
def test_a_process_that_dies_fails_the_demo_and_ends_the_others(started: Started, killed: str) -> None:
    started.wait_for("✓")
    # Beside the demo itself, which was started without its imports.
    assert len(list(processes_of(started.home))) == 3
    (victim,) = (
        pid for pid, command in processes_of(started.home) if f"server.command.cli {killed}" in command
    )
    os.kill(victim, signal.SIGKILL)
    out = started.end()
    assert started.process.returncode == 1, out
    assert "✗" in out
    assert list(processes_of(started.home)) == []


def seen(facts: dict[str, Any], *, before: World = EMPTY, after: World = EMPTY) -> Seen:
    return Seen(answer=Answer(did="query_credit()", facts=facts), asked=(), before=before, after=after)


def with_texts(count: int) -> World:
    return World(
        state={"batches": [{"messages": [{"sent": True}] * count}]}, log=[{"path": "/x/SendSMS.ashx"}]
    )


CREDIT = Expectation(says="10 points", holds=lambda found: found.facts["credit"] == 10)


@pytest.mark.parametrize(
    ("facts", "code"), [({"credit": 10}, 0), ({"credit": 9}, 1), ({"balance": 10}, 1), ({"credit": None}, 1)]
)
def test_a_wrong_or_misshapen_outcome_is_a_cross_and_a_failure(facts: dict[str, Any], code: int) -> None:
    (verdict,) = judge([CREDIT], seen(facts))
    assert (verdict.ok, exit_code([verdict])) == (code == 0, code)


def test_one_cross_among_ticks_is_a_failure_and_so_is_a_session_without_checks() -> None:
    tick, cross = Verdict(says="a", ok=True), Verdict(says="b", ok=False)
    assert exit_code([tick, tick]) == 0
    assert exit_code([tick, cross, tick]) == 1
    assert exit_code([]) == 1


def test_a_text_that_left_or_a_call_that_was_made_is_noticed() -> None:
    quiet, loud = seen({}), seen({}, after=with_texts(1))
    for expectation in (texts_more(0), not_called("sendSMS.ashx")):
        assert [judge([expectation], each)[0].ok for each in (quiet, loud)] == [True, False]


@pytest.fixture
def printed() -> tuple[Transcript, Callable[[], str]]:
    target = io.StringIO()
    return Transcript(Console(file=target, highlight=False)), target.getvalue


def test_the_transcript_marks_a_wrong_outcome_and_masks_what_it_prints(
    printed: tuple[Transcript, Callable[[], str]],
) -> None:
    transcript, out = printed
    step = replace(SESSION[0], title="Ask 0912345678")
    asked = (Asked(question="Send to 0912345678?", answer="types 0912345678"),)
    verdicts = [Verdict(says="right", ok=True), Verdict(says="not 0912345678", ok=False)]
    transcript.step(1, step, replace(seen({"text": "0912345678"}), asked=asked), verdicts)
    transcript.failure("broke at 0912345678", ["log 0912345678"])
    transcript.closing(verdicts, 1.0)
    assert "✓ right" in out()
    assert "✗ not 0912***678" in out()
    assert "✗ 1 of 2 expectations held" in out()
    assert "0912345678" not in out()


@asynccontextmanager
async def a_stage(folder: Path) -> AsyncGenerator[Stage]:
    """The real server and the real sandbox, in this process."""
    async with running_sandbox() as url, httpx.AsyncClient(base_url=url) as http:
        account = {"base_url": url, "uid": "sandbox", "password": "sandbox"}
        parts = build_parts(load_settings(store={"folder": folder}, every8d=account))
        person = Person()
        async with (
            running(LateParts.of(parts)),
            Client(build_server(LateParts.of(parts)), elicitation_callback=person.answer) as client,
        ):
            sandbox = Sandbox(http=http, url=url)
            home = Home(folder=folder)
            yield Stage(
                home=home,
                sandbox=sandbox,
                assistant=Assistant(client=client),
                person=person,
                worker=Worker(home),
            )


def a_send(**changes: Any) -> Step:
    plain = Step(
        title="Send",
        does=calls("send_sms", text="您好", recipients=["0912345678"]),
        shows=lambda facts: str(facts["outcome"]),
        expects=(texts_more(1),),
    )
    return replace(plain, **changes)


@pytest.mark.parametrize("person", [None, declines], ids=["unexpected question", "decline"])
async def test_a_session_whose_send_did_not_happen_fails(
    no_settings: Path, printed: tuple[Transcript, Callable[[], str]], person: Callable[..., Reaction] | None
) -> None:
    transcript, out = printed
    verdicts: list[Verdict] = []
    async with a_stage(no_settings) as stage:
        await play_steps([a_send(person=person)], stage, transcript, verdicts)
    assert exit_code(verdicts) == 1
    assert "person declines" in " ".join(out().split())
    assert "✗ 1 text more at the vendor" in out()


async def test_a_step_that_lacks_what_an_earlier_one_kept_fails_and_the_rest_is_played(
    no_settings: Path, printed: tuple[Transcript, Callable[[], str]]
) -> None:
    transcript, out = printed
    verdicts: list[Verdict] = []
    lost = a_send(does=calls("get_sms_delivery", batch_id=kept("batch")))
    async with a_stage(no_settings) as stage:
        await play_steps([lost, SESSION[0]], stage, transcript, verdicts)
    assert [verdict.ok for verdict in verdicts] == [False, True, True]
    assert "an earlier step gave it 'batch'" in out()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            httpx.ReadTimeout("", request=httpx.Request("POST", "http://127.0.0.1:1/_sandbox/clock")),
            "POST /_sandbox/clock",
        ),
        (httpx.ReadTimeout(""), "ReadTimeout"),
        (TimeoutError(), "TimeoutError"),
        (DemoError("the sandbox did not start"), "the sandbox did not start"),
    ],
    ids=["a page of the sandbox", "a page that nobody knows", "a pipe", "words"],
)
async def test_what_breaks_the_session_off_is_named_with_its_step(
    no_settings: Path, error: Exception, said: str
) -> None:
    async def breaks(_stage: Stage) -> Answer:
        raise error

    verdicts: list[Verdict] = []
    async with a_stage(no_settings) as stage:
        with pytest.raises(DemoError) as broken:
            await play_steps([a_send(does=breaks)], stage, Transcript(), verdicts)
    assert "step 1 (Send): " in str(broken.value)
    assert said in str(broken.value)


async def test_the_person_declines_a_url_and_takes_human_time() -> None:
    person = Person(reaction=Reaction(action="accept"))
    began = anyio.current_time()
    params = types.ElicitRequestURLParams(message="Open it", url="https://example.com", elicitation_id="1")
    context: Any = None
    answered = await person.answer(context, params)
    assert answered.action == "decline"
    assert anyio.current_time() - began > 0.3


def test_the_transcript_is_chinese_where_the_person_is(capsys: pytest.CaptureFixture[str]) -> None:
    """All but the server's answers, which are the assistant's."""
    transcript = Transcript(language="zh-TW")
    transcript.opening("http://127.0.0.1:1")
    answer = Answer(did="", facts={"message": "「」", "code": "x"}, is_error=True)
    found = Seen(
        answer=answer, asked=[Asked(question="「」", answer=sentence("approves"))], before=EMPTY, after=EMPTY
    )
    for number, step in enumerate(SESSION, 1):
        transcript.step(number, step, found, judge(step.expects, found))
    transcript.failure("x")
    transcript.interrupted()
    transcript.closing([Verdict(says=sentence("done"), ok=True)], 1.0)
    printed = capsys.readouterr().out
    assert english(printed) == []
    assert "助理" in printed


@pytest.mark.long
@pytest.mark.parametrize("started", [{"CAMPAIGN_OPS_LANGUAGE": "zh-TW"}], indirect=True)
def test_the_session_and_its_questions_are_chinese_where_the_person_is(started: Started) -> None:
    started.wait_for("發送簡訊？")
    started.process.send_signal(signal.SIGINT)
    out = started.end()
    assert started.process.returncode == 130
    assert "演練已結束。沒有真的發送" in out
