"""The good cases of what sums up many messages."""

from tests.e2e.good_case import Arguments, Case, contains
from tests.e2e.house import Facts, House, Session

_SEND: Arguments = {"recipients": ["0912345100", "0912345103"], "text": "您好"}


async def _asked_anew(house: House, session: Session) -> Arguments:
    sent = await session.facts("send_sms", _SEND)
    await house.vendor.advance(31)
    return {"batch_id": sent["batch_id"], "refresh": True}


def _half_arrived(facts: Facts) -> None:
    contains(facts, {"batches": 1, "counts": {"delivered": 1, "failed_permanent": 1}})
    contains(facts, {"points": 2, "points_for_nothing": 1, "median_s": 30})
    assert facts["conclusion"].startswith("1 of 2 arrived (50%)")


INSIGHT_CASES: dict[str, Case] = {
    "summarize_delivery": Case(prepare=_asked_anew, check=_half_arrived),
}
