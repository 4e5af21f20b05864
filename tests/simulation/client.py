"""An assistant with its person: calls, repeats, changes its mind, loses connections, and asks a person."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

import anyio

from server.gate.caller import Caller, FormReply
from server.gate.words.answers import Answer, Question
from server.store.errors import StoreUnavailableError
from tests.judge.history import Says
from tests.simulation.actions import Consent
from tests.simulation.judging import Said, judge
from tests.simulation.loop import CrashedError, is_crash
from tests.simulation.person import by_hand, decide
from tests.simulation.worker import TEST_NUMBER
from tools.catalog import every_operation

if TYPE_CHECKING:
    from tests.simulation.world import World

NUMBERS = (TEST_NUMBER, "+886912345602", "+886912345603")
OPERATIONS = {operation.name: operation for operation in every_operation()}
_MESSAGES: tuple[Mapping[str, Any], ...] = (
    {"recipients": [NUMBERS[1]], "text": "甲"},
    {"recipients": [NUMBERS[1], NUMBERS[2]], "text": "甲"},
    {"recipients": [NUMBERS[1], NUMBERS[2]], "text": "乙"},
    {"recipients": [TEST_NUMBER], "text": "乙"},
)
_IMPATIENT = 0.12
"""How often a call is made twice at once."""
_TOMORROW = (86_370, 86_401, 90_000)
_LAUNCH = {"launch_id": "1182"}
_TOOLS = ("send_sms",) * 8 + ("send_sms_deduplicated",) * 2 + ("pause_launch", "terminate_launch")
_REPLIES = ("yes",) * 24 + (
    "wrong",
    "no",
    "veto",
    "vetoing proof",
    "dismissed",
    "instant, then slower",
    "silent",
    "hasty",
    "late",
    "never",
    "other arguments",
    "other principal",
    "twice",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One call that an assistant makes, perhaps again and again."""

    tool: str
    arguments: Mapping[str, Any]
    request_id: str = ""

    def as_arguments(self) -> dict[str, Any]:
        """What the tool is called with."""
        return {**self.arguments, **({"request_id": self.request_id} if self.request_id else {})}


BRAKE = Wanted(tool="pause_launch", arguments=_LAUNCH)


def wish(random: Random) -> Wanted:
    """Something that somebody may want done."""
    tool = random.choice(_TOOLS)
    if tool.endswith("_launch"):
        return Wanted(tool=tool, arguments=_LAUNCH)
    request_id = random.choice(("", "", "", "r1", "r2"))
    return Wanted(tool=tool, arguments=random.choice(_MESSAGES), request_id=request_id)


class Client:
    """One conversation."""

    def __init__(self, world: "World", principal: str, *, can_ask: bool) -> None:
        self._world = world
        self._random = world.random
        self.principal = principal
        self._can_ask = can_ask
        self._scope: anyio.CancelScope | None = None
        self.answers = 0

    def cancel(self) -> None:
        """Nobody waits for the call any more."""
        if self._scope is not None:
            self._scope.cancel()

    async def run(self) -> None:
        """A few things that somebody wants done."""
        for _ in range(self._random.choice((1, 2, 2))):
            await self.pursue(self._random.choice(self._world.wishes))

    async def pursue(self, wanted: Wanted) -> None:
        """Call until it is done, or until nobody feels like it any more."""
        for _ in range(self._random.choice((1, 2, 2, 3, 4))):
            answer = await self._call(wanted)
            if isinstance(answer, Question):
                answer = await self._asked(wanted, answer)
            if isinstance(answer, Answer) and not await self._goes_on(wanted, answer):
                return

    async def _goes_on(self, wanted: Wanted, answer: Answer) -> bool:
        outcome, action_id = answer.facts.get("outcome"), str(answer.facts.get("action_id"))
        if outcome == "approval_required":
            await anyio.sleep(self._random.choice((1, 30, 700)))
            await decide(self._world, action_id)
            return True
        if outcome == "in_progress":
            await anyio.sleep(self._random.choice((1, 20)))
            return True
        if outcome == "unknown":
            await self._looked_into(wanted, action_id)
            return self._random.random() < 0.7
        return self._random.random() < 0.35

    async def _looked_into(self, wanted: Wanted, action_id: str) -> None:
        what = self._random.choice(("reconcile", "retry", "retry", "retry tomorrow", "by hand", "nothing"))
        if what == "reconcile":
            await self._call(Wanted(tool="reconcile_action", arguments={"action_id": action_id}))
        elif what.startswith("retry") and wanted.tool.startswith("send_sms"):
            if what == "retry tomorrow":
                # Around the end of the vendor's filter of 24 hours.
                await anyio.sleep(self._random.choice(_TOMORROW))
            retry_id = self._random.choice(("", "", "r3"))
            await self.pursue(
                Wanted(tool="retry_safely", arguments={"action_id": action_id}, request_id=retry_id)
            )
        elif what == "by hand":
            await by_hand(self._world, action_id)

    async def _asked(self, wanted: Wanted, question: Question) -> Answer | None:
        """What the person makes of the question, or somebody else of the person's answer."""
        kind = self._random.choice(_REPLIES)
        await anyio.sleep(self._random.choice((1, 5, 40, 700)))
        if kind == "never":
            return None
        if kind in ("yes", "late", "twice", "other arguments"):
            self._consent(wanted, question, agreed=kind != "late")
        if kind in ("veto", "vetoing proof", "dismissed"):
            await decide(self._world, question.action_id)
        answer = await self._call(
            self._changed(wanted) if kind == "other arguments" else wanted,
            question.action_id,
            _reply(kind, question),
            principal="token:c" if kind == "other principal" else self.principal,
        )
        if kind == "twice" or (kind == "instant, then slower" and _is_sent_out_of_band(answer)):
            answer = await self._call(wanted, question.action_id, _reply("yes", question))
        return answer if isinstance(answer, Answer) else None

    def _consent(self, wanted: Wanted, question: Question, *, agreed: bool) -> None:
        if agreed:
            consent = Consent(principal=self.principal, tool=wanted.tool, arguments=wanted.arguments)
            self._world.watch.consents[question.action_id].append(consent)

    def _changed(self, wanted: Wanted) -> Wanted:
        if "text" not in wanted.arguments:
            return wanted
        other = self._random.choice(_MESSAGES)
        return replace(wanted, arguments=other)

    async def _call(
        self,
        wanted: Wanted,
        action_id: str | None = None,
        reply: FormReply | None = None,
        *,
        principal: str = "",
    ) -> Answer | Question | None:
        """One call, or by somebody impatient two at once."""
        if self._random.random() > _IMPATIENT:
            return await self._once(wanted, action_id, reply, principal)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._once(wanted, action_id, reply, principal)) for _ in range(2)]
        return tasks[0].result() or tasks[1].result()

    async def _once(
        self,
        wanted: Wanted,
        action_id: str | None,
        reply: FormReply | None,
        principal: str,
    ) -> Answer | Question | None:
        """One call to one process; None when its answer never comes."""
        worker = self._random.choice(self._world.workers)
        caller = Caller(principal=principal or self.principal, session=self.principal, can_ask=self._can_ask)
        arguments = wanted.as_arguments()
        dry = reply is None and wanted.tool.startswith("send") and self._random.random() < 0.05
        if dry:
            arguments["dry_run"] = True
        if self._world.watch.traced:
            name = self._world.watch.name(action_id or "")
            note = "" if reply is None else f" answering {name} {reply.action}"
            spoken = f"{caller.principal} {wanted.tool} {json.dumps(arguments, ensure_ascii=False)}"
            self._world.watch.note(f"{worker.life.name}: {spoken}{note}")
        before = dict(self._world.watch.rows)
        witness = self._world.witness
        call = witness.called(caller.principal, wanted.tool, arguments, action_id or "")
        if action_id is not None and reply is not None:
            witness.replied(call, _says(reply), reply.took_ms / 1000, action_id)
        answer: Answer | Question | None = None
        with anyio.CancelScope() as self._scope:
            try:
                answer = await worker.gate.call(
                    OPERATIONS[wanted.tool], arguments, caller, action_id=action_id, reply=reply
                )
            except (CrashedError, BaseExceptionGroup) as error:
                if not is_crash(error):
                    raise
                self._world.watch.note(f"{worker.life.name} has crashed")
            except StoreUnavailableError:
                self._world.watch.note("the store failed")
        if answer is not None:
            self.answers += 1
            if isinstance(answer, Question):
                witness.asked(call, answer.action_id)
            else:
                witness.answered(call, answer.facts, error=answer.is_error)
            said = Said(
                principal=caller.principal,
                tool=wanted.tool,
                arguments=wanted.arguments,
                request_id=wanted.request_id,
                action_id=action_id,
                dry_run=dry,
                before=before,
                said_no=reply is not None and _says(reply) == "no",
                answer=answer,
            )
            judge(said, self._world.watch)
        return answer


def _is_sent_out_of_band(answer: Answer | Question | None) -> bool:
    """Whether the client knows it: a process can die, or its store fail, before that is written down."""
    return isinstance(answer, Answer) and answer.facts.get("outcome") == "approval_required"


def _says(reply: FormReply) -> Says:
    """A wrong proof is a no; a form that nobody answered says nothing."""
    if reply.action == "decline":
        return "no"
    if reply.action != "accept":
        return "nobody"
    return "no" if reply.typed == "99" else "yes"


def _reply(kind: str, question: Question) -> FormReply:
    right = question.proof
    match kind:
        case "no" | "veto":
            return FormReply(action="decline", took_ms=4_000)
        case "dismissed":
            return FormReply(action="cancel", took_ms=4_000)
        case "wrong" | "vetoing proof":
            return FormReply(action="accept", typed="99", agreed=False, took_ms=4_000)
        case "silent":
            return FormReply(action="silent", took_ms=120_000)
        case "hasty" | "instant, then slower":
            return FormReply(action="accept", typed=right, agreed=True, took_ms=40)
        case "late":
            return FormReply(action="accept", typed=right, agreed=True, took_ms=130_000)
        case _:
            return FormReply(action="accept", typed=right, agreed=True, took_ms=4_000)
