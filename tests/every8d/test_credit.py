"""EVERY8D 3.1."""

from decimal import Decimal

import pytest

from tests.every8d.driving import WORLD, always, drive
from tools.every8d.credit import QUERY_CREDIT, Credit, QueryCreditParams
from tools.operation import Request
from tools.problems import RefusedError
from tools.wire.errors import UnreadableReply


@pytest.mark.parametrize(("body", "credit"), [("2310.00", "2310.00"), ("0.00\r\n", "0"), ("12.5", "12.5")])
def test_the_points_left_are_read(body: str, credit: str) -> None:
    found, asked = drive(QUERY_CREDIT.steps(QueryCreditParams(), WORLD), always(body))
    assert found == Credit(credit=Decimal(credit))
    assert asked == [Request(vendor="every8d", path="API21/HTTP/getCredit.ashx")]


def test_a_wrong_password_is_a_refused_login() -> None:
    with pytest.raises(RefusedError) as caught:
        drive(QUERY_CREDIT.steps(QueryCreditParams(), WORLD), always("-101,密碼錯誤"))
    assert caught.value.problem.code == "login_refused"
    assert caught.value.problem.vendor_code == "-101"


def test_a_web_page_is_no_balance() -> None:
    with pytest.raises(UnreadableReply):
        drive(QUERY_CREDIT.steps(QueryCreditParams(), WORLD), always("<html>2310.00</html>"))
