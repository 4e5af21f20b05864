"""Sample data of these tests, and short ways to bring an action into a state."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from server.store import ledger
from server.store.actions import NO_CAPS, Action, CapHit, Caps, Proposal
from server.store.packing import Packing, packing
from server.store.plans import Connection
from server.store.sent_texts import Texted

NOW = datetime(2026, 1, 31, 3, 0, tzinfo=UTC)
"""11:00 in Taipei on the last day of a month."""

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
KEY = bytes(range(32))


def proposal(
    digest: str = "d1",
    *,
    principal: str = "desk",
    tool: str = "send_sms",
    request_id: str = "",
    points: Decimal | int = 2,
    recipients: int = 2,
    campaign: str = "",
    target: str = "",
) -> Proposal:
    return Proposal(
        principal=principal,
        session="s1",
        tool=tool,
        risk="spend",
        vendor="every8d",
        digest=digest,
        request_id=request_id,
        arguments='{"to":["+886912345678"]}',
        preview='{"effect":"Send an SMS"}',
        points=Decimal(points),
        recipients=recipients,
        campaign=campaign,
        target=target,
    )


def part_begun(
    conn: Connection,
    wanted: Proposal,
    recipients: Sequence[str],
    texts: Sequence[Texted],
    now: datetime,
    *,
    packed: bool = True,
) -> Action:
    """A part of a campaign that `w1` is about to post; `recipients` are keyed hashes."""
    action, created = ledger.begin(
        conn,
        wanted,
        by="desk",
        channel="campaign",
        rule="a start",
        owner="w1",
        now=now,
        lease_seconds=200,
        recipients=recipients,
        texts=texts,
        packed=_packing(recipients, texts) if packed else None,
    )
    assert created
    return action


def _packing(recipients: Sequence[str], texts: Sequence[Texted]) -> Packing:
    messages = [(bytes.fromhex(each.message), each.send_at) for each in texts]
    return packing([bytes.fromhex(each) for each in recipients], messages)


def proposed(conn: Connection, wanted: Proposal, now: datetime = NOW) -> Action:
    return ledger.propose(conn, wanted, now)[0]


def approved(conn: Connection, wanted: Proposal, now: datetime = NOW) -> Action:
    action = proposed(conn, wanted, now)
    result = ledger.approve(conn, action.id, by="王小明", channel="terminal", rule="asked", now=now)
    assert result is not None
    return result


def claim(
    conn: Connection,
    action_id: str,
    *,
    owner: str = "w1",
    now: datetime = NOW,
    caps: Caps = NO_CAPS,
    recipients: Sequence[str] = (),
) -> Action | CapHit | None:
    return ledger.claim(
        conn, action_id, owner=owner, now=now, lease_seconds=60, caps=caps, recipients=recipients
    )


def dispatching(conn: Connection, wanted: Proposal, now: datetime = NOW, *, owner: str = "w1") -> Action:
    taken = claim(conn, approved(conn, wanted, now).id, owner=owner, now=now)
    assert isinstance(taken, Action)
    return taken
