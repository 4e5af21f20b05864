"""A process of its own in which the vendor answers in every way: prints what was imported after a POST."""

import sys
import tempfile
from contextlib import closing
from pathlib import Path

import anyio

from server.store import engine, sqlite_driver
from tests.faults.front_door import CREDIT, RECEIPT, SEND, SENDING, front_door
from tests.faults.scripted import Exchange, ScriptedVendor, whole

REFUSAL, PAGE = "-27,電話號碼不得為空", "<html>maintenance</html>"
OTHER = RECEIPT.replace("220478cc", "320478cc")


async def main() -> None:
    """Play it."""
    known, body, late, posts = set[str](), "", set[str](), 0
    engine.BUSY_SECONDS = 0

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with closing(sqlite_driver.connect(str(folder / "elsewhere"), timeout=1)) as elsewhere:
            other = elsewhere.cursor()

            async def note(exchange: Exchange) -> None:
                nonlocal posts
                posts += 1
                known.update(sys.modules)
                if body == OTHER:
                    other.execute("ATTACH ? AS store", (str(folder / "store" / "store.sqlite3"),))
                    other.execute("BEGIN EXCLUSIVE")
                await whole(body)(exchange)

            async with ScriptedVendor.serving(whole(CREDIT)) as vendor:
                vendor.plays[SENDING] = note
                async with front_door(vendor, folder) as session:
                    # What the client needs for reading an answer is not the server's.
                    await session.facts("list_actions")
                    for body in (REFUSAL, PAGE, RECEIPT, OTHER):
                        await session.told("send_sms", {**SEND, "text": body})
                        late |= set(sys.modules) - known
                    other.execute("COMMIT")
    sys.stdout.write(f"{posts} {sorted(late)}")


if __name__ == "__main__":
    anyio.run(main)
