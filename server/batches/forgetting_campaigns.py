"""One number leaves the campaigns that have ended: nothing of them is sent any more, so nothing needs it."""

from server.batches.campaign_plans import without_fillings
from server.batches.chunk_content import opened, packed, place_of
from server.batches.numbers import NumberSeal, SealedNumberError
from server.store.campaign_members import (
    SealedChunk,
    campaigns_with,
    leave_campaign,
    sealed_chunks,
)
from server.store.plans import Connection


def leave_ended(conn: Connection, key: bytes, mobile: str, half: str, seal: NumberSeal) -> int:
    """Take a number (E.164) out of them: of who is in it, of sealed parts, of shown fillings; how many."""
    ended = [each for each in campaigns_with(conn, half) if each.ended]
    for each in ended:
        chunks = [_without(chunk, each.id, mobile, seal) for chunk in sealed_chunks(conn, each.id)]
        # Whose values the fillings are is not known.
        plan = without_fillings(each.plan, each.id, seal)
        leave_campaign(conn, key, each._replace(plan=plan), half, chunks)
    return len(ended)


def _without(chunk: SealedChunk, campaign: str, mobile: str, seal: NumberSeal) -> SealedChunk:
    """The chunk without this number; as it was where nobody can read it."""
    try:
        those = opened(chunk.sealed, campaign, chunk.number, seal)
    except SealedNumberError:
        return chunk
    left = [each for each in those if each.mobile != mobile]
    if len(left) == len(those):
        return chunk
    sealed = seal.seal_content(packed(left), place_of(campaign, chunk.number)) if left else ""
    return SealedChunk(chunk.number, sealed)
