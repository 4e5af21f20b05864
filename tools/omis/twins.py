"""What can be done to a launch and to a job alike: one table's row becomes one operation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from tools.omis.tasks import action_request, check_action, preview_steps, settle_steps
from tools.omis.verbs import Thing, Verb
from tools.operation import (
    Action,
    Happened,
    P,
    Preview,
    R,
    Reply,
    Request,
    Risk,
    Steps,
    Surroundings,
    Toolset,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[P, R]):
    """A launch or a job with its types: the parameters, where the id is in them, and the result."""

    thing: Thing
    toolset: Toolset
    params: type[P]
    id_of: Callable[[P], str]
    result: type[R]
    accepted: Callable[[str, str, str], R]
    """The result of an accepted action: from the id, the action's name, and a note."""


def act(kind: Kind[P, R], verb: Verb, risk: Risk, description: str) -> Action[P, R]:
    """The operation that does `verb` to this kind of thing."""
    thing = kind.thing

    def build(params: P, around: Surroundings) -> Request:
        return action_request(thing, verb, kind.id_of(params), around)

    def parse(reply: Reply, params: P, around: Surroundings) -> R:
        note = check_action(thing, verb, kind.id_of(params), reply, around)
        return kind.accepted(kind.id_of(params), verb.name, note)

    def preview(params: P, around: Surroundings) -> Steps[Preview]:
        return preview_steps(thing, verb, kind.id_of(params), around)

    def settle(params: P, around: Surroundings) -> Steps[Happened | None]:
        return settle_steps(thing, verb, kind.id_of(params), around)

    return Action(
        name=f"{verb.name}_{thing.noun}",
        title=f"{verb.name.capitalize()} a {thing.noun}",
        description=description,
        toolset=kind.toolset,
        vendor="omis",
        section=f"OMIS TaskManager, {thing.action_field} {verb.number}",
        risk=risk,
        params=kind.params,
        result=kind.result,
        build=build,
        parse=parse,
        preview=None if risk is Risk.CHANGE else preview,
        settle=settle,
    )
