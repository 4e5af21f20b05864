"""Launches and jobs of OMIS as they were seen last: the vendor lists none, so what was looked at is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from server.store.actions import State
from server.store.plans import Connection
from server.store.record_tables import TASKS_SEEN
from server.store.schema import ACTIONS
from tools.omis.verbs import Noun

_NOUNS: tuple[Noun, ...] = ("launch", "job")
_UNKNOWN = "unknown"
_VERBS = {
    "pause": "paused",
    "resume": "resumed",
    "restart": "restarted",
    "terminate": "terminated",
    "delete": "deleted",
    "extend": "",
}
"""What was done here, and the state that it leaves; '' leaves it as it was."""
_TOOLS: dict[str, tuple[Noun, str]] = {
    f"{verb}_{kind}": (kind, state) for verb, state in _VERBS.items() for kind in _NOUNS
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSeen:
    """A launch or a job: its state in words of ours, and when that was known."""

    kind: Noun
    id: str
    name: str
    status: str
    seen_at: datetime

    @property
    def key(self) -> tuple[Noun, str]:
        """What names it."""
        return self.kind, self.id


_SINCE = select(TASKS_SEEN).where(
    TASKS_SEEN.c.seen_at >= bindparam("seen_since", type_=TASKS_SEEN.c.seen_at.type)
)
_UPSERT = {
    dialect.__name__.rpartition(".")[2]: (new := dialect.insert(TASKS_SEEN)).on_conflict_do_update(
        index_elements=["kind", "id"],
        set_={name: new.excluded[name] for name in ("name", "status", "seen_at")},
    )
    for dialect in (sqlite, postgresql)
}
# Not by the state's index: all that ever succeeded would be looked at.
_STATE = ACTIONS.c.state.concat("")
_TURNS = (
    select(ACTIONS.c.tool, ACTIONS.c.target, ACTIONS.c.finished_at)
    .where(
        ACTIONS.c.tool.in_(_TOOLS),
        _STATE == State.SUCCEEDED,
        ACTIONS.c.created_at >= bindparam("acted_since", type_=ACTIONS.c.created_at.type),
    )
    .order_by(ACTIONS.c.sequence)
)


def note_tasks(conn: Connection, tasks: Sequence[TaskSeen]) -> None:
    """Keep how these stand."""
    statement = _UPSERT[conn.dialect.name]
    for task in tasks:
        conn.execute(statement, asdict(task))


def tasks_since(conn: Connection, since: datetime) -> list[TaskSeen]:
    """Every launch and job that was seen or acted on since this time, as it was known last, newest first."""
    seen = (TaskSeen(**row) for row in conn.execute(_SINCE, {"seen_since": since}).mappings())
    found = {task.key: task for task in seen}
    acted: dict[tuple[Noun, str], tuple[str, datetime]] = {
        (_TOOLS[tool][0], target): (_TOOLS[tool][1], at) for tool, target, at in _turns(conn, since)
    }
    for key, (status, at) in acted.items():
        before = found.get(key)
        if before is None:
            found[key] = TaskSeen(kind=key[0], id=key[1], name="", status=status or _UNKNOWN, seen_at=at)
        elif before.seen_at < at:
            found[key] = replace(before, status=status or before.status, seen_at=at)
    return sorted(found.values(), key=lambda task: task.seen_at, reverse=True)


def _turns(conn: Connection, since: datetime) -> Iterable[tuple[str, str, datetime]]:
    return conn.execute(_TURNS, {"acted_since": since})
