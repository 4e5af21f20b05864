"""What one step has to say to the audit, and the entries that are made of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from server.store.actions import Action
from server.store.audit import AuditEntry
from server.store.changes import Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line of the audit: who did what, by which rule or person, and what came of it. No numbers."""

    what: str
    action_id: str = ""
    principal: str = ""
    tool: str = ""
    digest: str = ""
    by: str = ""
    channel: str = ""
    rule: str = ""
    outcome: str = ""
    through: str = ""
    """The client's own name, where a call came through one."""


def ending_note(done: Action | None) -> Note | None:
    """The audit's line of an outcome that was written down; None when it was not."""
    if done is None:
        return None
    succeeded = str(done.state) == "succeeded"
    settles = f"settles {done.retry_of}" if done.retry_of and succeeded else ""
    return Note(what=str(done.state), action_id=done.id, outcome=settles)


def entries_of(notes: "Iterable[Note | None]", changes: Changes, key: bytes) -> list[AuditEntry]:
    """The entries of one transaction; the last one says what became of every row that was changed in it."""
    given = [note for note in notes if note is not None]
    told = {note.action_id for note in given}
    given += [Note(what="stepped", action_id=each) for each in changes.keys_of("actions") if each not in told]
    rows = changes.hashed(key)
    if rows and not given:
        given = [Note(what="changed")]
    entries = [_entry(note) for note in given]
    if rows:
        entries[-1] = replace(entries[-1], details={**entries[-1].details, "rows": rows})
    return entries


def _entry(note: Note) -> AuditEntry:
    named = {"digest": note.digest, "by": note.by, "channel": note.channel, "rule": note.rule}
    named |= {"outcome": note.outcome, "through": note.through}
    details = {name: value for name, value in named.items() if value}
    return AuditEntry(
        event=note.what,
        principal=note.principal,
        action_id=note.action_id,
        tool=note.tool,
        details=details,
    )
