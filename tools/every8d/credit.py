"""Points left (EVERY8D 3.1)."""

from decimal import Decimal

from tools.every8d.answers import refused, text_of
from tools.operation import Params, Query, Reply, Request, Result, Risk, Steps, Surroundings, one
from tools.sentence import sentence
from tools.values import Points
from tools.wire.csv_line import read_points
from tools.wire.refusal import Refusal


class QueryCreditParams(Params):
    """The balance takes no arguments."""


class Credit(Result):
    """The account's balance."""

    credit: Points


def read_credit(reply: Reply) -> Decimal:
    """The points left.

    Raises:
        RefusedError: the vendor refused, a wrong login for instance.
        UnreadableReply: no balance can be read.
    """
    found = read_points(text_of(reply))
    if isinstance(found, Refusal):
        raise refused(found, sentence("The balance was not read."))
    return found


def credit_steps() -> Steps[Decimal]:
    """Ask for the points left."""
    return read_credit((yield from one(Request(vendor="every8d", path="API21/HTTP/getCredit.ashx"))))


def _steps(_params: QueryCreditParams, _surroundings: Surroundings) -> Steps[Credit]:
    return Credit(credit=(yield from credit_steps()))


QUERY_CREDIT = Query(
    name="query_credit",
    title="Points left",
    description=(
        "Check the EVERY8D balance: do we have enough points (credits), how many are left. 餘額查詢：剩"
        "多少點數、還剩幾點、還能發幾則、夠不夠。"
    ),
    toolset="sms",
    vendor="every8d",
    section="EVERY8D 3.1",
    risk=Risk.READ,
    params=QueryCreditParams,
    result=Credit,
    steps=_steps,
)
