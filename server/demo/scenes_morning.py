"""The story of a morning: the brief, who failed, those texted again, one who opted out, and what it cost."""

from collections.abc import Mapping
from typing import Any

from server.demo.expectations import Expectation, Seen, asked, done, not_called, succeeded, texts_more
from server.demo.rows import rows_of
from server.demo.steps import Event, Memory, Step, agrees, calls, kept
from tools.sentence import sentence

LEAVES = "0922333444"
"""One of those who had the notice, who wants no more."""
_MASKED = "0922***444"
_OFF = "0944***101"
_QUERY, _SEND = "getDeliveryStatus.ashx", "sendSMS.ashx"
_POINTS = 5
_OPTS_OUT = Event(
    says=sentence("{who} answers 「退訂」", who=_MASKED),
    happens=lambda sandbox: sandbox.answer(LEAVES, "退訂"),
)


def _those_who_failed(memory: Memory) -> list[str]:
    return [f"failed:{memory['batch']}"]


def _failed(facts: Mapping[str, Any]) -> list[str]:
    return [
        number for row in rows_of(facts) if row["state"].startswith("failed") for number in row["numbers"]
    ]


def _leaves_opted_out(seen: Seen) -> bool:
    return [row["mobile"] for row in rows_of(seen.facts) if row["opts_out"]] == [_MASKED]


MORNING = (
    Step(
        title=sentence("How does it stand this morning? (the vendor has reported every delivery by itself)"),
        does=calls("get_morning_brief"),
        shows=lambda facts: " ".join((facts["conclusion"], *facts["lines"])),
        expects=(
            Expectation(
                says=sentence("three of four arrived"),
                holds=lambda seen: "75% arrived" in seen.facts["conclusion"],
            ),
        ),
    ),
    Step(
        title=sentence("Who failed, and why?"),
        does=calls("summarize_delivery", batch_id=kept("batch")),
        shows=lambda facts: f"{facts['conclusion']} {', '.join(_failed(facts))}",
        expects=(
            Expectation(
                says=sentence("the one who failed, masked"), holds=lambda seen: _failed(seen.facts) == [_OFF]
            ),
            not_called(_QUERY),
        ),
    ),
    Step(
        title=sentence("Send it again to those who failed; nobody names a number"),
        does=calls("send_sms", text="【示範】補寄：明日上午十點停水。", recipients=_those_who_failed),
        person=agrees,
        shows=lambda facts: sentence(
            "{sent} accepted for {points} points", sent=facts["sent"], points=facts["points"]
        ),
        expects=(asked(1), done(), texts_more(1)),
    ),
    Step(
        title=sentence("What did people answer?"),
        first=_OPTS_OUT,
        does=calls("get_reply_summary", batch_id=kept("batch")),
        shows=lambda facts: facts["conclusion"],
        expects=(Expectation(says=sentence("one opts out"), holds=_leaves_opted_out),),
    ),
    Step(
        title=sentence("Block who opted out"),
        does=calls("block_number", opt_outs_of=kept("batch")),
        shows=lambda facts: facts["conclusion"],
        expects=(
            Expectation(says=sentence("one is blocked"), holds=lambda seen: seen.facts["blocked"] == 1),
            asked(0),
        ),
    ),
    Step(
        title=sentence("From now on nothing goes to that number"),
        does=calls("send_sms", text="【示範】停水取消。", recipients=[LEAVES]),
        shows=lambda facts: f"{facts['message']} [{facts['code']}]",
        expects=(
            asked(0),
            Expectation(
                says=sentence("refused by policy"), holds=lambda seen: seen.facts["code"] == "policy_refused"
            ),
            texts_more(0),
            not_called(_SEND),
        ),
    ),
    Step(
        title=sentence("What has this month cost?"),
        does=calls("get_points_statement"),
        shows=lambda facts: facts["conclusion"],
        expects=(
            succeeded(),
            Expectation(
                says=sentence("{count} points", count=str(_POINTS)),
                holds=lambda seen: seen.facts["points"] == _POINTS,
            ),
        ),
    ),
)
