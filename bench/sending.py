"""A server's parts in this process, over a vendor in another, with one number that may be texted freely."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

from bench.processes import NUMBER
from server.gate.caller import Caller
from server.gate.words.answers import Question
from server.late_parts import LateParts, running
from server.parts import Parts, build_parts
from server.settings.settings import load_settings
from tools.every8d.credit import credit_steps
from tools.every8d.send_sms import SEND_SMS
from tools.operation import Surroundings

CALLER = Caller(principal="bench", session="bench", can_ask=False)


@asynccontextmanager
async def parts_at(vendor: str, store: str = "") -> AsyncGenerator[Parts]:
    """Running parts, over a store of their own: a file of SQLite, or this database."""
    account = {"base_url": vendor, "uid": "sandbox", "password": "sandbox"}
    policy = {
        "test_numbers": [NUMBER],
        "test_recipients": 1,
        "test_points": 5,
        "calls_per_minute": 1_000_000,
        "points_per_day": 1_000_000,
        "points_per_month": 1_000_000,
        "recipients_per_day": 1_000_000,
        "texts_per_recipient_per_day": 1_000_000,
    }
    with TemporaryDirectory() as folder:
        settings = load_settings(every8d=account, policy=policy, store={"folder": folder, "url": store})
        parts = build_parts(settings)
        async with running(LateParts.of(parts)):
            yield parts


async def guarded(parts: Parts, text: str) -> None:
    """The whole path of a call.

    Raises:
        RuntimeError: the text was not sent.
    """
    answer = await parts.gate.call(SEND_SMS, {"recipients": [NUMBER], "text": text}, CALLER)
    if isinstance(answer, Question) or answer.facts.get("outcome") != "done":
        raise RuntimeError(f"the guarded send was not done: {answer}")


async def bare(parts: Parts, text: str) -> None:
    """The same requests (credit for the preview, then the send), without the gate."""
    params = SEND_SMS.params(recipients=[NUMBER], text=text)
    await parts.vendors.query(credit_steps())
    world = Surroundings(now=datetime.now(UTC))
    SEND_SMS.parse(await parts.vendors.send(SEND_SMS.build(params, world)), params, world)
