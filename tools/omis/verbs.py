"""Launches and jobs, and what can be done to them: LaunchAction and JobAction of document 001.

The twins differ in one thing that must never be mixed up: a launch is acted on by LaunchAction, a job by
JobAction, and 5 extends the one and restarts the other. So a `Thing` holds both names together, and no
request is built from anything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tools.omis.codes import PAUSED, TERMINATED
from tools.sentence import Sentence, sentence

Noun = Literal["launch", "job"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A launch or a job: what we call it, its id's field, its action's field (document 001)."""

    noun: Noun
    id_field: str
    action_field: str
    missing: str
    """The ERRORCODE that says that there is no such thing."""


LAUNCH = Thing(noun="launch", id_field="LaunchID", action_field="LaunchAction", missing="111")
JOB = Thing(noun="job", id_field="JobID", action_field="JobAction", missing="110")
THINGS: Mapping[Noun, Thing] = {each.noun: each for each in (LAUNCH, JOB)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One action: its number, its words, the state it leads to, and what a person must know before it."""

    name: str
    number: int
    done: str
    """As in `Nothing was paused.`"""
    state: int | None = None
    """The negative ERRORCODE of a thing after it (-1 terminated, -2 paused)."""
    effects: Mapping[Noun, Sentence] = field(default_factory=dict[Noun, Sentence])
    """What a person is asked for, of a launch and of a job."""
    warnings: Mapping[Noun, Sentence] = field(default_factory=dict[Noun, Sentence])
    """What a person must know before it."""
    fitting: frozenset[str] = frozenset()
    """The states in words in which it can have an effect; empty means any but `over`."""
    over: frozenset[str] = frozenset()
    """The states in words in which it has happened already."""
    needs: str = ""
    """`fitting` as a person says it."""

    @property
    def nothing(self) -> str:
        """What a refusal ends with."""
        return f"Nothing was {self.done}."


_GOES_ON = sentence(
    "Sending goes on and costs points; OMIS does not say to how many, so no cap on points or recipients "
    "applies."
)
_STARTS_AGAIN = sentence(
    "Sending starts again and costs points; OMIS does not say to how many, so no cap on points or recipients "
    "applies."
)

PAUSE = Verb(name="pause", number=3, done="paused", state=PAUSED)
RESUME = Verb(
    name="resume",
    number=4,
    done="resumed",
    effects={
        "launch": sentence("Resume a launch of OMIS"),
        "job": sentence("Resume a job of OMIS"),
    },
    warnings={"launch": _GOES_ON, "job": _GOES_ON},
    fitting=frozenset({"paused"}),
    needs="is paused",
)
TERMINATE = Verb(
    name="terminate",
    number=2,
    done="terminated",
    state=TERMINATED,
    over=frozenset({"terminated"}),
    effects={
        "launch": sentence("Terminate a launch of OMIS"),
        "job": sentence("Terminate a job of OMIS"),
    },
    warnings={
        "launch": sentence("A terminated launch cannot be resumed."),
        "job": sentence("A terminated job cannot be resumed."),
    },
)
DELETE = Verb(
    name="delete",
    number=1,
    done="deleted",
    effects={
        "launch": sentence("Delete a launch of OMIS"),
        "job": sentence("Delete a job of OMIS"),
    },
    warnings={
        "launch": sentence("The launch's record disappears and cannot be brought back."),
        "job": sentence("The job's record disappears and cannot be brought back."),
    },
)
EXTEND = Verb(name="extend", number=5, done="extended")
"""Of launches only."""
RESTART = Verb(
    name="restart",
    number=5,
    done="restarted",
    effects={"job": sentence("Restart a job of OMIS")},
    warnings={"job": _STARTS_AGAIN},
    fitting=frozenset({"error"}),
    needs="stopped for lack of points",
)
"""Of jobs only."""
