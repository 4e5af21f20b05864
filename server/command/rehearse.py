"""`campaign-ops-mcp campaigns rehearse ID`: a plan played against the simulated vendor, in a passing folder.

The worker's own course carries a copy of the plan out. The vendor's clock is moved to the last send time, so
that a day is played in seconds. Whatever the copy's settings are, its only account is the simulated one.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import anyio
import httpx2 as httpx
import typer

from server.batches.chunk_content import opened, packed, place_of
from server.batches.numbers import NumberSeal
from server.campaigns.course import Course, Wave
from server.command.common import FAILED, OK, parts_over
from server.command.options import CampaignId, Config, run, settings_from
from server.command.terminal import terminal
from server.gate.caller import Caller
from server.gate.campaign_chunks import ChunkSender
from server.gate.rehearsing import TOLD
from server.gate.words.answers import Question
from server.ledger.deciding import Decision
from server.own_python import SAID_URL
from server.parts import Parts
from server.settings.own_program import in_this_python
from server.settings.settings import Settings, load_settings
from server.store import campaign_chunks, campaigns
from server.store.campaign_chunks import Chunk
from server.store.campaigns import Campaign
from server.store.plans import Connection
from tools.campaign_desk import Rehearsed
from tools.desk.campaign_steps import START_CAMPAIGN
from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS
from tools.sentence import sentence
from tools.taipei import iso_minute

MOST_RECIPIENTS = 20_000
"""Of a larger plan the first ones are played: what a call can wait for."""
_LOGIN = "sandbox"
_STRETCHES = 6
_AFTER = timedelta(hours=2)
"""By then whatever was sent has arrived, or never will."""


async def play(settings: Settings, campaign: str) -> Rehearsed | None:
    """What this plan comes to; None when there is no such plan."""
    found = await _read(settings, campaign)
    if found is None:
        return None
    plan, chunks, seal, words = found
    async with _simulated_vendor() as vendor, anyio.TemporaryDirectory(prefix="campaign-ops-") as folder:
        await vendor.post("credit", uid=_LOGIN, points=float(sum(each.points for each in chunks)) + 1)
        async with parts_over(_of_the_copy(settings, vendor.url, folder)) as parts:
            copy = await _copied(parts, plan, chunks, seal, words)
            await _carried_out(parts, copy)
        last = words["last_at"]
        ahead = datetime.fromisoformat(last) - _now() if last else timedelta()
        await vendor.post("clock", advance_seconds=(max(ahead, timedelta()) + _AFTER).total_seconds())
        messages = [each for batch in (await vendor.state())["batches"] for each in batch["messages"]]
    return _told(plan, chunks, words, messages)


async def _read(
    settings: Settings, campaign: str
) -> tuple[Campaign, Sequence[Chunk], NumberSeal, dict[str, Any]] | None:
    """The plan, its first chunks, what opens them, and its words."""
    async with parts_over(settings) as parts:
        seal = await parts.memory.keeper.seal()

        def look(conn: Connection) -> tuple[Campaign, list[Chunk]] | None:
            found = campaigns.campaign_of(conn, campaign)
            if found is None or found.state != campaigns.PLANNED:
                return None
            chunks = list[Chunk]()
            for each in campaign_chunks.waiting_chunks(conn, campaign, MOST_RECIPIENTS):
                chunk = campaign_chunks.chunk_of(conn, campaign, each.number)
                if chunk is None or sum(some.recipients for some in chunks) >= MOST_RECIPIENTS:
                    break
                chunks.append(chunk)
            return found, chunks

        found = await parts.memory.keeper.read(look)
    if found is None:
        return None
    return *found, seal, json.loads(seal.open_text(found[0].plan, found[0].id))


def _of_the_copy(settings: Settings, url: str, folder: str) -> Settings:
    """The rules for texts stay; whatever counts or forbids hours does not, since nothing is sent."""
    account = {"base_url": url, "uid": _LOGIN, "password": _LOGIN, "max_recipients": 10_000}
    kept = {"countries", "required_sender_name", "allowed_url_hosts", "allowed_phone_numbers"}
    policy = settings.policy.model_dump(include=kept)
    store: dict[str, Any] = {"folder": folder, "url": "", "audit_key_file": None, "audit_head_file": None}
    return load_settings(None, sandbox={"every8d": account, "omis": None, "policy": policy, "store": store})


async def _copied(
    parts: Parts, plan: Campaign, chunks: Sequence[Chunk], seal: NumberSeal, words: dict[str, Any]
) -> str:
    """The plan in the copy's own store, sealed with its own keys; the rest follows its trial at once."""
    own = await parts.memory.keeper.seal()
    key = await parts.memory.keeper.key()
    copy = replace(
        plan,
        state=campaigns.PLANNING,
        plan=own.seal_text(json.dumps(words, ensure_ascii=False, sort_keys=True), plan.id),
        # The list is not looked at again.
        list_digest="",
        account=await parts.context.account_of(SEND_PERSONALIZED_SMS),
        recipients=sum(each.recipients for each in chunks),
        points=sum((each.points for each in chunks), Decimal(0)),
        released=True,
    )

    def again(chunk: Chunk) -> Chunk:
        place = place_of(plan.id, chunk.number)
        content = packed(opened(chunk.sealed, plan.id, chunk.number, seal))
        return replace(chunk, sealed=own.seal_content(content, place))

    def work(conn: Connection) -> None:
        campaigns.add_campaign(conn, copy)
        for each in chunks:
            campaign_chunks.add_chunk(conn, again(each))
        # Which seals it.
        campaigns.change(conn, key, copy.id, [campaigns.PLANNING], state=campaigns.PLANNED)

    await parts.memory.keeper.write(work)
    return copy.id


async def _carried_out(parts: Parts, campaign: str) -> None:
    caller = Caller(principal=await _owner(parts, campaign), session=campaign, can_ask=False)
    asked = {"campaign_id": campaign}
    waits = await parts.gate.call(START_CAMPAIGN, asked, caller)
    action = waits.action_id if isinstance(waits, Question) else str(waits.facts.get("action_id", ""))
    await parts.book.approve(action, Decision(by="rehearsal", channel="rehearsal"))
    started = await parts.gate.call(START_CAMPAIGN, asked, caller)
    if isinstance(started, Question) or started.facts.get("outcome") != "done":
        raise LookupError(f"the copy was not started: {started}")
    now = parts.memory.keeper.clock()
    epoch = await parts.memory.keeper.write(
        lambda conn: campaigns.take_campaign(conn, campaign, "rehearsal", now, now)
    )
    course = Course(parts.campaigns, ChunkSender(parts.context))
    while epoch is not None and await course.wave(campaign, epoch) is Wave.MORE:
        pass


async def _owner(parts: Parts, campaign: str) -> str:
    found = await parts.memory.keeper.read(lambda conn: campaigns.campaign_of(conn, campaign))
    return "" if found is None else found.principal


def _told(
    plan: Campaign, chunks: Sequence[Chunk], words: dict[str, Any], messages: Sequence[dict[str, Any]]
) -> Rehearsed:
    times = Counter((each["mobile"], each["text"]) for each in messages)
    return Rehearsed(
        recipients=plan.recipients,
        of=sum(each.recipients for each in chunks),
        trial=int(words["trial"]),
        texts=len(messages),
        points=sum((Decimal(str(each["cost"])) for each in messages), Decimal(0)),
        planned=sum((each.points for each in chunks), Decimal(0)),
        twice=sum(many > 1 for many in times.values()),
        timeline=_timeline(messages),
    )


def _timeline(messages: Sequence[dict[str, Any]]) -> Sequence[tuple[datetime, int, Decimal]]:
    """A few stretches of the same length, without those in which nothing goes out."""
    when = [datetime.fromisoformat(each["send_time"]) for each in messages]
    if not when:
        return ()
    first, span = min(when), max(when) - min(when) + timedelta(seconds=1)
    stretches: dict[int, list[int]] = {}
    for place in sorted(range(len(when)), key=when.__getitem__):
        stretches.setdefault((when[place] - first) * _STRETCHES // span, []).append(place)
    return [
        (
            when[those[0]],
            len(those),
            sum((Decimal(str(messages[each]["cost"])) for each in those), Decimal(0)),
        )
        for those in stretches.values()
    ]


class _Vendor:
    """The control endpoints of the simulated vendor."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http = http
        self.url = url

    async def post(self, name: str, **values: object) -> None:
        (await self._http.post(f"/_sandbox/{name}", json=values)).raise_for_status()

    async def state(self) -> Any:
        return (await self._http.get("/_sandbox/state")).raise_for_status().json()


@asynccontextmanager
async def _simulated_vendor() -> AsyncGenerator[_Vendor]:
    """`campaign-ops-mcp sandbox` for the length of a block."""
    command = in_this_python("sandbox", "--port", "0", "--until-stdin-ends")
    async with await anyio.open_process(command, stdout=subprocess.DEVNULL) as process:
        try:
            said = ""
            while "\n" not in said and process.stderr is not None:
                said += (await process.stderr.receive()).decode("utf-8", "replace")
            found = SAID_URL.search(said.partition("\n")[0])
            if found is None:
                raise OSError("the simulated vendor did not start")
            url = found[0]
            async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
                yield _Vendor(http, url)
        finally:
            process.kill()


def _now() -> datetime:
    return datetime.now(UTC)


def rehearse(
    campaign_id: CampaignId,
    *,
    settings_from_stdin: Annotated[bool, typer.Option("--settings-from-stdin", hidden=True)] = False,
    config: Config = None,
) -> None:
    """Play a planned campaign against the simulated vendor: its timeline, its bill, and what went twice."""
    given = settings_from(sys.stdin) if settings_from_stdin else load_settings(config)
    found = run(lambda: play(given, campaign_id))
    if settings_from_stdin:
        sys.stdout.write("" if found is None else TOLD.dump_json(found).decode())
        raise SystemExit(FAILED if found is None else OK)
    raise SystemExit(_say(config, found))


def _say(config: Path | None, found: Rehearsed | None) -> int:
    out = terminal(config)
    if found is None:
        out.say(sentence("There is no such plan. Nothing was played, and nothing was sent."))
        return FAILED
    out.columns((iso_minute(at), str(texts), str(points)) for at, texts, points in found.timeline)
    out.say(
        sentence(
            "{texts} texts to {of} of {recipients} recipients, {points} points, {twice} got it twice. "
            "Nothing left this machine.",
            texts=found.texts,
            of=found.of,
            recipients=found.recipients,
            points=str(found.points),
            twice=found.twice,
        )
    )
    return OK
