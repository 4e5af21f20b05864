"""Lists of recipients: read in a worker thread, a slice of rows at a time, with the rules on top."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import BinaryIO

import anyio.to_thread

from server.campaigns.folder import open_list
from server.campaigns.reading import ListReading, ListWanted
from server.gate.context import GateContext
from server.gate.exclusions import Exclusions
from server.gate.rules.policy import text_violations
from server.gate.rules.text_scan import find_hosts, find_phone_numbers
from server.ledger.whose import Whose
from server.settings.policy import PolicySettings
from tools.list_desk import JudgedText, ListAsked, ListFound
from tools.lists.columns import Wanted
from tools.lists.reasons import Reason
from tools.lists.rows import Judged, Recipient
from tools.lists.tally import Tally

_END: tuple[Judged, ...] = ()


class OwnLists:
    """The `ListDesk` of one call."""

    def __init__(self, context: GateContext, whose: Whose | None) -> None:
        self._context = context
        self._whose = whose

    async def read(self, asked: ListAsked, each: Callable[[Recipient], None] | None = None) -> ListFound:
        """See `ListDesk.read`."""
        columns = Wanted(mobile=asked.mobile, fields=asked.fields, consent=asked.consent)
        wanted = ListWanted(columns=columns, sheet=asked.sheet, include_hidden=asked.include_hidden)
        settings = self._context.settings
        shelf = "" if self._whose is None else self._context.owning.shelf_of(self._whose.principal) or ""
        file = await anyio.to_thread.run_sync(open_list, settings, asked.file, shelf)
        with file:
            return await self._read(file, wanted, each or _ignore)

    async def judge_texts(self, texts: Sequence[str]) -> JudgedText:
        """Hold texts against the operator's rules for texts."""
        return await anyio.to_thread.run_sync(_judged, tuple(texts), self._context.settings.policy)

    async def _read(self, file: BinaryIO, wanted: ListWanted, show: Callable[[Recipient], None]) -> ListFound:
        opened = partial(ListReading, file, wanted, self._context.settings.lists)
        reading = await anyio.to_thread.run_sync(opened)
        exclusions = await Exclusions.of(self._context, self._whose)
        tally, slices = Tally(), reading.slices()
        with closing(reading):
            while some := await anyio.to_thread.run_sync(next, slices, _END):
                mobiles = [each.mobile for each in some if isinstance(each, Recipient)]
                excluded = await exclusions.among(mobiles)
                await anyio.to_thread.run_sync(_shown, tally, some, excluded, show)
        return reading.found(tally, exclusions.problem)


def _shown(
    tally: Tally,
    some: Sequence[Judged],
    excluded: Mapping[str, Reason],
    show: Callable[[Recipient], None],
) -> None:
    for recipient in tally.take(some, excluded):
        show(recipient)


def _ignore(_recipient: Recipient) -> None:
    """Whoever only counts looks at nobody."""


def _judged(texts: tuple[str, ...], policy: PolicySettings) -> JudgedText:
    broken = [
        f"A send would be refused: the rule on {each.rule} allows {each.limit}; the text has {each.asked}."
        for each in text_violations(texts, policy)
    ]
    return JudgedText(
        links=tuple(dict.fromkeys(host for text in texts for host in find_hosts(text))),
        numbers=tuple(dict.fromkeys(number for text in texts for number in find_phone_numbers(text))),
        broken=broken,
    )
