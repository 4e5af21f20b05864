"""A campaign of 300 from a spreadsheet: a trial, the rest, a crash in the middle of it, and nobody twice."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import anyio

from server.demo.client import Answer
from server.demo.expectations import Expectation, Seen, asked, done, not_called, texts_more
from server.demo.list_file import LIST, RECIPIENTS
from server.demo.sandbox_control import World
from server.demo.steps import Deed, Event, Memory, Stage, Step, calls, clock_moves, kept, types_in
from tools.sentence import sentence

_TRIAL = 20
_TEXT = "【示範】{姓名}您好，您的帳單 {到期日} 到期，請記得繳費。"
_PAGE = "SendParamSMS.ashx"
_SLOW_SECONDS, _PATIENCE_SECONDS, _LOOK_SECONDS = 0.5, 40.0, 0.2
_ON_THEIR_WAY_S = 60
_STATES = {
    "running": sentence("running"),
    "holding": sentence("holding"),
    "paused": sentence("paused"),
    "booked": sentence("booked at the vendor"),
    "done": sentence("done"),
}
_ARRIVE = RECIPIENTS - 1
"""All but one, whose number ends in 301: of that one the sandbox reports that it failed."""


def _asks_until(holds: Callable[[Mapping[str, Any]], bool]) -> Deed:
    """The assistant looks at the campaign until this holds, or for some time."""
    looks = calls("get_campaign", campaign_id=kept("campaign"))

    async def deed(stage: Stage) -> Answer:
        answer = await looks(stage)
        with anyio.move_on_after(_PATIENCE_SECONDS):
            while not holds(answer.facts):
                await anyio.sleep(_LOOK_SECONDS)
                answer = await looks(stage)
        return answer

    return deed


async def _starts(stage: Stage) -> Answer:
    await stage.worker.runs()
    return await calls("start_campaign", campaign_id=kept("campaign"))(stage)


async def _is_paused_and_dies(stage: Stage) -> Answer:
    """The person pauses what is left, and the worker is killed with chunks under way."""
    await _asks_until(lambda facts: facts["sent"] > _TRIAL)(stage)
    answer = await calls("pause_campaign", campaign_id=kept("campaign"))(stage)
    await _until_all_left(stage)
    await stage.worker.kill()
    return answer


async def _until_all_left(stage: Stage) -> None:
    """Wait until the vendor has whatever was claimed: what never left would stay unknown for ever."""
    facts = (await calls("get_campaign", campaign_id=kept("campaign"))(stage)).facts
    texts = _texted(await stage.sandbox.world())
    with anyio.move_on_after(_PATIENCE_SECONDS):
        while len(texts) < facts["sent"] + facts["sending"]:
            await anyio.sleep(_SLOW_SECONDS / 20)
            texts = _texted(await stage.sandbox.world())


async def _goes_on(stage: Stage) -> Answer:
    await stage.worker.start()
    await stage.worker.runs()
    return await calls("resume_campaign", campaign_id=kept("campaign"))(stage)


def _rest(memory: Memory) -> str:
    return str(memory["waiting"])


def _how_far(facts: Mapping[str, Any]) -> str:
    return sentence(
        "{state}: {sent} sent, {sending} being sent, {unknown} unknown, {waiting} waiting",
        state=_STATES[facts["state"]],
        **{name: facts[name] for name in ("sent", "sending", "unknown", "waiting")},
    )


def _texted(world: World) -> list[str]:
    """The number of each text of the campaign."""
    return [
        message["mobile"]
        for batch in world.state["batches"]
        for message in batch["messages"]
        if "您的帳單" in message["text"]
    ]


def _most_to_one(seen: Seen) -> int:
    """The most texts of the campaign that anybody got."""
    return max(Counter(_texted(seen.after)).values())


CAMPAIGN = (
    Step(
        title=sentence("Whom would due.xlsx reach?"),
        does=calls("read_list", file=LIST, fields=["姓名", "到期日"]),
        shows=lambda facts: sentence(
            "{recipients} recipients in {rows} rows; no number is shown",
            recipients=facts["recipients"],
            rows=facts["rows"],
        ),
        expects=(
            Expectation(
                says=sentence("300 recipients"), holds=lambda seen: seen.facts["recipients"] == RECIPIENTS
            ),
            asked(0),
        ),
    ),
    Step(
        title=sentence("Plan a reminder to all of them, with their name and date; 20 first"),
        does=calls("plan_campaign", name="繳費提醒", list=LIST, text=_TEXT, trial=_TRIAL),
        shows=lambda facts: facts["conclusion"],
        expects=(asked(0), texts_more(0), not_called(_PAGE)),
        keeps={"campaign": "campaign_id"},
    ),
    Step(
        title=sentence("Start it; the person types how many it is for"),
        does=_starts,
        person=types_in(lambda _memory: str(RECIPIENTS)),
        shows=lambda facts: facts["note"],
        expects=(asked(1), done()),
    ),
    Step(
        title=sentence("How did the trial go?"),
        does=_asks_until(lambda facts: facts["state"] == "holding"),
        shows=_how_far,
        expects=(
            Expectation(
                says=sentence("20 sent, the rest holds"), holds=lambda seen: seen.facts["sent"] == _TRIAL
            ),
        ),
        keeps={"waiting": "waiting"},
    ),
    Step(
        title=sentence("Release the rest; the vendor is slow"),
        first=Event(
            says=sentence("each call takes {seconds} s", seconds=str(_SLOW_SECONDS)),
            happens=lambda sandbox: sandbox.slow(_PAGE, _SLOW_SECONDS),
        ),
        does=calls("resume_campaign", campaign_id=kept("campaign")),
        person=types_in(_rest),
        shows=lambda facts: facts["note"],
        expects=(asked(1), done()),
    ),
    Step(
        title=sentence("Stop! The person pauses it, and the worker is killed in the middle of its calls"),
        does=_is_paused_and_dies,
        shows=lambda facts: facts["conclusion"],
        expects=(asked(0),),
    ),
    Step(
        title=sentence("How far is it?"),
        does=calls("get_campaign", campaign_id=kept("campaign")),
        shows=_how_far,
        expects=(
            Expectation(
                says=sentence("some wait"), holds=lambda seen: 0 < seen.facts["waiting"] < RECIPIENTS
            ),
        ),
        keeps={"waiting": "waiting"},
    ),
    Step(
        title=sentence("Go on with the rest, in a new worker"),
        does=_goes_on,
        person=types_in(_rest),
        shows=lambda facts: facts["note"],
        expects=(asked(1), done()),
    ),
    Step(
        title=sentence("Is it done?"),
        does=_asks_until(lambda facts: facts["state"] == "done"),
        shows=_how_far,
        expects=(
            Expectation(says=sentence("nobody waits"), holds=lambda seen: seen.facts["waiting"] == 0),
            Expectation(says=sentence("nobody was texted twice"), holds=lambda seen: _most_to_one(seen) == 1),
        ),
    ),
    Step(
        title=sentence("Did it arrive? The vendor reports every delivery, and so settles what nobody knew"),
        first=clock_moves(_ON_THEIR_WAY_S),
        does=_asks_until(lambda facts: facts["delivered"] == _ARRIVE),
        shows=lambda facts: sentence(
            "{so_far}; {delivered} delivered", so_far=_how_far(facts), delivered=facts["delivered"]
        ),
        expects=(
            Expectation(
                says=sentence("nothing is unknown any more"), holds=lambda seen: seen.facts["unknown"] == 0
            ),
            Expectation(
                says=sentence("299 of 300 have it"), holds=lambda seen: seen.facts["delivered"] == _ARRIVE
            ),
        ),
    ),
)
