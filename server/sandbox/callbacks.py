"""Delivery reports that the platform sends by itself (003_ 2.1), with its retries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from server.sandbox.callback_target import CallbackTarget
from server.sandbox.http_out import Outgoing, exchange
from server.sandbox.state.messages import Batch, Message

if TYPE_CHECKING:
    from server.sandbox.world import World

MAX_RETRIES = 10
RETRY_AFTER = timedelta(seconds=60)
_ACKNOWLEDGED = 200
_COMPACT = "%Y%m%d%H%M%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A final status, or a reply with STATUS=999, at its moment; `sender` is whose reply it is."""

    status: int
    text: str
    when: datetime
    sender: str = ""


def report(world: "World", batch: Batch, message: Message, event: Event) -> None:
    """Send a report to the account's URL, if it has one."""
    target = world.accounts[batch.uid].callback
    if target is None:
        return
    outgoing = _outgoing(_fields(batch, message, event), target)
    for _ in range(target.repeat):
        delivery = _Delivery(world=world, outgoing=outgoing)
        world.outbox.send(event.when, delivery.attempt)


def _fields(batch: Batch, message: Message, event: Event) -> dict[str, str]:
    return {
        "BatchID": batch.batch_id,
        "RM": event.sender or message.mobile,
        "RT": event.when.strftime(_COMPACT),
        "STATUS": str(event.status),
        "SM": event.text,
        "MR": message.record,
        "USERID": batch.uid,
        "UserNo": f"{batch.uid}-1",
        "ST": message.send_time.strftime(_COMPACT),
        "SUBJECT": batch.subject,
        "NAME": message.name,
        "CHARGE": f"{message.cost:.1f}",
        "MSGID": message.message_id,
    }


def _outgoing(fields: dict[str, str], target: CallbackTarget) -> Outgoing:
    encoded = "&".join(f"{name}={_value(name, value, target)}" for name, value in fields.items())
    if target.method == "GET":
        return Outgoing(url=f"{target.url}{'&' if '?' in target.url else '?'}{encoded}")
    kind = f"application/x-www-form-urlencoded; charset={target.encoding}"
    return Outgoing(method="POST", url=target.url, content=encoded.encode("ascii"), content_type=kind)


def _value(name: str, value: str, target: CallbackTarget) -> str:
    """Percent-encoded in the account's encoding; RM's plus stays raw where the account spoils it."""
    safe = "+" if name == "RM" and target.plus_as_space else ""
    return quote(value, safe=safe, encoding=target.encoding, errors="replace")


@dataclass(slots=True, kw_only=True)
class _Delivery:
    """One report on its way, and how often it has failed."""

    world: "World"
    outgoing: Outgoing
    failures: int = 0

    async def attempt(self, when: datetime) -> None:
        """Try once; on anything but 200 try again a minute of sandbox time later, ten times at most."""
        reply = await exchange(self.outgoing)
        if reply is not None and reply.status == _ACKNOWLEDGED:
            return
        self.failures += 1
        if self.failures <= MAX_RETRIES:
            self.world.clock.at(when + RETRY_AFTER, self._again)
            # A retry that is due already must go before later reports.
            self.world.clock.run_due()

    def _again(self, due: datetime) -> None:
        self.world.outbox.send(due, self.attempt)
