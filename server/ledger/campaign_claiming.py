"""A campaign's steps in the ledger: its start reserves, each chunk is claimed once, the rest comes back.

A chunk is an action of its own, agreed to by whoever agreed to the start. What it reserves it takes from what
the start reserved, so that nothing counts twice and the caps, asked for at the start, still hold.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from server.ledger.campaign_ends import end
from server.ledger.claiming import LEASE_SECONDS, Claimed, Claiming, Refusal
from server.ledger.notes import Note, ending_note
from server.ledger.part_reach import PartReach, texted_before
from server.ledger.records import blocked_of, note_of, noted
from server.ledger.refusals import Repeats
from server.store import campaign_chunks, campaigns, ledger
from server.store.actions import (
    CAMPAIGN_PART,
    CAMPAIGN_START,
    NO_CAPS,
    Action,
    CapHit,
    Caps,
    Proposal,
    State,
    only,
)
from server.store.campaign_chunks import Chunk
from server.store.campaign_holds import hold_of
from server.store.campaign_moves import give_contents, wait_anew
from server.store.campaign_seals import is_sealed
from server.store.campaigns import Campaign
from server.store.counting import full_today, hand_on
from server.store.dispatch import reap_of_campaign
from server.store.failed_sends import SameWords
from server.store.plans import Connection
from tools.sentence import sentence

CHANNEL = "campaign"
"""How a chunk is approved: by the decision on the start, whose action is the rule."""
_MOVING = sentence("a move to another time was begun and not ended; move_campaign goes on with it")
_HELD_UP = sentence("it was to go out at once, and nobody carried it out for an hour or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkSend:
    """What is about to be sent of a chunk, and by whom: the worker that holds the campaign's epoch."""

    chunk: Chunk
    epoch: int
    action: str
    """The id that it has: it stands in what is to be posted."""
    proposal: Proposal
    reach: PartReach
    again: SameWords | None = None
    """The sends among which somebody may have it, where the campaign was planned again for who failed."""

    @property
    def left_out(self) -> int:
        """Recipients of the plan that are not sent to."""
        return self.chunk.recipients - len(self.reach.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An approved step of a campaign, and what it is answered: JSON."""

    action_id: str
    campaign: str
    outcome: str
    goes_on: bool = False
    """It is not finished: parts of it follow."""
    is_end: bool = False
    """It only takes away, and is taken whatever became of the campaign's row."""


Change = Callable[[Connection, datetime, Campaign], None]
"""What a step changes beside its action."""
Record = Callable[[Connection, Action], None]
"""Writes the batch and its messages, in the transaction of the claim."""


class CampaignClaiming(Claiming):
    """The steps of a campaign that count, each in one transaction."""

    async def start_campaign(self, step: Step, digest: str) -> Action | CapHit | None:
        """An approved start: its points and recipients are reserved, it is done, and the campaign runs.

        None: it is not approved (any more), or the plan is not as it was or was started already.
        """

        def begin(conn: Connection, now: datetime, found: Campaign) -> None:
            values = {"state": campaigns.RUNNING, "action": step.action_id, "started_at": now, "reason": ""}
            campaigns.change(conn, self._journal.held, found.id, [campaigns.PLANNED], heartbeat=now, **values)

        return await self._step(step, [campaigns.PLANNED], begin, digest=digest, caps=self._caps)

    async def resume_campaign(self, step: Step) -> Action | CapHit | None:
        """An approved resumption: the campaign runs again; what certainly failed waits again."""

        def go_on(conn: Connection, now: datetime, found: Campaign) -> None:
            _wait_again(conn, found)
            # A campaign that holds had its trial; one that was paused before may still have it to come.
            released = found.released or found.state == campaigns.HOLDING
            values: dict[str, object] = {"state": campaigns.RUNNING, "reason": "", "worker": ""}
            values["heartbeat"] = now
            values |= {"released": released, "resumed": found.resumed + 1}
            campaigns.change(conn, self._journal.held, found.id, campaigns.STANDING, **values)

        return await self._step(step, campaigns.STANDING, go_on)

    async def move_campaign(
        self, step: Step, plan: str, contents: Mapping[int, str]
    ) -> Action | CapHit | None:
        """An approved move, begun: what waits has its new time, and nothing is sent until `end_move`."""
        begun = (*campaigns.STANDING, campaigns.DONE)

        def move(conn: Connection, now: datetime, found: Campaign) -> None:
            _wait_again(conn, found)
            give_contents(conn, found.id, contents)
            values = {"state": campaigns.PAUSED, "reason": _MOVING, "plan": plan, "at_once": False}
            campaigns.change(conn, self._journal.held, found.id, begun, ended_at=None, worker="", **values)

        return await self._step(step, begun, move)

    async def end_move(self, campaign: str, contents: Mapping[int, str]) -> int:
        """What was erased whole waits again, and the campaign runs; how many recipients wait again."""

        def work(conn: Connection, now: datetime) -> tuple[int, Note | None]:
            found = campaigns.campaign_of(conn, campaign)
            if found is None or (found.state, found.reason) != (campaigns.PAUSED, _MOVING):
                return 0, None
            start = ledger.get(conn, found.action)
            again = wait_anew(conn, campaign, contents)
            if start is not None and again.recipients:
                hand_on(conn, start, -again.points, -again.recipients)
            values = {"state": campaigns.RUNNING, "reason": "", "heartbeat": now}
            campaigns.change(conn, self._journal.held, campaign, [campaigns.PAUSED], **values)
            return again.recipients, Note(what="campaign_moved", outcome=campaign)

        return await self._journal.write(work, standing=True)

    async def cancel_campaign(self, step: Step) -> Action | CapHit | None:
        """An approved end: what waits is not sent, and what was reserved for it comes back."""
        begun = (campaigns.PLANNED, campaigns.RUNNING, *campaigns.STANDING, *campaigns.OVER)

        def cancel(conn: Connection, now: datetime, found: Campaign) -> None:
            start = ledger.get(conn, found.action)
            if start is not None:
                points = max(start.points - start.points_returned, Decimal(0))
                hand_on(conn, start, points, max(start.recipients - start.recipients_returned, 0))
            campaign_chunks.leave_waiting(conn, found.id)
            ended = found.ended_at or now
            campaigns.change(
                conn,
                self._journal.held,
                found.id,
                begun,
                state=campaigns.CANCELLED,
                ended_at=ended,
                worker="",
            )

        return await self._step(step, begun, cancel)

    async def pause_campaign(self, campaign: str, reason: str, by: Note) -> bool:
        """Nothing more of it is begun; False when it does not run. What is under way ends."""

        def work(conn: Connection, _now: datetime) -> tuple[bool, Note | None]:
            values = {"state": campaigns.PAUSED, "reason": reason, "worker": ""}
            paused = campaigns.change(conn, self._journal.held, campaign, [campaigns.RUNNING], **values)
            return paused, by if paused else None

        return await self._journal.write(work)

    async def stop_held_up(self, campaign: Campaign) -> bool:
        """It was to go out at once and nobody carried it out for hours: it goes on with a person's word."""
        by = Note(what="campaign_paused", by="server", outcome=campaign.id)
        return await self.pause_campaign(campaign.id, _HELD_UP, by)

    async def give_up_others(self, campaign: str) -> None:
        """Its parts that another worker had under way are unknown: whoever calls this has taken it over."""

        def work(conn: Connection, _now: datetime) -> tuple[None, *tuple[Note, ...]]:
            given_up = reap_of_campaign(conn, campaign, CAMPAIGN_PART, self._owner)
            return None, *(Note(what="reaped", action_id=action.id) for action in given_up)

        await self._journal.write(work)

    async def pause_campaigns(self, principal: str | None, reason: str) -> list[Campaign]:
        """The same for all that run, of this principal or of everybody (None); those that were paused."""

        def work(conn: Connection, _now: datetime) -> tuple[list[Campaign], *tuple[Note | None, ...]]:
            found = campaigns.pause_all(conn, self._journal.held, reason, principal)
            return found, *(
                Note(what="campaign_paused", principal=each.principal, outcome=each.id) for each in found
            )

        return await self._journal.write(work)

    async def running_campaigns(self, principal: str | None) -> list[Campaign]:
        """Those that run, of this principal or of everybody (None)."""
        return await self._journal.read(lambda conn, _: campaigns.running_of(conn, principal))

    async def stand_still(self, campaign: str, epoch: int, state: str, reason: str) -> bool:
        """The worker that holds it stops it: paused, or holding after its trial."""

        def work(conn: Connection, _now: datetime) -> tuple[bool, Note | None]:
            if campaigns.running_under(conn, campaign, epoch) is None:
                return False, None
            values = {"state": state, "reason": reason, "worker": ""}
            campaigns.change(conn, self._journal.held, campaign, [campaigns.RUNNING], **values)
            return True, Note(what=f"campaign_{state}", by="server", outcome=campaign)

        return await self._journal.write(work)

    async def release_rest(self, campaign: str, epoch: int) -> bool:
        """What follows the trial may be sent: the terms that a person agreed to hold."""

        def work(conn: Connection, _now: datetime) -> tuple[bool, Note | None]:
            if campaigns.running_under(conn, campaign, epoch) is None:
                return False, None
            campaigns.change(conn, self._journal.held, campaign, [campaigns.RUNNING], released=True)
            return True, Note(what="campaign_released", by="server", outcome=campaign)

        return await self._journal.write(work)

    async def end_campaign(self, campaign: str, epoch: int) -> bool:
        """Nothing waits any more: it is done, or a person says what becomes of what certainly failed."""

        def work(conn: Connection, now: datetime) -> tuple[bool, Note | None]:
            held = campaigns.running_under(conn, campaign, epoch)
            if held is None or campaign_chunks.waiting_chunks(conn, campaign, 1):
                return False, None
            return True, end(conn, self._journal.held, campaign, now)

        return await self._journal.write(work)

    async def claim_chunk(self, send: ChunkSend, record: Record) -> Claimed:
        """A waiting chunk → dispatching by this process, unless anything forbids it; None: it is not ours.

        The campaign runs and this worker holds it, nobody of these is blocked, nobody had this text, and
        the batch is written with its messages: all in one transaction.

        Raises:
            IdTakenError: its id is another's by chance; nothing was written.
        """

        def work(conn: Connection, now: datetime) -> tuple[Claimed, *tuple[Note | None, ...]]:
            start = self._start_of(conn, send.chunk, send.epoch, now)
            if start is None:
                return None, None
            handed = hand_on(conn, start, send.chunk.points, send.chunk.recipients)
            refusal = self._refusal_of(conn, now, send)
            if refusal is not None:
                hand_on(conn, handed, -send.chunk.points, -send.chunk.recipients)
                return refusal, None
            action, created = ledger.begin(
                conn,
                send.proposal,
                by=start.decided_by,
                channel=CHANNEL,
                rule=start.id,
                owner=self._owner,
                now=now,
                lease_seconds=LEASE_SECONDS,
                packed=send.reach.packing,
                fresh_id=only(send.action),
            )
            if not created or not campaign_chunks.take_chunk(conn, send.chunk, action.id, send.left_out):
                raise LookupError("a chunk that waits has an action already")
            record(conn, action)
            return action, note_of("approved", action), note_of("dispatching", action)

        return await self._journal.write(work, standing=True, ahead=True)

    async def skip_chunk(self, chunk: Chunk, epoch: int) -> bool:
        """Nobody of a waiting chunk is left to send to: its reservation comes back."""

        def work(conn: Connection, now: datetime) -> tuple[bool, Note | None]:
            start = self._start_of(conn, chunk, epoch, now)
            if start is None:
                return False, None
            hand_on(conn, start, chunk.points, chunk.recipients)
            campaign_chunks.skip_chunk(conn, chunk)
            return True, None

        return await self._journal.write(work)

    async def hindered(self, reach: PartReach, campaign: str, again: SameWords | None) -> set[str]:
        """Who of these must not be sent to by this campaign any more.

        Blocked by now; had this very text, or may have it, by another send; or had as many texts today as the
        operator's limit lets one get.
        """
        hashes = reach.named

        def work(conn: Connection, now: datetime) -> set[str]:
            texted = texted_before(conn, reach, now, campaign, again)
            full = full_today(conn, self._caps.texts_per_recipient_per_day, tuple(hashes), now)
            return {*blocked_of(conn, hashes), *texted, *(hashes[each] for each in full)}

        return await self._journal.read(work)

    def _refusal_of(self, conn: Connection, now: datetime, send: ChunkSend) -> Refusal | None:
        """What forbids it although the start was claimed: of another day's start, the caps of today too."""
        reach = send.reach
        if texted_before(conn, reach, now, send.chunk.campaign, send.again):
            return Repeats(sends=())
        return self._refusal(conn, now, send.proposal, reach)

    def _start_of(self, conn: Connection, chunk: Chunk, epoch: int, now: datetime) -> Action | None:
        """The start of the campaign, where this worker alone holds it, and the chunk waits."""
        campaign = campaigns.running_under(conn, chunk.campaign, epoch)
        if campaign is None or hold_of(conn, chunk.campaign, now) is not None:
            return None
        if not campaign_chunks.waits(conn, chunk.campaign, chunk.number):
            return None
        return _start(conn, self._journal.held, campaign)

    async def was_started(self, campaign: Campaign) -> bool:
        """Whether the ledger has the start that a person agreed to, of this campaign and this plan."""
        key = await self._journal.key()

        def work(conn: Connection, _now: datetime) -> bool:
            return _start(conn, key, campaign) is not None

        return await self._journal.read(work)

    async def _step(
        self, step: Step, of: Sequence[str], change: Change, *, digest: str = "", caps: Caps = NO_CAPS
    ) -> Action | CapHit | None:
        """Approved → succeeded together with what it changes; nothing of both where either cannot be."""

        def work(conn: Connection, now: datetime) -> tuple[Action | CapHit | None, *tuple[Note | None, ...]]:
            altered = self._altered(conn, ledger.get(conn, step.action_id))
            if altered is not None:
                return None, altered
            found = campaigns.campaign_of(conn, step.campaign)
            if found is None or found.state not in of or digest not in ("", found.digest):
                return None, None
            if not (is_sealed(self._journal.held, found) or step.is_end):
                return None, None
            claimed = ledger.claim(
                conn,
                step.action_id,
                owner=self._owner,
                now=now,
                lease_seconds=LEASE_SECONDS,
                caps=caps,
            )
            if isinstance(claimed, CapHit):
                return claimed, Note(what="cap_refused", action_id=step.action_id, rule=claimed.rule)
            if claimed is None:
                return None, None
            if found.action:
                # The start reserved what a later step is about.
                hand_on(conn, claimed, claimed.points, claimed.recipients)
            change(conn, now, found)
            if step.goes_on:
                return replace(claimed, outcome=step.outcome), noted("dispatching", claimed)
            done = ledger.finish(
                conn,
                step.action_id,
                owner=self._owner,
                state=State.SUCCEEDED,
                outcome=step.outcome,
                now=now,
            )
            return done, noted("dispatching", claimed), ending_note(done)

        return await self._journal.write(work, standing=True, ahead=step.goes_on)


def _wait_again(conn: Connection, campaign: Campaign) -> None:
    """What certainly failed waits again, and is reserved again."""
    start = ledger.get(conn, campaign.action)
    points, recipients = campaign_chunks.wait_again(conn, campaign.id)
    if start is not None and recipients:
        hand_on(conn, start, -points, -recipients)


def _start(conn: Connection, key: bytes, campaign: Campaign) -> Action | None:
    """The done start of exactly this campaign's plan, as long as nothing else changed the campaign's row."""
    if not is_sealed(key, campaign):
        return None
    start = ledger.get(conn, campaign.action)
    if start is None or (start.tool, start.campaign, start.state) != (
        CAMPAIGN_START,
        campaign.id,
        State.SUCCEEDED,
    ):
        return None
    return start if json.loads(start.preview)["state"].get("plan") == campaign.digest else None
