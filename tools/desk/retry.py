"""Repeating an SMS send of unknown outcome without a double text: through 1.3, which filters for 24 hours.

The vendor refuses the same text to the same number within 24 hours on that endpoint, and it counts texts
that went through 1.1 (vendor facts, "1.3 as a safe retry").
"""

from datetime import timedelta

from tools.entries import RETRYABLE_TOOLS, ActionId
from tools.every8d.receipt_check import check_receipt
from tools.every8d.send_sms_deduplicated import SEND_SMS_DEDUPLICATED, DeduplicatedResult, SendSmsParams
from tools.operation import Action, Audience, Preview, Reply, Request, Risk, RiskyParams, Steps, Surroundings
from tools.problems import Problem, RefusedError
from tools.same_text import same_to_all
from tools.sentence import sentence
from tools.taipei import iso

FILTER_WINDOW = timedelta(hours=24)
_MARGIN = timedelta(minutes=10)
"""The filter must still know the text when the request arrives: it waits its turn, and clocks differ."""


class RetryParams(RiskyParams):
    """Which send to repeat."""

    action_id: ActionId


def _send(around: Surroundings) -> SendSmsParams:
    """The arguments of the send that is repeated: the very same text to the very same numbers.

    Raises:
        RefusedError: it is not an SMS send of unknown outcome, or the filter no longer knows it.
    """
    earlier = around.earlier
    if earlier is None or earlier.tool not in RETRYABLE_TOOLS:
        raise _refused("Only send_sms and send_sms_deduplicated can be repeated safely.")
    if earlier.state != "unknown":
        raise _refused(f"Its outcome is not unknown; it is {earlier.state}.")
    if around.now - earlier.created_at > FILTER_WINDOW - _MARGIN:
        raise _refused("It is nearly 24 hours old or more, and the vendor's filter remembers no longer.")
    if earlier.hold is not None and around.now < earlier.hold.goes_out + _MARGIN:
        raise _refused(
            f"It may be booked and go out at {iso(earlier.hold.goes_out)}: the vendor's filter may not know "
            "it before. Wait ten minutes more."
        )
    return SendSmsParams.model_validate(dict(earlier.arguments))


def _refused(reason: str) -> RefusedError:
    return RefusedError(
        Problem(
            code="not_retryable",
            message=f"Nothing was sent. {reason}",
            next="Look at the action with get_action; a person can close it by hand.",
        )
    )


def _build(_params: RetryParams, around: Surroundings) -> Request:
    return SEND_SMS_DEDUPLICATED.build(_send(around), around)


def _parse(reply: Reply, _params: RetryParams, around: Surroundings) -> DeduplicatedResult:
    return SEND_SMS_DEDUPLICATED.parse(reply, _send(around), around)


def _preview(_params: RetryParams, around: Surroundings) -> Steps[Preview]:
    preview = yield from _inner_preview(around)
    warning = sentence("Points and recipients are the most it can be: who had the text already is skipped.")
    return preview.model_copy(
        update={"effect": sentence("Repeat an SMS send safely"), "warnings": (warning, *preview.warnings)}
    )


def _inner_preview(around: Surroundings) -> Steps[Preview]:
    if SEND_SMS_DEDUPLICATED.preview is None:
        raise TypeError("a send has a preview")
    return SEND_SMS_DEDUPLICATED.preview(_send(around), around)


def _audience(_params: RetryParams, around: Surroundings) -> Audience:
    send = _send(around)
    each = tuple(dict.fromkeys(send.recipients))
    return Audience(recipients=each, texts=(send.text,), messages=same_to_all(each, send.text, send.send_at))


RETRY_SAFELY = Action(
    name="retry_safely",
    title="Retry an SMS safely",
    description=(
        "Retry (repeat, resend) an SMS send of unknown outcome, one that timed out say, so that nobody "
        "gets it twice: numbers that had the text are skipped. Within 24 hours; costs points for the "
        "others. Try reconcile_action first. 逾時的簡訊安全重送、重發、再送一次：收過的跳過，不會收到兩"
        "次。"
    ),
    toolset="desk",
    vendor="every8d",
    section="EVERY8D 1.3",
    risk=Risk.SPEND,
    params=RetryParams,
    result=DeduplicatedResult,
    build=_build,
    parse=_parse,
    check=check_receipt,
    preview=_preview,
    audience=_audience,
    earlier=lambda params: params.action_id,
)
