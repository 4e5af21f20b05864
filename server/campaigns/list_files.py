"""Lists from the configured folder, as a plan reads them."""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from typing import BinaryIO

import anyio.to_thread

from server.campaigns.folder import open_list
from server.campaigns.reading import ListReading, ListWanted, digest_of
from server.campaigns.source import ListChoice, OpenList
from server.settings.settings import Settings
from tools.cleaning import quote
from tools.counting import many
from tools.list_desk import ListFound
from tools.lists.columns import Wanted
from tools.lists.reasons import Reason
from tools.lists.rows import Judged, Rejected
from tools.lists.tally import Tally
from tools.problems import InvalidArgumentError, RefusedError

_NAMED = 5


class ListFiles:
    """The lists of one server's folder."""

    def __init__(self, settings: Settings, shelf_of: Callable[[str], str]) -> None:
        self._settings = settings
        self._shelf_of = shelf_of

    @asynccontextmanager
    async def opened(self, choice: ListChoice) -> AsyncGenerator[OpenList]:
        """The list of this file.

        Raises:
            InvalidArgumentError: no folder is set, or the name is not one of a plain file in it.
        """
        shelf = self._shelf_of(choice.principal)
        file = await anyio.to_thread.run_sync(open_list, self._settings, choice.name, shelf)
        with file, closing(_OpenFile(file, choice, self._settings)) as opened:
            yield opened

    async def digest(self, name: str, principal: str) -> str:
        """SHA-256 of the file as it is now; '' when it is gone."""
        return await anyio.to_thread.run_sync(_digest, self._settings, name, self._shelf_of(principal))


class _OpenFile:
    """One file, read once."""

    def __init__(self, file: BinaryIO, choice: ListChoice, settings: Settings) -> None:
        self._file = file
        self._choice = choice
        self._settings = settings
        self._reading: ListReading | None = None

    def close(self) -> None:
        """Let go of the file."""
        if self._reading is not None:
            self._reading.close()

    @property
    def digest(self) -> str:
        """See `OpenList.digest`."""
        return "" if self._reading is None else self._reading.sha256

    def slices(self, columns: Sequence[str]) -> Iterator[Sequence[Judged]]:
        """Its rows, some at a time. Once something of it has to be chosen, the rest is only counted."""
        chosen = self._choice
        wanted = ListWanted(
            columns=Wanted(
                mobile=(chosen.mobile,) if chosen.mobile else (),
                consent=chosen.consent,
                fields=tuple(columns),
            ),
            sheet=chosen.sheet,
            include_hidden=chosen.hidden == "include",
            mailed=chosen.mailed,
        )
        reading = self._reading = ListReading(self._file, wanted, self._settings.lists)
        if reading.read_as.rivals:
            raise _which_sheet((reading.read_as.sheet, *reading.read_as.rivals))
        hidden = 0
        for some in reading.slices():
            if not chosen.hidden:
                hidden += sum(_is_hidden(each) for each in some)
            yield () if hidden else some
        if hidden:
            raise _what_of_hidden(hidden, reading)

    def found(self, tally: Tally) -> ListFound | None:
        """See `OpenList.found`."""
        return None if self._reading is None else self._reading.found(tally)


def _is_hidden(each: Judged) -> bool:
    return isinstance(each, Rejected) and each.reason is Reason.HIDDEN_ROW


def _which_sheet(names: Sequence[str]) -> InvalidArgumentError:
    told = ", ".join(quote(name, limit=31) for name in names[:_NAMED])
    return InvalidArgumentError(
        "sheet",
        f"is needed: numbers stand in {len(names)} sheets of the workbook ({told}).",
        "Ask the person which one is meant, and name it.",
    )


def _what_of_hidden(count: int, reading: ListReading) -> InvalidArgumentError:
    by = "a filter hides" if reading.filtered else "the sheet hides"
    return InvalidArgumentError(
        "hidden",
        f"is needed: {by} {many(count, 'row')} of the list.",
        "Ask the person whether they get the text: then include, else leave_out.",
    )


def _digest(settings: Settings, name: str, shelf: str) -> str:
    try:
        with open_list(settings, name, shelf) as file:
            return digest_of(file, settings.lists.max_bytes)
    except (InvalidArgumentError, RefusedError, OSError):
        return ""
