"""What the columns of a report are: no document names them, so only plain headings are believed.

A heading says what its column is, and the first cells have to agree. Every other column is kept under its own
name: nothing is guessed from what the cells look like.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from tools.mobile import from_vendor
from tools.taipei import TAIPEI, read_row_time

SAMPLE_ROWS = 100
"""Rows whose cells have to agree with their heading."""

Role = Literal["recipient", "name", "at", "sent_at", "link", "code", "status"]

_HEADINGS: Mapping[Role, str] = {
    "recipient": (
        "recipient receiver email emailaddress mail mailaddress recipientemail mobile mobilenumber phone "
        "phonenumber cellphone smsnumber 收件人 收件者 收訊人 收信人 電子郵件 電子信箱 電子郵件地址 信箱 "
        "郵件地址 email信箱 手機 手機號碼 行動電話 門號 電話號碼"
    ),
    "name": "name recipientname fullname 姓名 收件人姓名 客戶姓名 會員姓名",
    "at": (
        "time date datetime eventtime opentime openedtime openedat clicktime clickedtime clickedat "
        "bouncetime removetime unsubscribetime receivedtime receivetime statustime 時間 日期 開信時間 "
        "開啟時間 點選時間 點擊時間 退信時間 移除時間 退訂時間 取消訂閱時間 收到時間 接收時間 狀態時間 "
        "回報時間"
    ),
    "sent_at": "sendtime senttime sentat senddate sentdate 寄送時間 發送時間 傳送時間 寄出時間 寄件時間",
    "link": "link url clickurl linkurl 連結 網址 點選連結 點擊連結 連結網址",
    "code": "code errorcode statuscode bouncecode smtpcode 代碼 狀態碼 錯誤代碼 退信代碼 狀態代碼",
    "status": (
        "status reason error errormsg errormessage bouncereason 狀態 原因 失敗原因 退信原因 錯誤訊息 說明"
    ),
}
"""Our reading (decision): spellings that can mean nothing else, without spaces and signs."""
_ROLES: Mapping[str, Role] = {
    spelling: role for role, spellings in _HEADINGS.items() for spelling in spellings.split()
}
_SIGNS = re.compile(r"[\W_]+")
_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,253}")
_NUMBER = re.compile(r"\+?[0-9]{6,15}")
_LINK = re.compile(r"(?:https?://|mailto:|tel:)\S+", re.IGNORECASE)
_TAIWANESE_TIME = re.compile(
    r"(\d{4})[/-](\d{1,2})[/-](\d{1,2}) (上午|下午) ?(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII
)
_WITHOUT_SECONDS = re.compile(r"\d{4}[/-]\d{1,2}[/-]\d{1,2} \d{1,2}:\d{2}", re.ASCII)
_NOON = 12


class Event(NamedTuple):
    """One row of a report. `other` holds the cells of the columns that are not known, in their order."""

    email: str | None
    mobile: str | None
    name: str | None
    at: datetime | None
    sent_at: datetime | None
    link: str | None
    code: str | None
    status: str | None
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the known columns stand, and the names and places of the rest."""

    places: Mapping[Role, int]
    other: Mapping[str, int]
    width: int

    def event(self, row: Sequence[str]) -> Event:
        """A row by its columns. A time or recipient that cannot be read is none."""
        cells = [*row, *[""] * (self.width - len(row))]
        email, mobile = recipient_of(self._cell(cells, "recipient"))
        return Event(
            email=email,
            mobile=mobile,
            name=self._cell(cells, "name") or None,
            at=report_time(self._cell(cells, "at")),
            sent_at=report_time(self._cell(cells, "sent_at")),
            link=self._cell(cells, "link") or None,
            code=self._cell(cells, "code") or None,
            status=self._cell(cells, "status") or None,
            other=tuple(cells[place] for place in self.other.values()) + tuple(cells[self.width :]),
        )

    def unread(self, row: Sequence[str], event: Event) -> bool:
        """Whether a time stands in the row that could not be read."""
        at_unread = event.at is None and self._cell(row, "at")
        return bool(at_unread or (event.sent_at is None and self._cell(row, "sent_at")))

    def _cell(self, row: Sequence[str], role: Role) -> str:
        place = self.places.get(role)
        return row[place].strip() if place is not None and place < len(row) else ""


def is_heading(row: Sequence[str]) -> bool:
    """Whether the first row of a report can be its heading: none of its cells is what stands below one."""
    return not any(fits(cell.strip()) for cell in row if cell.strip() for fits in _FITS.values())


def columns_of(heading: Sequence[str], sample: Sequence[Sequence[str]]) -> Columns:
    """The columns under these headings, held against the first rows."""
    places: dict[Role, int] = {}
    for place, name in enumerate(heading):
        role = _ROLES.get(_plain(name))
        if role is not None and role not in places and _agree(role, place, sample):
            places[role] = place
    known = set(places.values())
    other: dict[str, int] = {}
    for place, name in enumerate(heading):
        if place not in known:
            other[next(each for each in _names(name, place) if each not in other)] = place
    return Columns(places, other, len(heading))


def _names(name: str, place: int) -> Iterator[str]:
    """What a column is called: two of one name are told apart."""
    yield name.strip() or f"column {place + 1}"
    number = 2
    while True:
        yield f"{name.strip() or 'column'} ({number})"
        number += 1


def _plain(heading: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", heading).casefold())


def _agree(role: Role, place: int, sample: Sequence[Sequence[str]]) -> bool:
    fits = _FITS.get(role)
    cells = (row[place].strip() for row in sample if place < len(row))
    return fits is None or all(fits(cell) for cell in cells if cell)


def recipient_of(cell: str) -> tuple[str | None, str | None]:
    """The address, or the number, that a cell is; a cell that is neither is shown as a number is, masked."""
    if not cell:
        return None, None
    return (cell, None) if _ADDRESS.fullmatch(cell) else (None, from_vendor(cell))


def report_time(cell: str) -> datetime | None:
    """A time in a report, Asia/Taipei: as in a vendor's row, without seconds, or as Windows writes it here.

    Months and days in another order are not guessed.
    """
    if not cell:
        return None
    if found := _TAIWANESE_TIME.fullmatch(cell):
        return _with_half_day(found)
    return read_row_time(f"{cell}:00" if _WITHOUT_SECONDS.fullmatch(cell) else cell)


def _with_half_day(found: re.Match[str]) -> datetime | None:
    year, month, day = (int(found[place]) for place in (1, 2, 3))
    hour, minute, second = int(found[5]), int(found[6]), int(found[7] or 0)
    if hour > _NOON:
        return None
    afternoon = _NOON if found[4] == "下午" else 0
    try:
        return datetime(year, month, day, hour % _NOON + afternoon, minute, second, tzinfo=TAIPEI)
    except ValueError:
        return None


def _is_recipient(cell: str) -> bool:
    return bool(_ADDRESS.fullmatch(cell) or _NUMBER.fullmatch(from_vendor(cell)))


def _is_time(cell: str) -> bool:
    return report_time(cell) is not None


_FITS: Mapping[Role, Callable[[str], object]] = {
    "recipient": _is_recipient,
    "at": _is_time,
    "sent_at": _is_time,
    "link": _LINK.fullmatch,
}
