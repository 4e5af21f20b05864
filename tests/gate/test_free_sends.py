"""Which small sends to test numbers need no approval."""

from decimal import Decimal
from typing import Any

import pytest

from server.gate.rules.free_sends import needs_no_approval
from server.settings.policy import PolicySettings
from tests.gate.intents import AMERICAN, MOBILE, OTHER, intent
from tools.operation import Risk

SMALL: dict[str, Any] = {"test_numbers": (MOBILE, OTHER), "test_recipients": 1, "test_points": 2}


def test_a_small_send_to_test_numbers_needs_no_approval() -> None:
    policy = PolicySettings(**SMALL)
    assert needs_no_approval(intent(points=Decimal(2)), policy, read_outside_text=False) == "test_numbers"


@pytest.mark.parametrize(
    ("changes", "rules", "read_outside_text"),
    [
        ({}, {}, True),
        ({"risk": Risk.DESTROY}, {}, False),
        ({"risk": Risk.CHANGE}, {}, False),
        ({"points": Decimal("2.01")}, {}, False),
        ({"points": Decimal("NaN")}, {}, False),
        ({"points": None}, {}, False),
        ({"recipients": ()}, {}, False),
        ({"emails": ("a@shop.tw",)}, {"allowed_email_domains": ("shop.tw",)}, False),
        ({"recipients": (MOBILE, OTHER)}, {}, False),
        ({"recipients": (AMERICAN,)}, {}, False),
        ({"recipients": (MOBILE, AMERICAN)}, {"test_recipients": 9}, False),
        ({}, {"test_numbers": ()}, False),
        ({}, {"test_recipients": 0}, False),
        ({}, {"test_points": 0}, False),
    ],
)
def test_anything_else_needs_an_approval(
    changes: dict[str, Any], rules: dict[str, Any], *, read_outside_text: bool
) -> None:
    policy = PolicySettings(**(SMALL | rules))
    assert needs_no_approval(intent(**changes), policy, read_outside_text=read_outside_text) is None


def test_no_setting_means_that_everything_needs_an_approval() -> None:
    assert needs_no_approval(intent(), PolicySettings(), read_outside_text=False) is None
