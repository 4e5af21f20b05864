"""What a person does beside the conversation: decides in a terminal, closes an unknown outcome by hand."""

import json
from typing import TYPE_CHECKING

from server.ledger.book import Settled
from server.ledger.deciding import Decision
from server.store.actions import State
from server.store.errors import StoreUnavailableError
from tests.simulation.actions import Consent

if TYPE_CHECKING:
    from tests.simulation.world import World


async def decide(world: "World", action_id: str) -> None:
    """Look at what waits, and approve or deny it as the terminal does."""
    book = world.terminal.book
    try:
        found = [action for action in await book.waiting() if action.id == action_id]
        for action in found:
            if world.random.random() < 0.15:
                denied = await book.deny(action.id, Decision(by="王小明", channel="terminal", reason="no"))
                if denied is not None:
                    world.witness.decided(action.id, "no")
                continue
            arguments = json.loads(action.arguments)
            world.watch.consents[action.id].append(
                Consent(principal="", tool=action.tool, arguments=arguments)
            )
            world.witness.decided(action.id, "yes")
            await book.approve(action.id, Decision(by="王小明", channel="terminal"))
    except StoreUnavailableError:
        world.watch.note("the terminal could not reach the store")


async def by_hand(world: "World", action_id: str) -> None:
    """Close an unknown outcome as the vendor's own pages show it, once nothing can be under way any more."""
    row = world.watch.rows[action_id]
    living = any(worker.life.name == row.owner for worker in world.workers)
    if (living and row.id not in world.watch.posted) or row.tool.endswith("_launch"):
        return
    done = world.watch.happened(row)
    settled = Settled(
        state=State.SUCCEEDED if done else State.FAILED, by="王小明", how="looked at the vendor's page"
    )
    try:
        await world.terminal.book.reconcile(action_id, settled)
    except StoreUnavailableError:
        world.watch.note("the terminal could not reach the store")
