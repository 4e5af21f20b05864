"""The server with a real client, over the scripted vendor."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import mcp_types as types

from server.settings.settings import load_settings
from tests.e2e.eras import Era
from tests.e2e.house import Session, open_session
from tests.e2e.person import Person
from tests.faults.scripted import HOST, Exchange, ScriptedVendor, whole
from tests.judge.history import Asked, Called, Replied, Terms, action_of
from tests.judge.judge import judge
from tests.judge.witness import Witness

CREDIT = "1230.00"
RECEIPT = "1229.00,1,1,0,220478cc-8506-49b2-93b7-2505f651c12e"
SEND: dict[str, Any] = {"recipients": ["0912345678"], "text": "您好"}
SENDING = "sendSMS.ashx"
LOOKING = "getCredit.ashx"


@asynccontextmanager
async def front_door(
    vendor: ScriptedVendor, folder: Path, *, era: Era = "auto", person: Person | None = None, **changed: Any
) -> AsyncGenerator[Session]:
    """A server whose EVERY8D is the scripted vendor, and a person who agrees."""
    sections: dict[str, Any] = {
        "every8d": {
            "base_url": vendor.url.replace(HOST, "localhost"),
            "uid": "scripted",
            "password": "scripted",
        },
        "store": {"folder": folder / "store"},
        "approval": {"human_minimum_ms": 0},
    }
    settings = load_settings(None, **{**sections, **changed})
    witness = Witness(Terms(human_minimum=0, call_limit=45))
    vendor.on_send = partial(_posted, witness)
    async with open_session(settings, era, Observed(person or Person(), witness)) as session:
        yield replace(session, witness=witness)
    assert (verdict := judge(witness.history)) == [], verdict


def _posted(witness: Witness, fields: dict[str, str]) -> None:
    """A refusal does not name its action, so the question that was answered just before learns it here."""
    action_id, events = action_of(fields["SB"].split()[0]), witness.history.events
    for place, event in enumerate(events):
        if isinstance(event, Asked | Replied) and event.call == witness.history.of(Called)[-1].call:
            events[place] = replace(event, action_id=action_id)
    witness.posted(fields)


@dataclass(slots=True)
class Observed:
    """A person whose answers are written down for the judge. Only one call is asked at a time."""

    person: Person
    witness: Witness

    async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        """Answer a form."""
        call = self.witness.history.of(Called)[-1].call
        self.witness.asked(call)
        answer = await self.person(context, params)
        self.witness.replied(call, "yes" if answer.action == "accept" else "no", took=1)
        return answer


async def accept(exchange: Exchange) -> None:
    """Takes a send of one message, and gives each a batch of its own."""
    await whole(f"1229.00,1,1,0,{uuid4()}")(exchange)


def posts(vendor: ScriptedVendor) -> int:
    """How often a send arrived."""
    return vendor.requests.count(SENDING)
