"""What another process does in the race tests: `python -m tests.store.racing TASK URL …`.

It says `ready`, waits for a line, does its task, and prints what came of it.
"""

import asyncio
import sys
from collections.abc import Callable
from itertools import count

from server.store import audit, ledger
from server.store.actions import Action
from server.store.audit import AuditEntry
from server.store.database import DatabaseStore
from server.store.plans import Connection
from server.store.transactions import Store
from tests.store.samples import KEY, NOW, claim, dispatching, proposal


async def claim_with_many_tasks(store: Store, action_id: str, tasks: str, name: str) -> None:
    async def one(number: int) -> bool:
        owner = f"{name}-{number}"
        taken = await store.write(lambda conn: claim(conn, action_id, owner=owner))
        return isinstance(taken, Action)

    await store.read(lambda conn: ledger.get(conn, action_id))
    await started()
    say(sum(await asyncio.gather(*(one(number) for number in range(int(tasks))))))


async def open_fresh(store: Store) -> None:
    await started()
    usage = await store.read(lambda conn: ledger.usage(conn, NOW))
    say(usage.recipients_today)


async def write_for_ever(store: Store) -> None:
    await store.read(lambda conn: ledger.usage(conn, NOW))
    await started()

    def step(number: int) -> Callable[[Connection], None]:
        def work(conn: Connection) -> None:
            dispatching(conn, proposal(f"d{number}"))
            audit.append(conn, AuditEntry(event="claimed", principal="desk", details={}), KEY, NOW)

        return work

    for number in count():
        await store.write(step(number))
        say(number)


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def started() -> None:
    say("ready")
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


async def main(task: str, url: str, *arguments: str) -> None:
    store = DatabaseStore(url)
    if task == "claim":
        await claim_with_many_tasks(store, *arguments)
    elif task == "open":
        await open_fresh(store)
    else:
        await write_for_ever(store)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
