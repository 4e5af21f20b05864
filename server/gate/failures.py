"""Which problem an error is: one table for looks and for what happens before an action."""

from functools import reduce

from server.gate.words.approval_refusals import request_id_reused
from server.gate.words.sentences import (
    no_answer,
    no_answer_before,
    nothing,
    unreachable,
    unreadable,
    unreadable_before,
)
from server.gate.words.store_refusals import clock_back, past_lost, store_unavailable
from server.ledger.past import ClockBackError, PastLostError
from server.store.actions import RequestIdReusedError
from server.store.errors import StoreUnavailableError
from server.vendors.exchange import NotSentError, UnknownOutcomeError
from tools.desk_operation import AnyOperation
from tools.operation import Risk
from tools.problems import InvalidArgumentError, Problem, RefusedError
from tools.sentence import reason_of, sentence, together
from tools.wire.errors import UnreadableReply

ANTICIPATED = (
    InvalidArgumentError,
    NotSentError,
    RefusedError,
    RequestIdReusedError,
    StoreUnavailableError,
    UnknownOutcomeError,
    UnreadableReply,
)
"""Everything that can go wrong around an operation; anything else is a defect of ours."""
_MOST_LINES = 20
"""Enough to see what is wrong with a list; thousands would fill the assistant's context."""


def problem_of(operation: AnyOperation, error: Exception) -> Problem:
    """The problem that the caller reads; `error` is one of ANTICIPATED, raised before any action began."""
    reading = operation.risk is Risk.READ
    match error:
        case RefusedError():
            return error.problem
        case InvalidArgumentError():
            return invalid_arguments(operation, [reason_of(error)])
        case NotSentError():
            return unreachable(operation, reason_of(error))
        case UnknownOutcomeError():
            return no_answer(reason_of(error)) if reading else no_answer_before(operation, reason_of(error))
        case UnreadableReply():
            return unreadable() if reading else unreadable_before(operation)
        case RequestIdReusedError():
            return request_id_reused(operation, error.action_id)
        case _:
            return _problem_of_store(operation, error)


def _problem_of_store(operation: AnyOperation, error: Exception) -> Problem:
    match error:
        case ClockBackError():
            return clock_back(operation, reason_of(error))
        case PastLostError():
            return past_lost(operation, reason_of(error))
        case _:
            return store_unavailable(operation, reason_of(error))


def invalid_arguments(operation: AnyOperation, lines: list[str]) -> Problem:
    """Arguments that cannot be used, one short line a field: the first ones, and how many more there are."""
    told = lines[:_MOST_LINES]
    if more := len(lines) - len(told):
        told.append(sentence("and {count} more such mistakes", count=more))
    mistakes = reduce(lambda first, second: sentence("{first}; {second}", first=first, second=second), told)
    return Problem(
        code="invalid_arguments",
        message=together(
            nothing(operation), sentence("The arguments cannot be used: {mistakes}", mistakes=mistakes)
        ),
        next=sentence("Correct the named arguments and call again."),
    )
