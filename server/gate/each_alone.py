"""Actions of one call that fail each for itself: what became of one stops no other."""

import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from server.gate.calls import CallOf
from server.gate.failures import ANTICIPATED, problem_of
from server.gate.words.answers import Answer, failure
from server.gate.words.sentences import crashed, said_to_be_undone
from tools.desk.stop import Ended

_log = logging.getLogger(__name__)


class End(NamedTuple):
    """What became of one, and why it is not what was wanted."""

    ended: Ended
    why: str
    action_id: str


async def alone(call: CallOf, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """The answer of one action, whatever goes wrong with it."""
    try:
        return await work()
    except ANTICIPATED as error:
        return failure(said_to_be_undone(call.operation, problem_of(call.operation, error)))
    except Exception:  # noqa: BLE001 - the others go on; what it is stands in the log
        _log.exception("%s failed in an unexpected way", call.operation.name)
        return failure(crashed(call.operation))


def end_of(answer: Answer, *, done: Ended, not_done: Ended) -> End:
    """What an answer says: done, certainly not done, or nobody knows."""
    action_id = str(answer.facts.get("action_id", ""))
    if not answer.is_error and answer.facts["outcome"] == "done":
        return End(done, "", action_id)
    certain = answer.is_error and answer.facts["code"] != "internal_error"
    return End(not_done if certain else "unknown", str(answer.facts["message"]), action_id)
