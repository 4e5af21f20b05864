"""What became of a campaign's trial, out of the records."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, select

from server.store.batches import SENT, Batch
from server.store.campaign_chunks import SKIPPED, TRIAL
from server.store.campaign_tables import CHUNKS
from server.store.plans import Connection
from server.store.record_tables import BATCHES, REPLIES
from server.store.schema import ACTIONS
from tools.campaigns.trial import Outcome

_TRIAL = and_(CHUNKS.c.campaign == bindparam("wanted_id"), CHUNKS.c.phase == TRIAL, CHUNKS.c.state != SKIPPED)
_RECIPIENTS = select(func.sum(CHUNKS.c.recipients - CHUNKS.c.left_out)).where(_TRIAL)
_BATCHES = (
    select(BATCHES).join(CHUNKS, CHUNKS.c.action == BATCHES.c.id).where(_TRIAL).order_by(CHUNKS.c.number)
)
_ENDED = select(func.max(ACTIONS.c.finished_at)).join(CHUNKS, CHUNKS.c.action == ACTIONS.c.id).where(_TRIAL)
_OPT_OUTS = (
    select(func.count(REPLIES.c.number.distinct()))
    .join(CHUNKS, CHUNKS.c.action == REPLIES.c.batch)
    .where(_TRIAL, REPLIES.c.opts_out.is_(True))
)


class TrialSeen(NamedTuple):
    """A trial as the records have it."""

    outcome: Outcome
    out_at: datetime | None
    """When the last of its texts went out, or is booked for; None where none did."""
    known_at: datetime | None
    """When the last of its outcomes was known: a POST may leave later than it was claimed."""
    to_ask: Sequence[Batch]
    """Those of its batches that the vendor can be asked for."""

    def watched_until(self, within: timedelta) -> datetime | None:
        """When it has been watched for so long; None where nothing of it went out."""
        return None if self.out_at is None else max(self.out_at, self.known_at or self.out_at) + within


def trial_of(conn: Connection, campaign: str) -> TrialSeen:
    """The trial of a campaign."""
    values = {"wanted_id": campaign}
    batches = [Batch(**row) for row in conn.execute(_BATCHES, values).mappings()]
    failed = sum(each.failed_permanent for each in batches)
    return TrialSeen(
        outcome=Outcome(
            recipients=int(conn.scalar(_RECIPIENTS, values) or 0),
            delivered=sum(each.delivered for each in batches),
            not_delivered=failed + sum(each.failed_retryable + each.cancelled for each in batches),
            failed=failed,
            opt_outs=conn.scalar(_OPT_OUTS, values) or 0,
        ),
        out_at=max((each.last_at or each.sent_at for each in batches), default=None),
        known_at=conn.scalar(_ENDED, values),
        to_ask=[each for each in batches if each.state == SENT and each.batch_id],
    )
