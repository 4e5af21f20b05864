"""read_report: whose report it is, what its columns are, and that no report is too long or too strange."""

import csv as csv_format
import io
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.gate.masking import present
from tests.omis.driving import BY_NAME, EXAMPLES, FakeDesk, csv, element, thorough, xml
from tests.traced_memory import traced
from tools.desk_operation import Desk, DeskOperation
from tools.omis.report_columns import columns_of, report_time
from tools.omis.report_events import told_by
from tools.omis.report_sums import Sums, plain_link, read_events
from tools.operation import Reply
from tools.problems import RefusedError
from tools.taipei import iso
from tools.wire.errors import UnreadableReply
from tools.wire.report_rows import each_report_row

LINK = "https://api.itpison.com/files/501.csv"
OPENS = csv("Email,OpenTime,SendTime\na@x.tw,2026-03-01 10:00:30,2026-03-01 10:00:00\n")
JOB = {"JOBID": 5508, "LAUNCHID": 1180, "STATUS": 8, "ERRORCODE": 0}
LAUNCH = {"LAUNCHID": 1180, "LAUNCHNAME": "九月電子報", "STATUS": 0, "ERRORCODE": 0}


def listing(*reports: Mapping[str, object]) -> Reply:
    full = [{"REPORTTYPEID": 20003, "DOWNLOADLINK": LINK, **report} for report in reports]
    return xml("<ERRORCODE>0</ERRORCODE>" + "".join(element("REPORT", report) for report in full))


def looked_up(job: Mapping[str, object] = JOB, *others: Mapping[str, object]) -> list[Reply]:
    """What OMIS says of the job, and then of its launch with all its jobs."""
    launch = element("LAUNCH", LAUNCH)
    jobs = "".join(element("JOB", each) for each in (job, *others))
    return [xml(element("JOB", job) + launch), xml(launch + jobs)]


async def read(desk: FakeDesk, report_id: str = "job:5508", **more: Any) -> Any:
    operation = BY_NAME["read_report"]
    assert isinstance(operation, DeskOperation)
    return await operation.run(operation.params(report_id=report_id, **more), cast("Desk", desk))


async def test_a_report_that_names_the_job_is_surely_its_own() -> None:
    reports = listing({"REPORTJOBID": 7, "JOBID": 5508}, {"REPORTJOBID": 8, "REPORTNAME": "九月電子報"})
    found = await read(FakeDesk(*looked_up(), reports, OPENS))
    assert (found.report_id, found.total) == ("7", 1)
    assert found.note.startswith("Tie: sure: ")


async def test_a_report_that_names_the_launch_of_several_jobs_may_count_all_of_them() -> None:
    lookups = looked_up(JOB, {**JOB, "JOBID": 5509})
    found = await read(FakeDesk(*lookups, listing({"REPORTJOBID": 7, "LAUNCHID": 1180}), OPENS))
    assert found.note.startswith("Tie: likely: OMIS names the job's launch")
    assert "The launch has 2 jobs" in found.note


async def test_where_two_reports_could_be_meant_both_are_listed_and_none_is_read() -> None:
    two = [{"REPORTJOBID": number, "REPORTNAME": "九月電子報 Email"} for number in (7, 8)]
    desk = FakeDesk(*looked_up(), listing(*two))
    found = await read(desk)
    assert found.conclusion.startswith("2 reports could be meant, and none was read")
    assert [each.report_id for each in found.reports] == ["7", "8"]
    assert (found.total, [*found.rows]) == (0, [])


async def test_a_report_that_is_older_than_the_job_is_not_its_own() -> None:
    job = {**JOB, "STARTTIME": "2026-02-20 09:00:00"}
    two = [
        {"REPORTJOBID": 7, "REPORTNAME": "九月電子報", "LASTUPDATED": "2026-02-13 09:00:00"},
        {"REPORTJOBID": 8, "REPORTNAME": "九月電子報", "LASTUPDATED": "2026-02-21 09:00:00"},
    ]
    found = await read(FakeDesk(*looked_up(job), listing(*two), OPENS))
    assert found.report_id == "8"
    assert "none of its times is before the beginning" in found.note


@pytest.mark.parametrize("name", ["九月電子報二", "電子報", "2026 九月電子報", ""])
async def test_a_name_that_only_resembles_ties_nothing(name: str) -> None:
    reports = listing({"REPORTJOBID": 7, "REPORTNAME": name})
    with pytest.raises(RefusedError) as refused:
        await read(FakeDesk(*looked_up(), reports, reports))
    assert refused.value.problem.code == "not_found"


async def test_another_job_of_the_launch_lends_its_name_to_nobody() -> None:
    sibling = {**JOB, "JOBID": 5509, "JOBNAME": "會員通知"}
    reports = listing(
        {"REPORTJOBID": 7, "REPORTNAME": "會員通知"}, {"REPORTJOBID": 8, "REPORTNAME": "九月電子報"}
    )
    assert (await read(FakeDesk(*looked_up(JOB, sibling), reports, OPENS))).report_id == "8"


async def test_a_page_that_only_calls_itself_a_spreadsheet_is_read_as_well() -> None:
    table = (
        "<table><tr><th>Email</th><th>開信時間</th></tr><tr><td>a@x.tw</td><td>2026/3/1 下午 02:05:09</td>"
    )
    page = Reply(status=200, body=table.encode(), content_type="application/vnd.ms-excel")
    found = await read(FakeDesk(listing({"REPORTJOBID": 7}), page), "7")
    (row,) = found.rows
    assert (row.email, iso(row.at)) == ("a@x.tw", "2026-03-01T14:05:09+08:00")


class ProposingDesk(FakeDesk):
    """A desk that notes who is proposed for blocking."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__(*replies)
        self.blocking = self
        self.proposed: list[str] = []

    async def propose_removed(self, mobiles: Sequence[str]) -> int:
        self.proposed += mobiles
        return len(mobiles)


async def test_who_removed_themselves_is_proposed_for_blocking_and_nobody_else_is() -> None:
    table = csv("手機,移除時間\n0912345678,2026-03-01 10:00:00\n")
    removals, received = (
        ProposingDesk(listing({"REPORTJOBID": 7, "REPORTTYPEID": kind}), table) for kind in (31003, 11003)
    )
    assert "1 mobile number is proposed" in (await read(removals, "7")).note
    assert "proposed" not in (await read(received, "7")).note
    assert (removals.proposed, received.proposed) == (["+886912345678"], [])


async def test_what_has_no_rows_is_refused_and_download_report_named() -> None:
    page = Reply(status=200, body=b"%PDF-1.7")
    with pytest.raises(RefusedError) as refused:
        await read(FakeDesk(listing({"REPORTJOBID": 7}), page), "7")
    assert "download_report" in refused.value.problem.next


async def test_a_table_that_breaks_off_is_told_as_far_as_it_goes() -> None:
    body = "Email,開信時間\n" + "a@x.tw,2026-03-01 10:00:00\n" * 40_000 + '"never closed'
    found = await read(FakeDesk(listing({"REPORTJOBID": 7}), csv(body)), "7")
    assert found.total == 40_000
    assert "breaks off" in found.note


async def test_without_a_time_of_sending_nobody_says_what_machines_did() -> None:
    found = await read(
        FakeDesk(listing({"REPORTJOBID": 7}), csv("Email,開信時間\na@x.tw,2026-03-01 10:00\n")), "7"
    )
    assert found.sums.machines is None
    assert "cannot be told" in found.note


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026/3/1 上午 12:05:09", "2026-03-01T00:05:09+08:00"),
        ("2026/3/1 下午 12:05", "2026-03-01T12:05:00+08:00"),
        ("2026-03-01 14:05", "2026-03-01T14:05:00+08:00"),
        ("2026/03/01 14:05:09", "2026-03-01T14:05:09+08:00"),
    ],
)
def test_times_are_read_as_windows_writes_them_in_taiwan(written: str, read_as: str) -> None:
    moment = report_time(written)
    assert moment is not None
    assert iso(moment) == read_as


@pytest.mark.parametrize(
    "written", ["3/1/2026 2:05:09 PM", "2026/3/1 下午 13:05", "2026/2/30 上午 1:00", "x"]
)
def test_a_time_in_an_order_that_nobody_can_know_is_not_guessed(written: str) -> None:
    assert report_time(written) is None


def test_a_heading_whose_cells_say_otherwise_is_not_believed() -> None:
    columns = columns_of(["Recipient", "Time", "Link"], [["客服部", "昨天", "首頁"]])
    assert (dict(columns.places), [*columns.other]) == ({}, ["Recipient", "Time", "Link"])


def test_two_columns_of_one_name_are_both_kept() -> None:
    columns = columns_of(["Email", "Email", "x", "x", ""], [["a@x.tw", "b@x.tw", "1", "2", "3"]])
    assert dict(columns.places) == {"recipient": 0}
    assert [*columns.other] == ["Email", "x", "x (2)", "column 5"]


def test_a_report_without_a_heading_keeps_its_first_row() -> None:
    columns, rows = read_events([["a@x.tw", "1"], ["b@x.tw", "2"]], told_by("20003"))
    assert ([*columns.other], len([*rows])) == (["column 1", "column 2"], 2)


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://shop.example/a?member=1#x", "https://shop.example/a"),
        ("https://ming:secret@shop.example/", "https://shop.example/"),
        ("http://[x?member=1", "http://[x"),
    ],
)
def test_a_link_is_shown_without_what_can_name_its_recipient(link: str, shown: str) -> None:
    assert plain_link(link) == shown


HEADINGS: tuple[str, ...] = (
    "Email",
    "手機",
    "開信時間",
    "SendTime",
    "連結",
    "Code",
    "狀態",
    "姓名",
    "會員編號",
    "",
    "x,y",
)
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["ming.wang@example.com", "0912345678", "+886 912-345-678", "2026-03-01 10:00:00", "=1+1", '5"']
    ),
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    heading = draw(st.lists(st.sampled_from(HEADINGS), min_size=2, max_size=6))
    rows = draw(st.lists(st.lists(CELLS, min_size=2, max_size=8), max_size=12))
    return [heading, *rows]


def written(table: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv_format.writer(text).writerows(table)
    return text.getvalue().encode("utf-8-sig", "replace")


@thorough
@given(tables(), st.sampled_from(["20003", "20005", "21003", "11001", "31003", "99999"]))
def test_every_row_is_counted_every_column_is_kept_and_nobody_is_named(
    table: list[list[str]], type_id: str
) -> None:
    try:
        rows = [*each_report_row(written(table))]
    except UnreadableReply:
        return
    columns, events = read_events(rows, told_by(type_id))
    sums = Sums()
    for row in events:
        sums.add(row)
        assert len(row.event.other) >= len(columns.other)
    assert sums.total in (len(rows), len(rows) - 1)
    assert len(columns.places) + len(columns.other) == len(rows[0])


@settings(thorough, max_examples=EXAMPLES // 4)
@given(tables())
async def test_no_address_and_no_number_leaves_in_an_answer(table: list[list[str]]) -> None:
    body = Reply(status=200, body=written(table), content_type="text/csv")
    try:
        found = await read(FakeDesk(listing({"REPORTJOBID": 7}), body), "7", page_size=200)
    except (RefusedError, UnreadableReply):
        return
    shown = str(present(found, show_numbers=False).facts)
    assert "ming.wang" not in shown
    assert "345678" not in shown
    assert "345-678" not in shown


@thorough
@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_one_error(body: bytes) -> None:
    try:
        _, events = read_events(each_report_row(body), told_by("20003"))
        for row in events:
            Sums().add(row)
    except UnreadableReply:
        pass


def test_what_is_kept_of_a_long_report_does_not_grow_with_its_rows() -> None:
    row = f"{{}}@x.tw,2026-03-01 10:00:00,{'x' * 600}\n"
    body = ("Email,OpenTime,Notes\n" + (row.format("a") + row.format("b")) * 6_000).encode()
    with traced() as memory:
        sums = Sums()
        for each in read_events(each_report_row(body), told_by("20003"))[1]:
            sums.add(each)
        peak = memory()[1]
    assert (sums.total, sums.unique) == (12_000, 2)
    assert peak < 4_000_000 < len(body) // 1.8


@pytest.mark.long
def test_of_each_recipient_of_a_long_report_a_few_bytes_are_kept_that_are_let_go_at_once() -> None:
    """As objects of a set they held up everybody while they were let go, and whenever it grew."""
    recipients = 15_000
    body = ("Email,Link\n" + "".join(f"a{n}@x.tw,https://x.tw/a\n" for n in range(recipients))).encode()
    sums = Sums()
    rows = read_events(each_report_row(body), told_by("20005"))[1]
    with traced() as memory:
        for row in rows:
            sums.add(row)
        kept = memory()[0]
    assert (sums.total, sums.unique, sums.people) == (recipients, recipients, recipients)
    assert sums.link_recipients["https://x.tw/a"] == recipients
    assert kept < 3 * 24 * recipients
