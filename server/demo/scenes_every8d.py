"""EVERY8D's part of the session: a send and its delivery, a booking taken back, a refused approval."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from server.demo.expectations import Expectation, asked, done, not_called, succeeded, texts_more
from server.demo.rows import rows_of
from server.demo.scenes_morning import LEAVES
from server.demo.steps import Memory, Step, agrees, calls, clock_moves, declines, kept, types_in
from tools.sentence import sentence, together
from tools.taipei import TAIPEI

_OTHERS = ["0912345678", "0933444999", "0944555101"]
"""The second answers by itself (magic ending 999); the third is switched off (101)."""
_RECIPIENTS = [*_OTHERS, LEAVES]
_NOTICE = "【示範】您好，明日上午十點停水兩小時，敬請見諒。"
_START_CREDIT = 10_000
_SEND_PAGE = "sendSMS.ashx"
_ENDED = ["delivered", "delivered", "failed_retryable", "delivered"]


def _tomorrow(_memory: Memory) -> str:
    return (datetime.now(TAIPEI) + timedelta(days=1)).isoformat(timespec="seconds")


def _classes(facts: Mapping[str, Any]) -> list[str]:
    return [message["status_class"] for message in rows_of(facts)]


def _delivery(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{each['mobile']} {each['status_class']}" for each in rows_of(facts))


def _replies(facts: Mapping[str, Any]) -> str:
    return together(
        *(
            sentence("{who} wrote 「{text}」", who=each["mobile"], text=each["text"])
            for each in rows_of(facts)
        )
    )


SENDING = (
    Step(
        title=sentence("How many points are left?"),
        does=calls("query_credit"),
        shows=lambda facts: sentence("{count} points", count=f"{facts['credit']:,}"),
        expects=(
            succeeded(),
            Expectation(
                says=sentence("10,000 points"), holds=lambda seen: seen.facts["credit"] == _START_CREDIT
            ),
        ),
    ),
    Step(
        title=sentence("What would this text cost? (dry run)"),
        does=calls("send_sms", text=_NOTICE, recipients=_RECIPIENTS, dry_run=True),
        shows=lambda facts: sentence(
            "it would cost {points} points. {note}", points=facts["preview"]["points"], note=facts["note"]
        ),
        expects=(asked(0), texts_more(0), not_called(_SEND_PAGE)),
    ),
    Step(
        title=sentence("Send it"),
        does=calls("send_sms", text=_NOTICE, recipients=_RECIPIENTS),
        person=agrees,
        shows=lambda facts: sentence(
            "{sent} accepted for {points} points, {left} left",
            sent=facts["sent"],
            points=facts["points"],
            left=f"{facts['credit']:,}",
        ),
        expects=(asked(1), done(), texts_more(len(_RECIPIENTS))),
        keeps={"batch": "batch_id"},
    ),
    Step(
        title=sentence("Has it arrived?"),
        does=calls("get_sms_delivery", batch_id=kept("batch")),
        shows=_delivery,
        expects=(
            Expectation(
                says=sentence("still pending"), holds=lambda seen: set(_classes(seen.facts)) == {"pending"}
            ),
        ),
    ),
    Step(
        title=sentence("Has it arrived now?"),
        first=clock_moves(31),
        does=calls("get_sms_delivery", batch_id=kept("batch")),
        shows=_delivery,
        expects=(
            Expectation(
                says=sentence("delivered to all but one"), holds=lambda seen: _classes(seen.facts) == _ENDED
            ),
        ),
    ),
    Step(
        title=sentence("Did anybody answer?"),
        first=clock_moves(31),
        does=calls("get_sms_replies", batch_id=kept("batch")),
        shows=_replies,
        expects=(
            Expectation(says=sentence("one reply"), holds=lambda seen: len(rows_of(seen.facts)) == 1),
            Expectation(
                says=sentence("its number is masked"),
                holds=lambda seen: "***" in rows_of(seen.facts)[0]["mobile"],
            ),
        ),
    ),
)

BOOKING = (
    Step(
        title=sentence("Book a reminder for tomorrow"),
        does=calls("send_sms", text="【示範】提醒您：明日停水。", recipients=_OTHERS, send_at=_tomorrow),
        person=agrees,
        shows=lambda facts: sentence(
            "{sent} booked for {points} points", sent=facts["sent"], points=facts["points"]
        ),
        expects=(asked(1), done(), texts_more(len(_OTHERS))),
        keeps={"booking": "batch_id"},
    ),
    Step(
        title=sentence("Take the booking back; the person types how many messages that is"),
        does=calls("erase_sms_booking", batch_id=kept("booking")),
        person=types_in(lambda _memory: str(len(_OTHERS))),
        shows=lambda facts: sentence(
            "{erased} erased, {points} points returned",
            erased=facts["erased"],
            points=facts["points_returned"],
        ),
        expects=(asked(1), done(), texts_more(-len(_OTHERS))),
    ),
)

REFUSALS = (
    Step(
        title=sentence("The person says no"),
        does=calls("send_sms", text="【示範】再發一次。", recipients=_OTHERS),
        person=declines,
        shows=lambda facts: sentence("outcome {outcome}", outcome=facts["outcome"]),
        expects=(
            asked(1),
            Expectation(says=sentence("refused"), holds=lambda seen: seen.facts["code"] == "declined"),
            texts_more(0),
            not_called(_SEND_PAGE),
        ),
    ),
)
