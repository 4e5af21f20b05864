"""A campaign is done once nothing of it waits, and nothing of it is left for a person to decide."""

from datetime import datetime

from server.ledger.notes import Note
from server.store import campaign_chunks, campaign_progress, campaigns
from server.store.actions import Action, State
from server.store.plans import Connection
from tools.sentence import sentence


def end(conn: Connection, key: bytes, campaign: str, now: datetime) -> Note:
    """A running campaign of which nothing waits is done; where a part certainly failed, a person says."""
    failed = campaign_progress.progress_of(conn, campaign).failed
    if failed:
        return _left_to_a_person(conn, key, campaign, campaigns.RUNNING, failed)
    campaign_chunks.empty_sent(conn, campaign, now)
    values = {"state": campaigns.DONE, "ended_at": now, "worker": ""}
    campaigns.change(conn, key, campaign, [campaigns.RUNNING], **values)
    return Note(what="campaign_done", outcome=campaign)


def end_no_longer(conn: Connection, key: bytes, part: Action) -> Note | None:
    """A part whose outcome nobody knew certainly failed, after all, when its campaign was done already.

    A worker that stood still says so, for one. Whom it was to would get nothing, and nobody would be asked.
    """
    if not part.campaign or part.state is not State.FAILED:
        return None
    found = campaigns.campaign_of(conn, part.campaign)
    if found is None or found.state != campaigns.DONE:
        return None
    failed = campaign_progress.progress_of(conn, part.campaign).failed
    return _left_to_a_person(conn, key, part.campaign, campaigns.DONE, failed) if failed else None


def _left_to_a_person(conn: Connection, key: bytes, campaign: str, state: str, failed: int) -> Note:
    reason = sentence("all was tried, and {count} were certainly not sent to", count=failed)
    values = {"state": campaigns.PAUSED, "reason": reason, "worker": "", "ended_at": None}
    campaigns.change(conn, key, campaign, [state], **values)
    return Note(what="campaign_paused", by="server", outcome=campaign)
