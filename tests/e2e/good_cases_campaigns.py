"""The good cases of campaigns."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from tests.campaigns.playing import carried_out
from tests.e2e.good_case import Arguments, Case, contains
from tests.e2e.house import Facts, House, Session
from tools.taipei import TAIPEI

_LIST = "手機,姓名\n0912345671,王小明\n0912345672,陳美華\n0912345671,王小明\n"
_PLAN: Arguments = {"name": "三月提醒", "list": "due.csv", "text": "【測試】{姓名}您好，明天見"}


async def _list_is_there(house: House, _session: Session) -> Arguments:
    folder = house.folder / "images"
    folder.mkdir(exist_ok=True)
    (folder / "due.csv").write_text(_LIST, encoding="utf-8")
    return _PLAN


async def _planned(house: House, session: Session) -> Arguments:
    plan = await session.facts("plan_campaign", await _list_is_there(house, session))
    return {"campaign_id": plan["campaign_id"]}


async def _one_is_planned(house: House, session: Session) -> Arguments:
    await _planned(house, session)
    return {}


async def _started(house: House, session: Session) -> Arguments:
    named = await _planned(house, session)
    await session.facts("start_campaign", named)
    return named


async def _paused(house: House, session: Session) -> Arguments:
    named = await _started(house, session)
    await session.facts("pause_campaign", named)
    return named


async def _failed(house: House, session: Session) -> Arguments:
    """One has the text, one's phone was off."""
    folder = house.folder / "images"
    folder.mkdir(exist_ok=True)
    (folder / "due.csv").write_text("手機,姓名\n0912345100,王小明\n0912345101,陳美華\n", encoding="utf-8")
    named = {"campaign_id": (await session.facts("plan_campaign", _PLAN))["campaign_id"]}
    await session.facts("start_campaign", named)
    assert session.parts
    await carried_out(session.parts, named["campaign_id"])
    await house.vendor.http.post("/_sandbox/clock", json={"advance_seconds": 3600})
    return named


async def _paused_with_a_new_time(house: House, session: Session) -> Arguments:
    tomorrow = datetime.now(TAIPEI) + timedelta(days=1)
    return {**await _paused(house, session), "send_at": tomorrow.isoformat(timespec="minutes")}


def _has(**expected: object) -> Callable[[Facts], None]:
    return lambda facts: contains(facts, expected)


def _case(prepare: Callable[[House, Session], Awaitable[Arguments]], **expected: object) -> Case:
    return Case(prepare=prepare, check=_has(**expected))


CAMPAIGN_CASES: dict[str, Case] = {
    "plan_campaign": _case(_list_is_there, recipients=2, points=2, excluded={"duplicate": 1}),
    "rehearse_campaign": _case(_planned, texts=2, points=2, twice=0),
    "start_campaign": _case(_planned, outcome="done", state="running", recipients=2),
    "get_campaign": _case(_planned, state="planned", recipients=2, waiting=2, sent=0),
    "list_campaigns": _case(_one_is_planned, total=1, page=1, pages=1),
    "pause_campaign": _case(
        _started, conclusion="Paused: nothing more of it is sent. What the vendor has already goes out."
    ),
    "resume_campaign": _case(_paused, outcome="done", state="running", recipients=2),
    "move_campaign": _case(_paused_with_a_new_time, outcome="done", state="running", recipients=2),
    "cancel_campaign": _case(_paused, outcome="done", state="cancelled", recipients=2),
    "retry_failed": _case(_failed, recipients=1, points=1, excluded={}),
}
