"""Which report a caller means: one by its id, or that of a launch or a job."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from tools.omis.verbs import JOB, LAUNCH, Thing
from tools.sentence import sentence
from tools.values import IDENTIFIER

_TARGET = re.compile(r"(?:(job|launch):\s*)?([0-9A-Za-z-]{1,32})")
_THINGS = {"job": JOB, "launch": LAUNCH}


def _target(written: str) -> str:
    if _TARGET.fullmatch(written) is None:
        raise ValueError(sentence("is no report id, job:ID or launch:ID."))
    return written


ReportTarget = Annotated[
    str,
    IDENTIFIER,
    AfterValidator(_target),
    Field(description="Id, or job:5508, launch:1180."),
]
"""A report's id, or `job:` or `launch:` with the id of what it belongs to."""


MaybeReport = Annotated[str, IDENTIFIER, AfterValidator(lambda written: written and _target(written))]
"""The same, or ''."""


def read_target(target: str) -> tuple[Thing | None, str]:
    """The launch or job, if it is one, and the id."""
    found = _TARGET.fullmatch(target)
    kind, value = (found[1], found[2]) if found else ("", target)
    return _THINGS.get(kind), value
