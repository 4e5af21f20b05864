"""Who gets which text of a campaign, page by page, as its chunks will send it."""

from collections.abc import Sequence
from typing import NamedTuple

import anyio.to_thread

from server.batches.chunk_content import opened
from server.batches.keeper import Keeper
from server.campaigns.standing import Standing
from server.store import campaign_chunks
from server.store.campaign_members import WaitingChunk, waiting_sizes
from server.store.plans import Connection
from tools.campaigns.wording import read_wording
from tools.every8d.personal import rendered


class Addressed(NamedTuple):
    """One recipient, and the text as it goes out."""

    mobile: str
    """E.164."""
    text: str


async def addressed(
    keeper: Keeper, standing: Standing, start: int, count: int
) -> tuple[list[Addressed], int]:
    """So many of those whom nothing was sent to yet, from the place `start` on (0 is the first); and how many
    there are in all.

    Raises:
        SealedNumberError: a part of it cannot be read with the key of the numbers.
    """
    campaign, wording = standing.campaign, read_wording(standing.plan["text"])
    seal = await keeper.seal()

    def work(conn: Connection) -> tuple[list[campaign_chunks.Chunk], int, int]:
        sizes = waiting_sizes(conn, campaign.id)
        some, skipped = _covering(sizes, start, count)
        found = (campaign_chunks.chunk_of(conn, campaign.id, number) for number in some)
        return [each for each in found if each is not None], skipped, sum(each.recipients for each in sizes)

    chunks, skipped, total = await keeper.read(work)
    those = [
        each
        for chunk in chunks
        for each in await anyio.to_thread.run_sync(opened, chunk.sealed, campaign.id, chunk.number, seal)
    ]
    shown = those[start - skipped : start - skipped + count]
    people = wording.people((each.mobile, each.values, None) for each in shown)
    texts = (rendered(each, wording.template) for each in people)
    return [Addressed(each.mobile, text) for each, text in zip(shown, texts, strict=True)], total


def _covering(sizes: Sequence[WaitingChunk], start: int, count: int) -> tuple[list[int], int]:
    """The chunks that hold these places, and how many places lie before the first of them."""
    found, first, before = list[int](), 0, 0
    for each in sizes:
        if before < start + count and before + each.recipients > start:
            first = first if found else before
            found.append(each.number)
        before += each.recipients
    return found, first
