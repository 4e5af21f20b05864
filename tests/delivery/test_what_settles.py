"""A report settles what it is about and nothing else, and no value of any field breaks the receiver."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.delivery.callbacks import reported
from server.store.schema import ACTIONS
from tests.delivery.receivers import TOKEN, WITHIN, events, vendor_of
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.e2e.pictures import PNG
from tests.gate.servers import FREE, FREE_SEND, started, visited
from tools.cleaning import clean
from tools.every8d.callbacks import read_event
from tools.taipei import compact

NAMES = ("BatchID", "RM", "RT", "STATUS", "SM", "MR", "MSGID", "SUBJECT", "ST", "CHARGE", "NAME")
ODD = (
    *("00010101000000", "99991231235959", "0001/01/01 00:00:00", "\x00", "\ud7ff", "-0", "９９", "1e9", "'"),
    "0\x1f",
)


def _in(minutes: float) -> str:
    return compact(datetime.now(UTC) + timedelta(minutes=minutes))


async def _unknown(house: House, session: Session) -> Facts:
    await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
    facts = await session.facts("send_sms", FREE_SEND)
    assert facts["outcome"] == "unknown"
    return facts


def _report(action_id: str, **changed: str) -> Facts:
    number = FREE_SEND["recipients"][0]
    true = {"BatchID": "b1", "RM": number, "RT": _in(1), "STATUS": "100", "MR": "1"}
    return {**true, "SUBJECT": action_id.replace("-", ""), **changed}


@pytest.mark.parametrize(
    "forged",
    [
        {"RM": "0987654321"},
        {"RM": ""},
        {"RT": "00010101000000"},
        {"RT": ""},
        {"RT": _in(-60)},
        {"SUBJECT": "ZZZZZZZZ"},
        {"SUBJECT": ""},
    ],
)
async def test_a_report_about_something_else_settles_nothing(house: House, forged: dict[str, str]) -> None:
    async with (
        started(house, policy=FREE, callbacks={"token": TOKEN}) as parts,
        vendor_of(parts) as http,
        visited(parts, "auto") as session,
    ):
        unknown = await _unknown(house, session)
        action = {"action_id": unknown["action_id"]}
        report = _report(unknown["action_id"], **forged)
        assert (await http.get(WITHIN, params=report)).status_code == 200
        assert (await session.facts("get_action", action))["state"] == "unknown"
        assert (await session.facts("reconcile_action", action))["state"] == "unknown"
        assert (await http.get(WITHIN, params=_report(unknown["action_id"]))).status_code == 200
        assert (await session.facts("get_action", action))["state"] == "succeeded"


async def test_a_report_on_the_batch_of_another_send_settles_nothing(house: House) -> None:
    async with (
        started(house, policy=FREE, callbacks={"token": TOKEN}) as parts,
        vendor_of(parts) as http,
        visited(parts, "auto") as session,
    ):
        other = await session.facts("send_sms", {**FREE_SEND, "text": "before"})
        unknown = await _unknown(house, session)
        report = _report(unknown["action_id"], BatchID=other["batch_id"])
        assert (await http.get(WITHIN, params=report)).status_code == 200
        action = {"action_id": unknown["action_id"]}
        assert (await session.facts("reconcile_action", action))["state"] == "unknown"


async def test_a_report_of_an_mms_whose_subject_is_the_id_of_an_sms_settles_nothing(house: House) -> None:
    """Its recipients see the subject and its sender chose it; the MMS's own batch is not known either."""
    images = house.folder / "images"
    images.mkdir()
    (images / "picture.png").write_bytes(PNG)
    async with (
        started(house, policy=FREE, callbacks={"token": TOKEN}) as parts,
        vendor_of(parts) as http,
        visited(parts, house.era, Person()) as session,
    ):
        sms = await _unknown(house, session)
        await house.vendor.control("faults", path="sendMMS.ashx", fault="reset_after", times=1)
        subject = sms["action_id"].replace("-", "")
        to = {"recipients": FREE_SEND["recipients"], "image": "picture.png"}
        mms = await session.facts("send_mms", {**to, "subject": subject, "text": "附圖"})
        assert mms["outcome"] == "unknown"
        assert (await http.get(WITHIN, params=_report(sms["action_id"]))).status_code == 200
        for unknown in (sms, mms):
            action = {"action_id": unknown["action_id"]}
            assert (await session.facts("get_action", action))["state"] == "unknown"
            assert (await session.facts("reconcile_action", action))["state"] == "unknown"


async def test_one_report_is_one_event_whatever_the_spelling_of_number_and_time(house: House) -> None:
    times = ("20260301120000", "2026/03/01 12:00:00", "2026-03-01 12:00:00.123", "2026-3-1 12:00:00")
    numbers = ("+886912345678", " 886912345678", "0912345678", "886912345678", "0912-345-678")
    async with (
        started(house, callbacks={"token": TOKEN}) as parts,
        vendor_of(parts) as http,
        visited(parts, "auto") as session,
    ):
        for time in times:
            for number in numbers:
                report = {"BatchID": "b1", "RM": number, "RT": time, "STATUS": " 100", "MR": "1"}
                assert (await http.get(WITHIN, params=report)).status_code == 200
        assert len(await events(session)) == 1


VALUES = st.one_of(st.sampled_from(ODD), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
FIELDS = st.dictionaries(st.sampled_from(NAMES), VALUES)


@settings(max_examples=300, database=None)
@given(FIELDS)
def test_what_is_kept_of_a_report_is_what_its_reader_reads(fields: dict[str, str]) -> None:
    given = {"BATCHID": "b1", "STATUS": "100"} | {name.upper(): value for name, value in fields.items()}
    event, kept = read_event(given), reported(given)
    assert (kept.values["reported_at"], kept.values["sent_at"]) == (event.reported_at, event.sent_at)
    assert kept.mobile == event.mobile
    for name, read in (
        ("batch_id", event.batch_id),
        ("record", event.message_key),
        ("reference", event.subject),
    ):
        assert kept.values[name] == clean(read, limit=200 if name == "reference" else 64)
    if event.status_code is not None:
        assert kept.values["status"] == str(event.status_code)


async def test_no_value_of_any_field_breaks_the_receiver_or_the_list(house: House) -> None:
    async with (
        started(house, callbacks={"token": TOKEN}) as parts,
        vendor_of(parts) as http,
        visited(parts, "auto") as session,
    ):
        for name in NAMES:
            for odd in ODD:
                report: dict[str, Any] = {"BatchID": "b1", "STATUS": "100", name: odd}
                assert (await http.get(WITHIN, params=report)).status_code in (200, 400)
        for report in _forged():
            assert (await http.post(WITHIN, data=report)).status_code in (200, 400)
        await events(session)


def _forged(count: int = 60) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    @settings(max_examples=count, database=None)
    @given(FIELDS)
    def collect(fields: dict[str, str]) -> None:
        found.append({"BatchID": "b1", "STATUS": "100", **fields})

    collect()
    return found


OTHER_NUMBERS = st.sampled_from(["", "0987654321", "+886987654321", "912345100", "1922", "\x00"])
OLD_TIMES = st.sampled_from(["", "00010101000000", "20200101000000", "not a time", _in(-60)])
BREAKS = ("SUBJECT", "RM", "RT", "BatchID", "token")


def _forgeries(unknown: str, others: list[Facts], count: int = 80) -> list[tuple[str, Facts]]:
    """True reports of the unknown action of which at least one part is wrong, and anything beside."""
    found: list[tuple[str, Facts]] = []
    ids = [other["action_id"].replace("-", "") for other in others]
    wrong: dict[str, st.SearchStrategy[str]] = {
        "SUBJECT": st.sampled_from([*ids, "", unknown, unknown.lower(), "ZZZZZZZZ"]) | VALUES,
        "RM": OTHER_NUMBERS,
        "RT": OLD_TIMES,
        "BatchID": st.sampled_from([other["batch_id"] for other in others]),
        "token": st.just("x"),
    }
    beside = st.dictionaries(st.sampled_from(["STATUS", "SM", "MR", "MSGID", "ST", "CHARGE", "NAME"]), VALUES)

    @settings(max_examples=count, database=None)
    @given(st.data(), beside, st.sets(st.sampled_from(BREAKS), min_size=1, max_size=2))
    def collect(data: st.DataObject, more: dict[str, str], breaks: set[str]) -> None:
        broken = {name: data.draw(wrong[name]) for name in sorted(breaks)}
        if broken.get("SUBJECT") == unknown.replace("-", ""):
            return
        url = f"{WITHIN}{broken.pop('token', '')}"
        found.append((url, {**_report(unknown), **more, **broken}))

    collect()
    return found


async def test_whatever_is_forged_every_action_stays_as_it_was(house: House) -> None:
    """Reference, number, time and batch are all of one send, or the report is about none."""
    async with (
        started(house, policy=FREE, callbacks={"token": TOKEN}) as parts,
        vendor_of(parts) as http,
        visited(parts, house.era) as session,
    ):
        others = [await session.facts("send_sms", {**FREE_SEND, "text": text}) for text in ("one", "two")]
        assert [other["outcome"] for other in others] == ["done", "done"]
        await session.facts("send_sms", {"recipients": ["0987654321"], "text": "waits"})
        unknown = await _unknown(house, session)

        async def actions() -> list[tuple[Any, ...]]:
            return await parts.store.read(
                lambda conn: [tuple(row) for row in conn.execute(select(ACTIONS).order_by(ACTIONS.c.id))]
            )

        before = await actions()
        forgeries = _forgeries(unknown["action_id"], others)
        assert len(forgeries) > 40
        for url, fields in forgeries:
            answer = await http.post(url, data=fields)
            assert answer.status_code in (200, 400, 404)
            assert await actions() == before, (url, fields)
        assert (await http.post(WITHIN, data=_report(unknown["action_id"]))).status_code == 200
        assert await actions() != before
