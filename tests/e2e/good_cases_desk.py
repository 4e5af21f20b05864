"""The good cases of the desk's tools: what was done before, and what became of it."""

from server.demo.rows import rows_of
from tests.e2e.good_case import Arguments, Case, contains
from tests.e2e.house import Facts, House, Session

_SEND: Arguments = {"recipients": ["0912345100"], "text": "您好"}


async def _after_a_send(_house: House, session: Session) -> Arguments:
    facts = await session.told("send_sms", _SEND)
    return {"action_id": facts.facts["action_id"]}


async def _listed(house: House, session: Session) -> Arguments:
    await _after_a_send(house, session)
    return {"tool": "send_sms"}


async def _batch_listed(house: House, session: Session) -> Arguments:
    await _after_a_send(house, session)
    return {"words": "您好"}


async def _sent_by_hand(house: House, _session: Session) -> Arguments:
    batch_id = await house.vendor.batch("0912345100")
    await house.vendor.advance(31)
    return {"batch_id": batch_id}


async def _number_of_a_send(house: House, session: Session) -> Arguments:
    await _after_a_send(house, session)
    return {"mobile": "0912345100"}


def _one_message(facts: Facts) -> None:
    contains(facts, {"total": 1, "page": 1, "pages": 1, "replies": []})
    contains(rows_of(facts)[0], {"words": "您好", "status_class": "pending"})


def _imported(facts: Facts) -> None:
    contains(facts, {"recipients": 1, "delivered": 1, "failed": 0, "pending": 0, "points": 1})
    assert facts["conclusion"].startswith("Imported: 1 message.")


def _one_action(facts: Facts) -> None:
    contains(facts, {"total": 1, "page": 1, "pages": 1})
    contains(rows_of(facts)[0], {"tool": "send_sms", "recipients": 1, "points": 1})


def _one_batch(facts: Facts) -> None:
    contains(facts, {"total": 1, "page": 1, "pages": 1})
    contains(rows_of(facts)[0], {"words": "您好", "recipients": 1, "pending": 1})


def _whole_action(facts: Facts) -> None:
    contains(facts, {"tool": "send_sms", "recipients": 1, "points": 1})
    assert facts["next"]


async def unknown_send(house: House, session: Session) -> Arguments:
    """A send that the vendor carried out and never answered."""
    await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
    facts = await session.facts("send_sms", _SEND)
    assert facts["outcome"] == "unknown"
    return {"action_id": facts["action_id"]}


def _reconciled(facts: Facts) -> None:
    assert facts["state"] in ("succeeded", "unknown")
    assert facts["next"]


def _retried(facts: Facts) -> None:
    """The first one arrived, so the vendor filters the number and nobody gets the text twice."""
    contains(facts, {"outcome": "done", "sent": 0, "filtered_numbers": ["0912***100"]})


DESK_CASES: dict[str, Case] = {
    "get_number_history": Case(prepare=_number_of_a_send, check=_one_message),
    "import_batch": Case(prepare=_sent_by_hand, check=_imported),
    "list_batches": Case(prepare=_batch_listed, check=_one_batch),
    "list_actions": Case(prepare=_listed, check=_one_action),
    "get_action": Case(prepare=_after_a_send, check=_whole_action),
    "reconcile_action": Case(prepare=unknown_send, check=_reconciled),
    "retry_safely": Case(prepare=unknown_send, check=_retried),
}
