"""What waits for a decision is sealed by the statement that writes it, and as the store keeps it."""

from pathlib import Path

from server.ledger.deciding import Decision
from server.store.transactions import Store
from tests.store.kept_history import MOBILES, Keeper


async def test_a_text_that_the_store_keeps_otherwise_is_sealed_as_it_is_kept(
    store: Store, tmp_path: Path
) -> None:
    keeper = Keeper(store, tmp_path)
    action = await keeper.propose(target="one\0launch")
    assert action.target == "one�launch"
    decision = Decision(by="a\0person", channel="terminal")
    assert await keeper.book.approve(action.id, decision) is not None
    assert await keeper.book.claim(action.id, MOBILES[:2]) is not None
