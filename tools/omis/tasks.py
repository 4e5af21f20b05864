"""What launches and jobs share on TaskManager.aspx: the look-up, an action's answer, its preview."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.omis.answers import About, Answer, check_accepted, dropped_note, read_answer, read_groups
from tools.omis.arguments import can_be_named, request
from tools.omis.groups import Group
from tools.omis.records import Record, as_record
from tools.omis.states import MOVING, UNKNOWN
from tools.omis.verbs import DELETE, Noun, Thing, Verb
from tools.operation import Happened, Preview, Reply, Request, Steps, Surroundings, one
from tools.problems import Problem, RefusedError
from tools.wire.errors import UnreadableReply

NAMES = ("launchname", "jobname", "name", "title", "subject")
"""No name of a launch or job is documented; these are what such a field is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTask:
    """How a launch or job stands, in words of ours, and what a person knows it by."""

    noun: Noun
    id: str
    name: str
    status: str


def query_request(thing: Thing, value: str, around: Surroundings) -> Request:
    """Ask for one launch (with its jobs) or one job (with its launch)."""
    return request("TaskManager", around.omis, **{thing.id_field: value})


def query_steps(thing: Thing, value: str, around: Surroundings) -> Steps[Answer]:
    """Look one launch or job up.

    Raises:
        RefusedError: OMIS has no such launch or job.
        UnreadableReply: the answer has no record.
    """
    reply = yield from one(query_request(thing, value, around))
    answer = read_answer(reply, around.omis, "TaskManager")
    if not answer.records:
        raise UnreadableReply(f"A record of the {thing.noun} was expected.")
    return answer


def action_request(thing: Thing, verb: Verb, value: str, around: Surroundings, **more: str) -> Request:
    """Act on one launch or job."""
    fields = {thing.id_field: value, thing.action_field: str(verb.number), **more}
    return request("TaskManager", around.omis, **fields)


def check_action(thing: Thing, verb: Verb, value: str, reply: Reply, around: Surroundings) -> str:
    """Make sure that OMIS accepted the action; return a note.

    Raises:
        RefusedError: OMIS refused.
        UnreadableReply: the outcome is unknown.
    """
    groups = read_groups(reply, around.omis, "TaskManager", nothing=verb.nothing)
    about = About(name=thing.id_field.lower(), value=value)
    return check_accepted(groups, "TaskManager", about, state=verb.state, nothing=verb.nothing)


def preview_steps(thing: Thing, verb: Verb, value: str, around: Surroundings) -> Steps[Preview]:
    """Look the launch or job up, and say what the action would do to it.

    Raises:
        RefusedError: OMIS has no such launch or job, or it stands so that the action cannot have an effect:
            nobody is asked in vain.
        UnreadableReply: the answer does not show it.
    """
    answer = yield from query_steps(thing, value, around)
    groups = answer.records
    record = _record_of(thing, value, groups)
    _refuse_in_vain(thing, verb, record)
    return Preview(
        effect=verb.effects[thing.noun],
        nothing=verb.nothing,
        target=value,
        warnings=tuple(filter(None, (verb.warnings.get(thing.noun, ""), dropped_note(answer)))),
        state={"status": _phase(record)},
        details=_details(thing, record, groups),
    )


def settle_steps(thing: Thing, verb: Verb, value: str, around: Surroundings) -> Steps[Happened | None]:
    """Look whether an action of unknown outcome happened; None when the state cannot tell.

    A deadline cannot be seen. What stands unchanged may still change: the request can be under way.
    """
    try:
        groups = (yield from query_steps(thing, value, around)).records
    except RefusedError as gone:
        return Happened() if verb is DELETE and gone.problem.vendor_code == thing.missing else None
    record = _record_of(thing, value, groups)
    if verb.state is not None:
        return Happened() if record.error_code == verb.state else None
    moved = verb.fitting and record.status not in verb.fitting and record.status != "unknown"
    return Happened() if moved else None


def _phase(record: Record) -> str:
    """The state as far as it matters to who agrees: what runs, moves on by itself while the person reads."""
    if record.status in MOVING:
        return "running"
    return record.status or "unknown"


def _record_of(thing: Thing, value: str, groups: Sequence[Group]) -> Record:
    about = About(name=thing.id_field.lower(), value=value)
    found = [group for group in groups if about.includes(group)]
    if len(found) != 1:
        raise UnreadableReply(f"One record of the {thing.noun} was expected.")
    return as_record(found[0], thing.noun)


def _refuse_in_vain(thing: Thing, verb: Verb, record: Record) -> None:
    if record.status in (None, UNKNOWN) or record.status in verb.fitting:
        return
    if not verb.fitting and record.status not in verb.over:
        return
    only = f" Only a {thing.noun} that {verb.needs} can be {verb.done}." if verb.needs else ""
    raise RefusedError(
        Problem(
            code="in_vain",
            message=f"{verb.nothing} The {thing.noun} is in the state {record.status!r}.{only}",
            next=f"It could have no effect. Look at it with query_{thing.noun}.",
        )
    )


def known_tasks(records: Sequence[Record]) -> Iterator[KnownTask]:
    """Each launch and job among the records of which OMIS tells how it stands."""
    for record in records:
        noun, written = ("job", record.job_id) if record.job_id else ("launch", record.launch_id)
        if written and record.status and can_be_named(written):
            yield KnownTask(noun=noun, id=written, name=_name_of(record), status=record.status)


def _name_of(record: Record) -> str:
    return next(filter(None, (record.other.get(name, "") for name in NAMES)), "")


def _details(thing: Thing, record: Record, groups: Sequence[Group]) -> dict[str, str]:
    """What a person knows it by."""
    jobs = sum("jobid" in group for group in groups) if thing.noun == "launch" else 0
    found = {
        "name": _name_of(record),
        "status": record.status or UNKNOWN,
        "error": (record.error_message or "") if (record.error_code or 0) > 0 else "",
        "starts": "" if record.launch_count is None else str(record.launch_count),
        "jobs": str(jobs or ""),
    }
    return {name: value for name, value in found.items() if value}
