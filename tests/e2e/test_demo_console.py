"""The page that the demo leaves to a person: two requests wait, and nothing is left when it ends."""

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.e2e.test_demo import DEMO, environment, processes_of
from tests.patience import PATIENCE

_LINK = re.compile(r"http://localhost:(\d+)(/enter/\S+)")


@pytest.fixture
def shown(tmp_path: Path, quick_start: None) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The process, and what it printed until it waits for the person."""
    (tmp_path / "tmp").mkdir()
    with subprocess.Popen(
        [*DEMO, "--console"], cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = ""
        while "Ctrl-C ends it" not in said and (line := process.stdout.readline()):
            said += line
        yield process, said
        process.kill()


def _once(words: str, look: Callable[[], str]) -> str:
    """What is shown, once it says this: the vendor reports by itself."""
    ends = time.monotonic() + PATIENCE
    while words not in (found := look()):
        assert time.monotonic() < ends, found
    return found


def test_the_demo_leaves_two_requests_replies_and_a_campaign_to_whoever_opens_the_page(
    shown: tuple["subprocess.Popen[str]", str], tmp_path: Path
) -> None:
    process, said = shown
    found = _LINK.search(said)
    assert found is not None, said
    host = {"Host": f"localhost:{found[1]}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{found[1]}", headers=host, trust_env=False) as browser:
        entered = browser.post(found[2], headers={"Origin": f"http://localhost:{found[1]}"})
        assert entered.status_code == 303
        waiting = browser.get("/approvals").text
        replies = _once("退訂", lambda: browser.get("/replies").text)
        campaigns = browser.get("/campaigns").text
    assert waiting.count('data-action="') == 2
    assert "Send 3 messages for 3 points" in waiting
    assert "0933***111" in replies
    assert "請問可以改到下午嗎" in replies
    assert "being sent" in campaigns
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert list(processes_of(tmp_path)) == []
    assert list((tmp_path / "tmp").iterdir()) == []
