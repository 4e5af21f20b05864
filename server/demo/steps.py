"""What a step is made of: what happens first, what the assistant does, what must come of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.demo.client import Answer, Assistant, Person, Reaction
from server.demo.expectations import Expectation, Seen
from server.demo.home import Home
from server.demo.sandbox_control import Sandbox
from server.demo.worker_process import Worker
from tools.sentence import sentence

Memory = dict[str, Any]
"""What earlier steps kept."""
Value = Callable[[Memory], Any]
"""An argument that is only known when the step is played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Who and what is there while the steps are played."""

    home: Home
    sandbox: Sandbox
    assistant: Assistant
    person: Person
    worker: Worker
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens at the vendors before the assistant acts."""

    says: str
    happens: Callable[[Sandbox], Awaitable[None]]


Deed = Callable[[Stage], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the session, as data."""

    title: str
    does: Deed
    shows: Callable[[Mapping[str, Any]], str]
    """The answer in one or two lines."""
    expects: tuple[Expectation, ...]
    first: Event | None = None
    person: Callable[[Memory], Reaction] | None = None
    keeps: Mapping[str, str] = field(default_factory=dict[str, str])
    """What later steps need: names in the memory, with the names of the facts."""


async def take(step: Step, stage: Stage) -> Seen:
    """Play one step. Raises LookupError when it needs what an earlier step did not give."""
    if step.first is not None:
        await step.first.happens(stage.sandbox)
    before = await stage.sandbox.world()
    stage.person.begin(step.person(stage.memory) if step.person else None)
    answer = await step.does(stage)
    after = await stage.sandbox.world()
    stage.memory.update(
        {name: answer.facts[fact] for name, fact in step.keeps.items() if fact in answer.facts}
    )
    return Seen(answer=answer, asked=tuple(stage.person.asked), before=before, after=after)


def calls(tool: str, **arguments: Any) -> Deed:
    """The assistant calls a tool; an argument that is a function is computed from the memory."""

    async def deed(stage: Stage) -> Answer:
        given = {name: each(stage.memory) if callable(each) else each for name, each in arguments.items()}
        return await stage.assistant.call(tool, given)

    return deed


def reads(uri: Value) -> Deed:
    """The assistant reads a resource."""

    async def deed(stage: Stage) -> Answer:
        return await stage.assistant.read(uri(stage.memory))

    return deed


def kept(name: str) -> Value:
    """What an earlier step kept under this name."""
    return lambda memory: memory[name]


def agrees(_memory: Memory) -> Reaction:
    """The person ticks the box."""
    return Reaction(action="accept")


def declines(_memory: Memory) -> Reaction:
    """The person says no."""
    return Reaction(action="decline")


def types_in(value: Value) -> Callable[[Memory], Reaction]:
    """The person types the proof."""
    return lambda memory: Reaction(action="accept", typed=str(value(memory)))


def clock_moves(seconds: float) -> Event:
    """Time passes at both vendors."""
    return Event(
        says=sentence("{seconds} seconds pass", seconds=f"{seconds:g}"),
        happens=lambda sandbox: sandbox.advance(seconds),
    )


def top_up(points: int) -> Event:
    """Somebody buys points."""
    return Event(
        says=sentence("{count} points are bought at OMIS", count=f"{points:,}"),
        happens=lambda sandbox: sandbox.top_up(points),
    )
