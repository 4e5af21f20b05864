"""The operator's rules for a part of a campaign: when it is planned, and again when it is sent."""

from dataclasses import replace
from datetime import timedelta

from server.campaigns.draft import Asked
from server.gate.context import GateContext
from server.gate.rules.policy import Intent, check_rules, to_problem
from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS
from tools.operation import Risk
from tools.problems import Problem

NOT_HELD = timedelta()


def forbidden(
    context: GateContext, asked: Asked, nothing: str, *, plans: bool = False, held: timedelta = NOT_HELD
) -> Problem | None:
    """The first rule that it breaks. Blocked numbers of the store are taken out before, and by the claim.

    A text without a time of its own goes out when its plan is started, not when it is made (`plans`): the
    start asks for the quiet hours. One that is `held` goes out so much later.
    """
    policy, now = context.settings.policy, context.clock() + held
    if plans and asked.send_times[0] is None:
        policy = policy.model_copy(update={"quiet_hours": None})
    intent = Intent(
        tool=SEND_PERSONALIZED_SMS.name,
        risk=Risk.SPEND,
        recipients=tuple(asked.recipients),
        texts=tuple(asked.texts),
        send_at=asked.send_times[0],
    )
    others = dict.fromkeys(asked.send_times[1:])
    alone = replace(intent, recipients=(), texts=())
    for each in (intent, *(replace(alone, send_at=moment) for moment in others)):
        violation = check_rules(each, policy, now=now, blocked=lambda _: ())
        if violation is not None:
            return to_problem(violation, nothing)
    return None
