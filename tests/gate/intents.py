"""A call as the operator's rules see it, and what they say of it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from server.gate.rules.policy import Intent, Violation, check_rules
from server.settings.policy import PolicySettings
from tools.operation import Risk
from tools.taipei import TAIPEI

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=TAIPEI)
MOBILE, OTHER, AMERICAN, JAPANESE = "+886912345678", "+886987654321", "+14155552671", "+819012345678"
TEXT = "王品：今日優惠"


def intent(**changes: Any) -> Intent:
    plain: dict[str, Any] = {
        "tool": "send_sms",
        "risk": Risk.SPEND,
        "recipients": (MOBILE,),
        "texts": (TEXT,),
        "points": Decimal(1),
        "send_at": None,
    }
    return Intent(**(plain | changes))


def check(asked: Intent, now: datetime = NOON, table: tuple[str, ...] = (), **rules: Any) -> Violation | None:
    return check_rules(
        asked,
        PolicySettings(**rules),
        now=now,
        blocked=lambda numbers: tuple(number for number in numbers if number in table),
    )


def refused(asked: Intent, now: datetime = NOON, table: tuple[str, ...] = (), **rules: Any) -> Violation:
    violation = check(asked, now, table, **rules)
    assert violation is not None
    assert violation.setting.startswith(("CAMPAIGN_OPS_POLICY__", "the list"))
    return violation
