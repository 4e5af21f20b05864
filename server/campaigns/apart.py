"""A share of a plan set apart as its trial: how many that are is known only at the end of the list."""

from decimal import Decimal
from functools import partial

import anyio.to_thread

from server.batches.chunk_content import Addressee, opened, packed, place_of
from server.batches.keeper import Keeper
from server.campaigns.draft import Draft, plan_gone
from server.store import campaign_chunks
from server.store.campaign_chunks import Chunk
from server.store.plans import Connection
from server.store.unstarted_plans import is_being_made
from tools.campaigns.tally import Tally


async def apart(keeper: Keeper, draft: Draft) -> None:
    """Make the first chunks the trial; one that holds both is halved, and its second half goes last."""
    whole, more = divmod(draft.wish.trial.of(draft.tally.recipients), draft.wish.size)
    split = None
    if more:
        both = await keeper.read(lambda conn: campaign_chunks.chunk_of(conn, draft.id, whole + 1))
        if both is None:
            raise plan_gone()
        if more < both.recipients:
            split = await anyio.to_thread.run_sync(partial(_halves, draft, both, more))

    def work(conn: Connection) -> bool:
        if not is_being_made(conn, draft.id, keeper.clock()):
            return False
        campaign_chunks.first_ones(conn, draft.id, whole + bool(more))
        if split is not None:
            campaign_chunks.split_chunk(conn, *split)
        return True

    if not await keeper.write(work):
        raise plan_gone()


def _halves(draft: Draft, both: Chunk, first: int) -> tuple[Chunk, Chunk]:
    those = opened(both.sealed, draft.id, both.number, draft.seal)
    draft.chunks += 1
    return (
        _chunk(draft, those[:first], both.number, campaign_chunks.TRIAL),
        _chunk(draft, those[first:], draft.chunks, campaign_chunks.REST),
    )


def _chunk(draft: Draft, those: list[Addressee], number: int, phase: str) -> Chunk:
    tally, wording = Tally(), draft.wish.wording
    points = [tally.add(each.mobile, wording.filled(each.values), each.values) for each in those]
    return Chunk(
        campaign=draft.id,
        number=number,
        phase=phase,
        recipients=len(those),
        points=Decimal(sum(points)),
        sealed=draft.seal.seal_content(packed(those), place_of(draft.id, number)),
    )
