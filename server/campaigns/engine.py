"""The engine that carries a campaign's course (DBOS Transact): the one module that imports it.

A course is a workflow, a wave one of its steps. A step that is run again after a crash finds its chunks taken
in our ledger and posts nothing, so the engine need not know of money.
"""

import sqlite3
import time
from collections.abc import Awaitable, Callable
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID

from server.campaigns.course import Wave
from server.store.engine import patience, read_url

NextWave = Callable[[str, int], Awaitable[Wave]]
_VERSION = "1"
"""Of the course below: a workflow goes on under the version that it was begun with."""
_LATER_SECONDS = 5.0
_MILLISECONDS_SINCE = (3, 42)
"""The SQLite that first knew `subsec`; Debian 12 and Ubuntu 22.04 have older ones."""
_carrying: list[NextWave] = []


class EngineFile(sqlite3.Connection):
    """A connection to the engine's file. On Python 3.12 and later its tables ask for `unixepoch('subsec')`.

    An older SQLite answers NULL, and the engine does not start.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if sqlite3.sqlite_version_info < _MILLISECONDS_SINCE:
            self.create_function("unixepoch", -1, lambda *_: time.time())


class Engine:
    """The engine of one process, over its own tables: a file of SQLite, or a schema of PostgreSQL."""

    def __init__(self, url: str, executor: str, next_wave: NextWave) -> None:
        """`executor` names this worker: what one of this name left undone, it goes on with."""
        _carrying[:] = [next_wave]
        config = DBOSConfig(
            name="campaign-ops-mcp",
            system_database_url=url,
            executor_id=executor,
            application_version=_VERSION,
            log_level="ERROR",
            use_listen_notify=False,
        )
        # A worker that stands still in the engine's tables must not stop the others for ever.
        ours = {"factory": EngineFile} if url.startswith("sqlite") else patience(read_url(url))
        config["db_engine_kwargs"] = {"connect_args": ours}
        DBOS(config=config)

    def launch(self) -> None:
        """Open the engine's tables, within the event loop that the waves run on. Blocks for a moment."""
        DBOS.launch()

    async def carry_out(self, campaign: str, epoch: int) -> None:
        """The course under this epoch, begun or gone on with; returns at its end."""
        with SetWorkflowID(f"{campaign}-{epoch}"):
            course = await DBOS.start_workflow_async(_course, campaign, epoch)
        await course.get_result()

    def close(self) -> None:
        """Let go of everything."""
        DBOS.destroy()


@DBOS.step(name="wave")
async def _wave(campaign: str, epoch: int) -> str:
    return str(await _carrying[0](campaign, epoch))


@DBOS.workflow(name="course")
async def _course(campaign: str, epoch: int) -> None:
    while (following := await _wave(campaign, epoch)) != Wave.OVER:
        if following == Wave.LATER:
            await DBOS.sleep_async(_LATER_SECONDS)
