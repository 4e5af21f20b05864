"""Draws batches and messages from the ledger, and states from the reports that came in.

The ledger is written first and alone; what stands here follows it, in steps that can be repeated: a process
that dies between the two leaves nothing out, and a second one that does the same work adds nothing.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

from server.batches.held import booked_times
from server.batches.inbox import Inbox
from server.batches.keeper import Keeper, alike
from server.batches.message_rows import message_rows
from server.batches.reports import fold_reports, look_again
from server.batches.skipped import who_got_it
from server.batches.unpacking import unpack_messages
from server.ledger.notes import Note
from server.store import ledger
from server.store.actions import Action
from server.store.asking_plan import PLAN, next_ask, went_out
from server.store.batches import (
    ERASED,
    FAILED,
    SENT,
    UNKNOWN,
    Batch,
    add_batch,
    batch_by_vendor_id,
    count_again,
    erasings,
    set_batch,
    settled,
    uncounted,
    unrecorded,
)
from server.store.elsewhere import give_way
from server.store.events import unfolded
from server.store.keys import half_hashes
from server.store.lookup import first_of
from server.store.messages import add_messages
from server.store.packed_messages import packed_before
from server.store.packed_texts import texts_packed_before
from server.store.plans import Connection
from server.store.rows import taipei_day
from server.store.slices import slices
from server.store.unpacking import unpack_texts
from tools.action_id import reference_of
from tools.every8d.sent import sent_messages
from tools.every8d.texts import first_words
from tools.operation import Preview

_AT_ONCE, _REPORTS_AT_ONCE = 50, 25
"""Batches and reports of one step: others who write, the receiver of reports above all, go on between two."""
_PACKS_AT_ONCE = 2
_PACKED_FOR = timedelta(minutes=1)
"""So long a campaign's newest parts stay packed: to unpack them takes longer than to send them."""
_WHENEVER = datetime.max.replace(tzinfo=UTC)
"""Whatever the clock of the machine said that packed them: it may be ahead of this one's."""
_LOOK_BACK = timedelta(minutes=10)
"""Steps of other processes may be committed so much later than the time that they carry."""
_BEGINNING = timedelta(days=400)


class Recorder:
    """Keeps the records abreast of the ledger."""

    def __init__(self, keeper: Keeper, own_words: Sequence[str] = ()) -> None:
        self._keeper = keeper
        self._own_words = own_words
        self._since: datetime | None = None

    async def catch_up(self, *, briefly: bool = False) -> None:
        """Record what is new. Cheap where there is nothing.

        `briefly`: whom the newest parts of campaigns were to stays packed, unless a report of them came.
        """
        now = self._keeper.clock()
        since = (self._since or now - _BEGINNING) - _LOOK_BACK
        while await self._some(since):
            pass
        await self._unpack(now - _PACKED_FOR if briefly else _WHENEVER)
        self._since = now

    async def _unpack(self, before: datetime) -> None:
        """Unpack what has been packed since then or longer; what is packed meanwhile is left to the next."""

        def found(conn: Connection) -> list[str]:
            texts = texts_packed_before(conn, before)
            return list(dict.fromkeys([*packed_before(conn, before), *texts]))

        parts = await self._keeper.read(found)
        if not parts:
            return
        key, seal = await self._keeper.key(), await self._keeper.seal()

        def unpack(conn: Connection, _now: datetime, these: Sequence[str]) -> tuple[None, Note | None]:
            for each in these:
                unpack_messages(conn, each, key, seal)
            texts = sum(unpack_texts(conn, each) for each in these)
            return None, Note(what="texts_unpacked", outcome=str(texts)) if texts else None

        for these in slices(parts, _PACKS_AT_ONCE):
            await self._keeper.guard(partial(unpack, these=these))

    async def _some(self, since: datetime) -> bool:
        """One step; whether there was more to record than it took."""
        found = await self._keeper.read(lambda conn: _work(conn, since))
        if not found:
            return False
        inbox = Inbox(await self._keeper.key(), await self._keeper.seal(), self._own_words)
        return await self._keeper.write(lambda conn: _record(conn, since, self._keeper.clock(), inbox))

    async def count(self, at_most: int = 100) -> None:
        """Count what changed since it was counted."""

        def work(conn: Connection) -> None:
            for batch in uncounted(conn, at_most):
                count_again(conn, batch)

        if await self._keeper.read(lambda conn: bool(uncounted(conn, 1))):
            await self._keeper.write(work)


def _work(conn: Connection, since: datetime) -> bool:
    return bool(unrecorded(conn, since, 1) or settled(conn) or erasings(conn, since) or unfolded(conn, 1))


def _record(conn: Connection, since: datetime, now: datetime, inbox: Inbox) -> bool:
    added = unrecorded(conn, since, _AT_ONCE)
    for action in added:
        _add(conn, action, now, inbox)
    for action in settled(conn):
        _settle(conn, action, now)
    for action in erasings(conn, since):
        _erase(conn, action)
    folded = fold_reports(conn, inbox, now, at_most=_REPORTS_AT_ONCE)
    return len(added) >= _AT_ONCE or folded == _REPORTS_AT_ONCE


def _add(conn: Connection, action: Action, now: datetime, inbox: Inbox) -> None:
    """The batch of a send with its messages; a safe retry sends what its first send was to send.

    That it has none yet was found out in this transaction.
    """
    source = first_of(conn, action)
    arguments = json.loads(source.arguments)
    sent = sent_messages(source.tool, arguments, reference_of(source.id))
    messages = () if sent is None else who_got_it(action, sent.messages)
    skipped = 0 if sent is None else len(sent.messages) - len(messages)
    preview = Preview.model_validate_json(action.preview)
    sent_at = action.dispatched_at or action.created_at
    times = [] if sent is None else booked_times(action, sent.send_at, sent.last_at)
    send_at = min(times, default=None)
    batch = Batch(
        id=action.id,
        batch_id=action.batch_id,
        principal=action.principal,
        tool=action.tool,
        kind="sms" if sent is None else sent.kind,
        state=_state_of(action, nobody=bool(skipped) and not messages),
        subject="" if sent is None else sent.subject,
        words=first_words(arguments),
        alike=alike(inbox.key, "" if sent is None else sent.text),
        day=taipei_day(action.created_at),
        sent_at=sent_at,
        send_at=send_at,
        last_at=max(times, default=None),
        recipients=action.recipients - skipped,
        parts=preview.parts,
        points=_points(action),
        points_returned=action.points_returned,
        next_at=next_ask(went_out(sent_at, send_at), 0, now) if action.batch_id else None,
    )
    give_way(conn, action.batch_id)
    add_batch(conn, batch)
    if sent is not None:
        halves = half_hashes(inbox.key, (each.mobile for each in messages))
        add_messages(conn, message_rows(action.id, messages, halves, inbox.seal))
    look_again(conn, action.batch_id)


def _state_of(action: Action, *, nobody: bool) -> str:
    if str(action.state) != "succeeded":
        return UNKNOWN
    return FAILED if nobody else SENT


def _points(action: Action) -> Decimal:
    return action.points if action.points_final is None else action.points_final


def _settle(conn: Connection, action: Action, now: datetime) -> None:
    """An outcome that was unknown is known by now."""
    if str(action.state) == "failed":
        set_batch(conn, action.id, state=FAILED, points=Decimal(0))
        return
    asked = {"next_at": now + PLAN[0]} if action.batch_id else {}
    give_way(conn, action.batch_id)
    set_batch(conn, action.id, state=SENT, batch_id=action.batch_id, points=_points(action), **asked)
    look_again(conn, action.batch_id)


def _erase(conn: Connection, erasing: Action) -> None:
    """A booking that was taken back: its points came back, and the vendor is asked what is left of it."""
    batch = batch_by_vendor_id(conn, erasing.target)
    if batch is None or batch.state != SENT:
        return
    send = ledger.get(conn, batch.id)
    returned = batch.points_returned if send is None else send.points_returned
    set_batch(
        conn, batch.id, state=ERASED, points_returned=returned, next_at=erasing.finished_at, uncounted=True
    )
