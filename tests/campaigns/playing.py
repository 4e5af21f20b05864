"""A list that a test writes, a campaign that is started by a person, and a worker in this process."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from server.campaigns.course import Course, Wave
from server.campaigns.part_makers import PartMaker
from server.gate.campaign_chunks import ChunkSender
from server.parts import Parts
from server.store import campaign_progress, campaigns
from server.store.actions import State
from server.store.campaign_progress import Progress
from server.store.columns import Points
from server.store.schema import ACTIONS
from tests.e2e.house import Facts, House, Session

Row = dict[str, str]
_ALL = datetime(2999, 1, 1, tzinfo=UTC)
"""Whatever was heard of before this is stale."""


def people(count: int, first: int = 0) -> list[Row]:
    """So many recipients; no number has a meaning for the sandbox."""
    return [
        {"手機": f"+8869{20_000_000 + 200 + first + place:08}", "姓名": f"客戶{first + place}"}
        for place in range(count)
    ]


def write_list(house: House, rows: list[Row], name: str = "due.csv") -> None:
    """A CSV file in the folder of lists; `手機` is the number."""
    folder = house.folder / "images"
    folder.mkdir(exist_ok=True)
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    (folder / name).write_text("\n".join(lines), encoding="utf-8")


async def planned(session: Session, **asked: Any) -> Facts:
    """A campaign from the list `due.csv`."""
    wanted = {"name": "提醒", "list": "due.csv", "text": "【測試】{姓名}您好，明天見"}
    return await session.facts("plan_campaign", {**wanted, **asked})


async def due(parts: Parts) -> list[str]:
    """The campaigns that wait for a worker."""
    return await parts.memory.keeper.read(lambda conn: campaigns.due_campaigns(conn, _ALL))


async def taken(parts: Parts, campaign: str) -> int:
    """Take a campaign over from whoever holds it; the epoch."""
    now = parts.memory.keeper.clock()
    epoch = await parts.memory.keeper.write(
        lambda conn: campaigns.take_campaign(conn, campaign, "a test", now, _ALL)
    )
    assert epoch is not None
    return epoch


async def carried_out(
    parts: Parts, campaign: str, waves: int = 1_000, maker: PartMaker | None = None
) -> None:
    """Carry a campaign out in this process, so many waves at the most."""
    epoch = await taken(parts, campaign)
    course = Course(parts.campaigns, ChunkSender(parts.context, maker), rounds=1)
    for _ in range(waves):
        if await course.wave(campaign, epoch) is Wave.OVER:
            return


async def texts_at_the_vendor(house: House) -> Counter[tuple[str, str]]:
    """Each number and text that the vendor took, as its log has it."""
    found: Counter[tuple[str, str]] = Counter()
    for batch in (await house.vendor.state())["batches"]:
        for message in batch["messages"]:
            found[message["mobile"], message["text"]] += 1
    return found


async def progress(parts: Parts, campaign: str) -> Progress:
    """How far a campaign is, straight from the store."""
    return await parts.memory.keeper.read(lambda conn: campaign_progress.progress_of(conn, campaign))


async def is_done(parts: Parts, campaign: str) -> bool:
    """Whether nothing of it waits and its end is written down."""
    found = await parts.memory.keeper.read(lambda conn: campaigns.campaign_of(conn, campaign))
    return found is not None and found.state == campaigns.DONE


async def charged(parts: Parts, house: House) -> tuple[Decimal, Decimal]:
    """The points of the sends that are known to be done: by the ledger, and by the vendor."""
    # What a report settled has no bill of its own: what was reserved for it stands.
    points = func.coalesce(ACTIONS.c.points_final, ACTIONS.c.points, type_=Points())
    sent = select(ACTIONS.c.batch_id, points).where(
        ACTIONS.c.tool == "send_personalized_sms", ACTIONS.c.state == State.SUCCEEDED
    )
    ours: dict[str, Decimal] = dict(await parts.memory.keeper.read(lambda conn: conn.execute(sent).all()))
    theirs = [
        Decimal(str(message["cost"]))
        for batch in (await house.vendor.state())["batches"]
        if batch["batch_id"] in ours
        for message in batch["messages"]
    ]
    return sum(ours.values(), Decimal(0)), sum(theirs, Decimal(0))
