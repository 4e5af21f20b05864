"""A report summed up while it is read, row by row: it grows with the recipients, not with the rows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain, islice
from typing import TypeVar
from urllib.parse import urlsplit

from tools.distinct import Distinct
from tools.omis.report_columns import SAMPLE_ROWS, Columns, Event, columns_of, is_heading
from tools.omis.report_events import MACHINES_DO, Told, class_of

MACHINE_SECONDS = 10
"""Who opens or clicks within so many seconds of the sending is taken for a machine (decision)."""
K = TypeVar("K")
_MOST_DAYS = 400
_MOST_LINKS = 1_000
_MOST_CODES = 200
_MACHINE = timedelta(seconds=MACHINE_SECONDS)
_AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row with what was made of it."""

    event: Event
    link: str
    """The row's link without what can name its recipient; '' where it has none."""
    status_class: str | None
    machine: bool
    unread: bool
    """Whether it has a time that could not be read."""


@dataclass(slots=True)
class Sums:
    """What has been read so far. Recipients are kept as numbers that tell them apart, not as themselves.

    A day, link or code of '' is one that no row named.
    """

    total: int = 0
    machines: int = 0
    timed: int = 0
    """Rows of which is known how long after the sending they came."""
    unread: int = 0
    """Rows with a time that could not be read."""
    days: Counter[str] = field(default_factory=Counter[str])
    links: Counter[str] = field(default_factory=Counter[str])
    link_recipients: Counter[str] = field(default_factory=Counter[str])
    codes: Counter[tuple[str, str | None]] = field(default_factory=Counter[tuple[str, str | None]])
    _recipients: Distinct = field(default_factory=Distinct)
    _people: Distinct = field(default_factory=Distinct)
    _of_link: Distinct = field(default_factory=Distinct)

    @property
    def unique(self) -> int:
        """Different recipients."""
        return len(self._recipients)

    @property
    def people(self) -> int:
        """Different recipients of whom at least one row is no machine's."""
        return len(self._people)

    def add(self, row: ReadRow) -> None:
        """Count a row."""
        event = row.event
        self.total += 1
        self.unread += row.unread
        self.machines += row.machine
        self.timed += event.at is not None and event.sent_at is not None
        _count(self.days, "" if event.at is None else f"{event.at:%Y-%m-%d}", _MOST_DAYS)
        _count(self.codes, (event.code or "", row.status_class), _MOST_CODES)
        _count(self.links, row.link, _MOST_LINKS)
        recipient = event.email.casefold() if event.email else event.mobile
        if not recipient:
            return
        who = hash(recipient)
        self._recipients.add(who)
        if not row.machine:
            self._people.add(who)
        if row.link in self.links and self._of_link.add(hash((who, row.link))):
            self.link_recipients[row.link] += 1


def _count(counter: Counter[K], what: K, most: int) -> None:
    """What comes after the most that are told apart is in the total alone."""
    if what in counter or len(counter) < most:
        counter[what] += 1


def plain_link(link: str) -> str:
    """A link without what can name its recipient: all that follows `?` or `#`."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return link.partition("?")[0].partition("#")[0]
    return parts._replace(query="", fragment="", netloc=parts.netloc.rpartition("@")[2]).geturl()


def read_events(rows: Iterable[list[str]], told: Told) -> tuple[Columns, Iterator[ReadRow]]:
    """The columns of a report, and its rows one after the other."""
    following = iter(rows)
    heading = next(following, list[str]())
    sample = list(islice(following, SAMPLE_ROWS))
    if not is_heading(heading):
        sample, heading = [heading, *sample], [""] * len(heading)
    columns = columns_of(heading, sample)
    return columns, (_read(row, columns, told) for row in chain(sample, following))


def _read(row: list[str], columns: Columns, told: Told) -> ReadRow:
    event = columns.event(row)
    return ReadRow(
        event=event,
        link=plain_link(event.link) if event.link else "",
        status_class=class_of(told, event),
        machine=told.event in MACHINES_DO and _soon(event),
        unread=columns.unread(row, event),
    )


def _soon(event: Event) -> bool:
    if event.at is None or event.sent_at is None:
        return False
    return _AT_ONCE <= event.at - event.sent_at <= _MACHINE
