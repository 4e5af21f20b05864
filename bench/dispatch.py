"""A campaign's dispatch by the real worker, against a bare loop over httpx2 that posts the same bodies.

Both post 200 bodies of 500 recipients, four at a time, to the same vendor, which tells from when to when they
came: the start of the worker's process does not count. Ours are read, claimed and kept on the way.
"""

import asyncio
import json
import subprocess
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2 as httpx

from bench.processes import COMMAND, environment, listening, peer
from bench.rows import Measured, Row
from bench.sending import CALLER
from server.gate.words.answers import Answer
from server.late_parts import LateParts, running
from server.ledger.deciding import Decision
from server.parts import Parts, build_parts
from server.settings.settings import load_settings
from tools.desk.campaign_steps import START_CAMPAIGN
from tools.desk.plan_campaign import PLAN_CAMPAIGN
from tools.every8d.personal import Person
from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS, PersonalizedParams
from tools.operation import Surroundings

QUICK = Row(measure="dispatch of 100,000 at 20 ms, of a bare loop", unit="", bar=0.75, more_is_better=True)
SLOW = Row(measure="dispatch of 100,000 at 100 ms, of a bare loop", unit="", bar=0.9, more_is_better=True)
ROWS = (QUICK, SLOW)
CHUNK, LANES = 500, 4
RECIPIENTS = 100_000
_TEXT = "【測試】{姓名}您好，您的帳單 {到期日} 到期，請記得繳費。"
_TURNS, _LOOK_SECONDS = 2, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a campaign took, in seconds of dispatch and in MB."""

    seconds: float
    peak: float
    """Of the worker's memory."""
    planned: float
    """By which planning raised the peak of the server's memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A store with the list, and the vendor that its campaigns go to."""

    folder: str
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """Of a worker."""
        return environment(self.folder, self.url, LISTS__FOLDER=self.folder, LOG_LEVEL="ERROR")

    @asynccontextmanager
    async def parts(self) -> AsyncGenerator[Parts]:
        """A server's parts over it."""
        account = {"base_url": self.url, "uid": "sandbox", "password": "sandbox"}
        store, lists = {"folder": self.folder}, {"folder": self.folder}
        parts = build_parts(load_settings(every8d=account, store=store, lists=lists))
        async with running(LateParts.of(parts)):
            # The worker is started, and measured, by hand.
            parts.campaigns.wake = _nobody
            yield parts

    def work(self) -> float:
        """Let a worker do what there is to do; its peak in MB, with that of the process that it started.

        What that one shares with others counts by its part, as Linux tells it.
        """
        worker = subprocess.Popen([COMMAND, "worker", "--until-idle"], env=self.environment)
        peak = beside = 0.0
        while worker.poll() is None:
            # What is told of a child that has ended counts what it was before it was another program.
            with suppress(OSError, StopIteration):
                peak = _told_of(worker.pid, "VmHWM")
                beside = max(
                    beside, sum(_told_of(each, "Pss", "smaps_rollup") for each in _children(worker.pid))
                )
            time.sleep(_LOOK_SECONDS)
        if worker.returncode:
            raise RuntimeError(f"the worker ended with {worker.returncode}")
        return peak + beside


async def _nobody() -> None:
    """Nobody is woken."""


def measure() -> Iterator[Measured]:
    """The ratios."""
    bodies = _bodies()
    for row, seconds in ((QUICK, "0.02"), (SLOW, "0.1")):
        ours, bare = list[float](), list[float]()
        for _ in range(_TURNS):
            with listening(peer("vendor", seconds)) as url, TemporaryDirectory() as folder:
                bare.append(asyncio.run(_bare(url, bodies)))
                ours.append(asyncio.run(dispatched(House(folder=folder, url=url), RECIPIENTS)).seconds)
        yield row.at(min(bare) / min(ours), f"{min(ours):.2f} s, bare {min(bare):.2f} s")


def _people(count: int) -> Iterator[tuple[str, str, str]]:
    for number in range(count):
        yield f"+8869{number:08}", f"客戶{number}", f"2027-01-{number % 28 + 1:02}"


def _bodies() -> list[bytes]:
    """What the worker posts, of a campaign of 100,000."""
    people = [
        Person(mobile=mobile, values=values, key=f"AAAAAAAA-{place % CHUNK}")
        for place, (mobile, *values) in enumerate(_people(RECIPIENTS))
    ]
    world = Surroundings(now=datetime.now(UTC), reference="AAAAAAAA")
    template = _TEXT.replace("{姓名}", "%field1%").replace("{到期日}", "%field2%")
    found: list[bytes] = []
    for first in range(0, RECIPIENTS, CHUNK):
        params = PersonalizedParams(recipients=people[first : first + CHUNK], template=template)
        built = SEND_PERSONALIZED_SMS.build(params, world)
        found.append(json.dumps(built.json, ensure_ascii=False).encode())
    return found


async def _bare(url: str, bodies: list[bytes]) -> float:
    left = iter(bodies)

    async def lane(client: httpx.AsyncClient) -> None:
        for body in left:
            answer = await client.post(f"{url}/API21/HTTP/SendParamSMS.ashx", content=body)
            answer.raise_for_status()

    async with httpx.AsyncClient() as client:
        await asyncio.gather(*(lane(client) for _ in range(LANES)))
        return await _span(client, url, RECIPIENTS)


async def _span(client: httpx.AsyncClient, url: str, recipients: int) -> float:
    told = (await client.get(f"{url}/span")).json()
    if told["recipients"] != recipients:
        raise RuntimeError(f"{told['recipients']} of {recipients} were sent")
    return float(told["ended"] - told["began"])


async def dispatched(house: House, count: int) -> Sent:
    """A campaign of so many, planned, started and sent."""
    with (Path(house.folder) / "list.csv").open("w", encoding="utf-8") as file:
        file.write("手機,姓名,到期日\n")
        file.writelines(f"0{mobile[4:]},{name},{due}\n" for mobile, name, due in _people(count))
    async with house.parts() as parts:
        before = _told_of("self", "VmRSS")
        _count_peak_anew()
        campaign = await _planned(parts)
        planned = _told_of("self", "VmHWM") - before
        await _started(parts, campaign)
    peak = await asyncio.to_thread(house.work)
    async with httpx.AsyncClient() as client:
        seconds = await _span(client, house.url, count)
    return Sent(seconds=seconds, peak=peak, planned=planned)


async def _planned(parts: Parts) -> str:
    asked = {"name": "bench", "list": "list.csv", "text": _TEXT}
    while True:
        answer = await parts.gate.call(PLAN_CAMPAIGN, asked, CALLER)
        if isinstance(answer, Answer) and not answer.is_error:
            return str(answer.facts["campaign_id"])
        if not isinstance(answer, Answer) or answer.facts["code"] != "still_planning":
            raise RuntimeError(f"it was not planned: {answer}")
        await asyncio.sleep(1)


async def _started(parts: Parts, campaign: str) -> None:
    """Started as a person at a terminal would agree to it."""
    asked = {"campaign_id": campaign}
    answer = await parts.gate.call(START_CAMPAIGN, asked, CALLER)
    if not isinstance(answer, Answer) or "action_id" not in answer.facts:
        raise RuntimeError(f"it was not asked about: {answer}")
    await parts.context.book.approve(answer.facts["action_id"], Decision(by="bench", channel="terminal"))
    answer = await parts.gate.call(START_CAMPAIGN, asked, CALLER)
    if not isinstance(answer, Answer) or answer.facts.get("outcome") != "done":
        raise RuntimeError(f"it was not started: {answer}")


def _count_peak_anew() -> None:
    """Forget this process's peak of memory so far (proc(5))."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _children(process: int) -> list[str]:
    threads = Path(f"/proc/{process}/task").glob("*/children")
    return [child for each in threads for child in each.read_text(encoding="ascii").split()]


def _told_of(process: int | str, what: str, where: str = "status") -> float:
    """MB that Linux tells of a process."""
    lines = Path(f"/proc/{process}/{where}").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{what}:"))
