"""Twelve requests, four of them bad: who reads only the page refuses these, and needs each line."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.gate.caller import local_user
from server.ledger.deciding import Decision
from tests.console.at_page import signed_in
from tests.console.cautious_reader import agrees, objections, without
from tests.e2e.house import House, Session
from tests.e2e.pictures import PNG
from tests.gate.servers import Clock
from tools.taipei import as_taipei

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "requests"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
BAD = ["09-wrong-count", "10-wrong-text", "11-stale-price", "12-look-alike-name"]
SETTINGS: dict[str, Any] = {"policy": {"allowed_email_domains": ["shop.tw"], "undo_minutes": 3}}
SOURCES = ("console/approval_card.py", "console/templates/approval.html", "gate/words/questions.py")
_KEYS = re.compile(r'key="([a-z-]+)"|data-line="([a-z-]+)"|yield \(?\s*"([a-z-]+)"')
AFTERWARDS = {"refusal", "receipt", "hindrance"}
"""Lines of what was not taken, of what is decided on already, and of whoever cannot approve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One request: what a person wanted, and what the assistant made of it."""

    tool: str
    arguments: dict[str, Any]
    wanted: Mapping[str, list[str]]
    """What the person reads on the card who gets what they wanted."""
    tells: str = ""
    """The line that alone gives a bad one away."""
    earlier: tuple[dict[str, Any], ...] = ()
    """Calls of the same tool that a person approved before."""
    looks: tuple[tuple[str, dict[str, Any]], ...] = ()
    meanwhile: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


def _read(name: str, places: Mapping[str, str]) -> Wish:
    text = (FOLDER / f"{name}.toml").read_text("utf-8")
    for place, value in places.items():
        text = text.replace(f"<{place}>", value)
    found = tomllib.loads(text)
    arguments: dict[str, Any] = found["arguments"]
    if many := arguments.pop("many", 0):
        arguments["recipients"] = [f"0912{n:06}" for n in range(345001, 345001 + many)]
    return Wish(
        tool=found["tool"],
        arguments=arguments,
        wanted=found["wanted"],
        tells=found.get("tells", ""),
        earlier=tuple(found.get("earlier", ())),
        looks=tuple((each["tool"], each["arguments"]) for each in found.get("looks", ())),
        meanwhile=found.get("meanwhile", ""),
        settings=found.get("settings", {}),
    )


@pytest.mark.parametrize("name", NAMES)
async def test_who_reads_only_the_page_refuses_the_bad_ones(house: House, name: str) -> None:
    wish, html = await _page(house, name)
    assert agrees(html, wish.wanted) == (name not in BAD), objections(html, wish.wanted)


@pytest.mark.parametrize("name", NAMES)
async def test_no_line_can_be_missed(house: House, name: str) -> None:
    wish, html = await _page(house, name)
    keys = [wish.tells] if name in BAD else [*wish.wanted]
    for key in filter(None, keys):
        assert agrees(without(html, key), wish.wanted) == (name in BAD), key


def test_there_are_twelve_and_every_line_of_a_card_is_in_one_of_them() -> None:
    places = {"now": "", "until": "", "tomorrow": "2030-01-01", "me": "", "booked": "B1"}
    wishes = {name: _read(name, places) for name in NAMES}
    assert len(wishes) == 12
    assert set(BAD) < set(NAMES)
    sources = "\n".join((ROOT / "server" / name).read_text("utf-8") for name in SOURCES)
    lines = {name for found in _KEYS.findall(sources) for name in found if name}
    told = {key for wish in wishes.values() for key in (*wish.wanted, wish.tells)}
    assert len(lines) > 25
    assert lines - AFTERWARDS <= told


async def _page(house: House, name: str) -> tuple[Wish, str]:
    today = as_taipei(datetime.now().astimezone()).replace(hour=10, minute=0, second=0, microsecond=0)
    clock = Clock(today)
    places = {
        "now": "10:00:00",
        "until": "10:10:00",
        "tomorrow": f"{today + timedelta(days=1):%Y-%m-%d}",
        "me": local_user(),
        "booked": "",
    }
    if "<booked>" in (FOLDER / f"{name}.toml").read_text("utf-8"):
        ahead = await house.vendor.compact_time(timedelta(days=2))
        places["booked"] = await house.vendor.batch("0912345001,0912345002", ST=ahead)
    wish = _read(name, places)
    pictures = house.folder / "images"
    pictures.mkdir(exist_ok=True)
    (pictures / "coupon.png").write_bytes(PNG)
    async with signed_in(house, language="zh-TW", clock=clock, **SETTINGS, **wish.settings) as (
        session,
        browser,
    ):
        for arguments in wish.earlier:
            await _done(session, wish.tool, arguments)
        for tool, arguments in wish.looks:
            await session.facts(tool, arguments)
        asked = await session.facts(wish.tool, wish.arguments)
        assert asked["outcome"] == "approval_required"
        if wish.meanwhile == "the picture is exchanged":
            (pictures / "coupon.png").write_bytes(PNG + bytes(60_000))
        if wish.meanwhile == "the vendor is away":
            await house.vendor.control("faults", path="getCredit.ashx", fault="http_500", times=9)
        return wish, (await browser.get(f"/approvals/{asked['action_id']}")).html


async def _done(session: Session, tool: str, arguments: dict[str, Any]) -> None:
    asked = (await session.facts(tool, arguments))["action_id"]
    assert session.parts is not None
    assert await session.parts.book.approve(asked, Decision(by="local:lin", channel="console"))
    assert (await session.facts(tool, arguments))["outcome"] == "done"
