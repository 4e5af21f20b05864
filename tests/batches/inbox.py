"""Replies as the vendor reports them and as it tells them when it is asked, and who waits to be blocked."""

from collections.abc import Sequence

import httpx2 as httpx

from tests.e2e.house import Facts, House, Session
from tests.gate.servers import FREE_NUMBER

REPLIED_AT = "20261126120000"


async def reported(http: httpx.AsyncClient, url: str, batch_id: str, text: str, **more: str) -> None:
    """The vendor's callback about a reply."""
    fields = {"BatchID": batch_id, "RM": FREE_NUMBER, "RT": REPLIED_AT, "STATUS": "999", "MR": "1"}
    assert (await http.get(url, params=fields | {"SM": text} | more)).status_code == 200


async def sent(house: House, session: Session, numbers: Sequence[str], text: str = "您好") -> str:
    """A batch to these numbers, agreed to by the person of the session; the vendor's id."""
    facts = await session.facts("send_sms", {"recipients": list(numbers), "text": text})
    await house.vendor.advance(31)
    return str(facts["batch_id"])


async def answered(house: House, mobile: str, text: str) -> None:
    """A recipient's answer to the newest batch: reported where that is set up, and told to whoever asks."""
    await house.vendor.control("reply", mobile=mobile, text=text)


async def proposed(session: Session) -> list[str]:
    """Who waits to be blocked, masked."""
    assert session.parts is not None
    await session.parts.memory.catch_up()
    found, _ = await session.parts.memory.opt_outs.proposed()
    return [each.masked for each in found]


async def told_of_send(session: Session, number: str, text: str = "又一則") -> Facts:
    """A send to this number, however it ends."""
    return (await session.told("send_sms", {"recipients": [number], "text": text})).facts
