"""Who opened an e-mail or removed themselves, told apart without holding up anybody else."""

import pytest

from server.campaigns.workbook_rows import workbook_rows
from tests.omis.driving import AROUND, csv, drive, element, xml
from tests.traced_memory import traced
from tools.lists.reasons import Reason
from tools.omis.mailed import mailed_steps
from tools.operation import Reply

LINK = "https://api.itpison.com/files/501.csv"
RECIPIENTS = 20_000


def listing() -> Reply:
    reports = [{"REPORTJOBID": 501, "REPORTTYPEID": kind, "DOWNLOADLINK": LINK} for kind in (21001, 31003)]
    return xml("<ERRORCODE>0</ERRORCODE>" + "".join(element("REPORT", report) for report in reports))


def rows(name: str, count: int) -> str:
    return "".join(f"{name}{n}@x.tw,2026-03-01 10:00:30,2026-03-01 10:00:00\n" for n in range(count))


@pytest.mark.long
def test_of_each_who_opened_a_large_e_mail_a_few_bytes_are_kept_that_are_let_go_at_once() -> None:
    """As objects of a set they held up everybody while they were let go, and whenever it grew."""
    heading = "Email,OpenTime,SendTime\n"
    replies = [csv(heading + rows("Opened", RECIPIENTS)), csv(heading + rows("gone", RECIPIENTS // 2))]
    read, _ = drive(mailed_steps("501", AROUND), listing(), replies[0], listing(), replies[1])
    with traced() as memory:
        mailed = read(workbook_rows)
        kept = memory()[0]
    last = RECIPIENTS - 1
    assert mailed.reason(f"OPENED{last}@x.tw") is Reason.OPENED
    assert mailed.reason(f"gone{last // 2}@x.tw") is Reason.OPTED_OUT
    assert (mailed.reason("gone@x.tw"), mailed.reason("")) == (None, None)
    assert kept < 2 * 24 * RECIPIENTS
