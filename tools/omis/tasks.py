"""What launches and jobs share on TaskManager.aspx: the look-up, an action's answer, its preview."""

from collections.abc import Sequence

from tools.omis.answers import About, Answer, check_accepted, read_answer, read_groups
from tools.omis.arguments import request
from tools.omis.groups import Group
from tools.omis.records import Record, as_record
from tools.omis.states import MOVING
from tools.omis.verbs import DELETE, Thing, Verb
from tools.operation import Preview, Reply, Request, Steps, Surroundings, one
from tools.problems import RefusedError
from tools.wire.errors import UnreadableReply


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
        RefusedError: OMIS has no such launch or job.
        UnreadableReply: the answer does not show it.
    """
    groups = (yield from query_steps(thing, value, around)).records
    record = _record_of(thing, value, groups)
    warning = verb.warning.format(noun=thing.noun)
    return Preview(
        effect=f"{verb.name.capitalize()} a {thing.noun} of OMIS",
        nothing=verb.nothing,
        target=value,
        warnings=tuple(filter(None, (warning, _misfit(thing, verb, record), _jobs(thing, groups)))),
        state={"status": _phase(record)},
    )


def settle_steps(thing: Thing, verb: Verb, value: str, around: Surroundings) -> Steps[bool | None]:
    """Look whether an action of unknown outcome happened; None when the state cannot tell.

    A deadline cannot be seen. What stands unchanged may still change: the request can be under way.
    """
    try:
        groups = (yield from query_steps(thing, value, around)).records
    except RefusedError as gone:
        return True if verb is DELETE and gone.problem.vendor_code == thing.missing else None
    record = _record_of(thing, value, groups)
    if verb.state is not None:
        return True if record.error_code == verb.state else None
    moved = verb.fitting and record.status not in verb.fitting and record.status != "unknown"
    return True if moved else None


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


def _misfit(thing: Thing, verb: Verb, record: Record) -> str:
    if not verb.fitting or record.status in verb.fitting:
        return ""
    return f"The {thing.noun} is not {' or '.join(sorted(verb.fitting))}: this may have no effect."


def _jobs(thing: Thing, groups: Sequence[Group]) -> str:
    count = sum("jobid" in group for group in groups) if thing.noun == "launch" else 0
    return f"The launch lists {count} {'job' if count == 1 else 'jobs'}." if count else ""
