"""The server with a real client, over the scripted vendor."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from server.settings import load_settings
from tests.e2e.eras import Era
from tests.e2e.house import Session, open_session
from tests.e2e.person import Person
from tests.faults.scripted import ScriptedVendor

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
    settings = load_settings(
        None,
        every8d={"base_url": f"http://localhost:{vendor.port}", "uid": "scripted", "password": "scripted"},
        store={"folder": folder / "store"},
        approval={"human_minimum_ms": 0},
        **changed,
    )
    async with open_session(settings, era, person or Person()) as session:
        yield session


def posts(vendor: ScriptedVendor) -> int:
    """How often a send arrived."""
    return vendor.requests.count(SENDING)
