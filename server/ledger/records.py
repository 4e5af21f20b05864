"""What the gate keeps beside the ledger: the audit, blocked numbers, refused logins, delivery reports."""

import json
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from server.ledger.journal import Journal
from server.ledger.notes import Note
from server.ledger.past import Past
from server.ledger.whose import Whose
from server.store import ledger
from server.store.actions import Action, State
from server.store.blocked import which_blocked
from server.store.events import DeliveryEvent, newest_events, record_events
from server.store.keys import hash_messages
from server.store.locks import lock_vendor, vendor_lock
from server.store.lookup import owner_of_batch
from server.store.plans import Connection
from server.store.reports import is_about, report_about
from server.store.sent_texts import Texted
from tools.operation import Message
from tools.taipei import compact


class Reported(NamedTuple):
    """One callback, ready to be kept: the fields of `DeliveryEvent` but its moment and its number."""

    values: dict[str, Any]
    mobile: str
    """The number as E.164, of which a keyed hash is kept."""


class Records:
    """One process's access to these tables."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @property
    def past(self) -> Past:
        """What this process knows of the store's past."""
        return self._journal.past

    def room(self) -> AbstractAsyncContextManager[None]:
        """Room for an outcome beside the store, to be had before anything is posted."""
        return self._journal.room()

    async def digest(self, text: str) -> str:
        """The keyed digest of canonical arguments: equal for equal calls, no help in guessing numbers."""
        return await self._journal.digest(text)

    async def hashed(self, numbers: Sequence[str]) -> dict[str, str]:
        """Each number once, by its keyed hash."""
        each = tuple(dict.fromkeys(numbers))
        return dict(zip(await self._journal.hashes(each), each, strict=True))

    async def texted(self, messages: Sequence[Message]) -> list[Texted]:
        """Each message to a phone by its keyed hash: what the memory of texts holds."""
        key = await self._journal.key()
        hashes = hash_messages(key, ((each.to, each.content) for each in messages))
        return [Texted(hashed, each.send_at) for hashed, each in zip(hashes, messages, strict=True)]

    async def record(self, note: Note) -> None:
        """A line of the audit without a step of the ledger."""
        await self._journal.record(note)

    async def blocked(self, numbers: Sequence[str]) -> tuple[str, ...]:
        """Those of these numbers that the table of blocked numbers holds."""
        hashes = await self.hashed(numbers)
        return await self._journal.read(lambda conn, _: blocked_of(conn, hashes))

    async def vendor_lock(self, vendor: str, credentials: str) -> str | None:
        """The vendor's code of a refused login of these credentials; None when there is none."""
        fingerprint = await self._journal.digest(credentials)
        lock = await self._journal.glance(lambda conn, _: vendor_lock(conn, vendor, fingerprint))
        return None if lock is None else lock.reason

    async def lock_vendor(self, vendor: str, credentials: str, vendor_code: str) -> None:
        """Remember that these credentials were refused."""
        fingerprint = await self._journal.digest(credentials)

        def work(conn: Connection, now: datetime) -> tuple[None, Note]:
            lock_vendor(conn, vendor, fingerprint, vendor_code, now)
            return None, Note(what="login_stopped", outcome=f"{vendor} {vendor_code}")

        await self._journal.write(work)

    async def batch_belongs(self, batch_id: str, whose: Whose) -> bool:
        """Whether a batch is one of these."""
        owner = await self._journal.glance(lambda conn, _: owner_of_batch(conn, batch_id))
        return whose.elsewhere if owner is None else owner == whose.principal

    async def delivery_events(self, batch_id: str, whose: Whose | None = None) -> list[dict[str, str]]:
        """The callbacks of a batch, or of all of these, newest first, by the vendor's field names."""
        limits = None if whose is None else (whose.principal, whose.elsewhere)
        found = await self._journal.read(lambda conn, _: newest_events(conn, batch_id, whose=limits))
        return [_fields(event) for event in found]

    async def keep_events(self, reports: Sequence[Reported]) -> int:
        """Keep callbacks in one transaction, each once; how many were new. Numbers are kept as keyed hashes.

        A report that carries the reference of an action of unknown outcome settles it in the same step.
        """
        numbers = await self._journal.hashes([each.mobile for each in reports])

        def work(conn: Connection, now: datetime) -> tuple[int, *tuple[Note | None, ...]]:
            fresh = record_events(
                conn,
                (
                    DeliveryEvent(**each.values, number=number, received_at=now)
                    for each, number in zip(reports, numbers, strict=True)
                ),
            )
            return len(fresh), *_settle_by_reports(conn, now, fresh)

        return await self._journal.write(work)

    async def event_of(self, action: Action) -> str | None:
        """The batch id of a callback that is about this send; None when there is none."""
        event = await self._journal.read(lambda conn, _: report_about(conn, action))
        return None if event is None else event.batch_id

    async def remember_head(self) -> None:
        """Write the audit's newest head to its own file."""
        await self._journal.remember_head()


def note_of(what: str, action: Action) -> Note:
    """The audit's line on a step of this action."""
    return Note(
        what=what,
        action_id=action.id,
        principal=action.principal,
        tool=action.tool,
        digest=action.digest,
        by=action.decided_by,
        channel=action.channel,
        rule=action.rule,
    )


def noted(what: str, action: Action | None) -> Note | None:
    """The same; nothing for a step that was not taken."""
    return None if action is None else note_of(what, action)


_REPORTED = "a delivery report carries this action's reference"


def _settle_by_reports(conn: Connection, now: datetime, events: Sequence[DeliveryEvent]) -> list[Note | None]:
    """Settle the sends of unknown outcome that these are about. Many carry the reference of the same send."""
    by_reference: dict[str, list[DeliveryEvent]] = {}
    for event in events:
        if reference := event.reference.partition(" ")[0]:
            by_reference.setdefault(reference, []).append(event)
    return [_settle_by_one_of(conn, now, reference, those) for reference, those in by_reference.items()]


def _settle_by_one_of(
    conn: Connection, now: datetime, reference: str, events: Sequence[DeliveryEvent]
) -> Note | None:
    """The vendor only reports on what it took: the send of this reference arrived (EVERY8D 2.1, SUBJECT)."""
    first = ledger.get(conn, reference)
    if first is None or first.state is not State.UNKNOWN:
        return None
    event = next((each for each in events if is_about(conn, each, first)), None)
    if event is None:
        return None
    action = ledger.reconcile(
        conn,
        first.id,
        state=State.SUCCEEDED,
        by="callback",
        how=_REPORTED,
        outcome=json.dumps({"reconciled": _REPORTED, "batch_id": event.batch_id}),
        now=now,
        batch_id=event.batch_id,
    )
    note = noted("reconciled", action)
    return note and replace(note, by="callback", outcome=f"succeeded: {_REPORTED}")


def blocked_of(conn: Connection, hashes: dict[str, str]) -> tuple[str, ...]:
    """Those of these numbers that the table of blocked numbers holds."""
    found = which_blocked(conn, list(hashes))
    return tuple(number for hashed, number in hashes.items() if hashed in found)


def _fields(event: DeliveryEvent) -> dict[str, str]:
    return {
        "BatchID": event.batch_id,
        "RM": event.mobile,
        "RT": "" if event.reported_at is None else compact(event.reported_at),
        "STATUS": event.status,
        "SM": event.text,
        "MR": event.record,
        "ST": "" if event.sent_at is None else compact(event.sent_at),
        "SUBJECT": event.reference,
        "CHARGE": event.charge,
        "MSGID": event.message_id,
    }
