"""How a message lives on the sandbox's clock: booked, handed over, final, answered."""

from datetime import datetime, timedelta

from server.sandbox.callbacks import Event, report
from server.sandbox.fate import final_status, will_reply
from server.sandbox.state.messages import BOOKED, ERASED, HANDED_OVER, REPLIED, Batch, Message, Reply
from server.sandbox.world import World

FINAL_AFTER = timedelta(seconds=30)
REPLY_AFTER = timedelta(seconds=30)
DEFAULT_REPLY = "收到，謝謝"


def schedule(world: World, batch: Batch, message: Message) -> None:
    """Put a message's whole life on the clock; one that was refused only reports its status."""

    def depart(_: datetime) -> None:
        if message.status == BOOKED:
            message.status = HANDED_OVER

    def arrive(due: datetime) -> None:
        _arrive(world, batch, message, due)

    if message.status == BOOKED:
        world.clock.at(message.send_time, depart)
    world.clock.at(message.send_time + FINAL_AFTER, arrive)


def _arrive(world: World, batch: Batch, message: Message, due: datetime) -> None:
    if message.status == ERASED:
        return
    if message.status == HANDED_OVER:
        message.status = final_status(batch.kind, message.mobile)
    if message.status == HANDED_OVER:
        return
    message.received = due
    report(world, batch, message, Event(status=message.status, text=message.text, when=due))
    if will_reply(message.mobile) and not message.refused:
        world.clock.at(due + REPLY_AFTER, lambda when: reply(world, batch, message, _thanks(message, when)))


def _thanks(message: Message, when: datetime) -> Reply:
    return Reply(text=DEFAULT_REPLY, received=when, sender=message.mobile)


def reply(world: World, batch: Batch, message: Message, said: Reply) -> None:
    """Let somebody answer: seen in 2.4, and reported with STATUS=999 (003_ 2.1)."""
    message.replies.append(said)
    report(
        world, batch, message, Event(status=REPLIED, text=said.text, when=said.received, sender=said.sender)
    )
