"""The good cases of what sums up many messages."""

from server.demo.rows import rows_of
from tests.e2e.good_case import Arguments, Case, contains
from tests.e2e.house import Facts, House, Session

_SEND: Arguments = {"recipients": ["0912345100", "0912345103"], "text": "您好"}


async def _asked_anew(house: House, session: Session) -> Arguments:
    sent = await session.facts("send_sms", _SEND)
    await house.vendor.advance(31)
    return {"batch_id": sent["batch_id"], "refresh": True}


async def _twice(house: House, session: Session) -> Arguments:
    for text in ("您好", "再見"):
        sent = await session.facts("send_sms", {**_SEND, "text": text})
        await house.vendor.advance(31)
        await session.facts("summarize_delivery", {"batch_id": sent["batch_id"], "refresh": True})
    return {}


def _one_dead(facts: Facts) -> None:
    contains(facts, {"total": 1, "page": 1, "pages": 1})
    contains(rows_of(facts)[0], {"mobile": "0912***103", "batches": 2, "points": 2})


def _the_morning(facts: Facts) -> None:
    assert "2 batches to 4 recipients; of 4 that ended, 50% arrived" in facts["conclusion"]
    assert "points left" in facts["lines"][-1]


def _same_points(facts: Facts) -> None:
    contains(facts, {"sends": 2, "points": 4, "told": 4, "charged": 4, "differences": []})


async def _asked_before(house: House, session: Session) -> Arguments:
    batch = await _asked_anew(house, session)
    await session.facts("summarize_delivery", batch)
    return {"what": "delivery", "batch_id": batch["batch_id"]}


def _saved(facts: Facts) -> None:
    assert facts["conclusion"].startswith("2 rows saved")
    assert facts["name"].startswith("delivery-")


def _half_arrived(facts: Facts) -> None:
    contains(facts, {"batches": 1, "counts": {"delivered": 1, "failed_permanent": 1}})
    contains(facts, {"points": 2, "points_for_nothing": 1, "median_s": 30})
    assert facts["conclusion"].startswith("1 of 2 arrived (50%)")


INSIGHT_CASES: dict[str, Case] = {
    "summarize_delivery": Case(prepare=_asked_anew, check=_half_arrived),
    "export_records": Case(prepare=_asked_before, check=_saved),
    "list_dead_numbers": Case(prepare=_twice, check=_one_dead),
    "get_morning_brief": Case(prepare=_twice, check=_the_morning),
    "get_points_statement": Case(prepare=_twice, check=_same_points),
}
