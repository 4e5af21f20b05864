"""A caller's inbox, from the records; and the vendor asked anew (EVERY8D 2.4)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import anyio

from server.batches.asking import MOST_ASKED, time_to_ask
from server.batches.asking_replies import ask_for_replies
from server.batches.numbers import NumberSeal
from server.batches.own import own
from server.gate.context import GateContext
from server.ledger.whose import Whose
from server.store.batches import SENT, BatchFilter, list_batches
from server.store.inbox import inbox_totals, latest_replies, said
from server.store.insight import open_to_ask
from server.store.opt_outs import proposed
from server.store.plans import Connection
from server.store.replies import ReplyRow
from tools.cleaning import shortened
from tools.opt_outs import same_words
from tools.problems import Problem, RefusedError
from tools.reply_desk import AskedForReplies, OneReply, ReplyFigures, SameReplies
from tools.sentence import sentence
from tools.taipei import midnight

_DAYS = 30
_LATEST = 10
_SHOWN = 60
REPLY_ID = 8
"""Characters of a reply's key that name it."""
_NO_BATCH = Problem(
    code="not_found",
    message=sentence("There is no such batch in the records."),
    next=sentence("Use list_batches to find the id."),
)


class OwnReplies:
    """The `ReplyDesk` of one call."""

    def __init__(self, context: GateContext, whose: Whose | None) -> None:
        self._context = context
        self._memory = context.memory
        self._whose = whose

    async def refresh(self, batch_id: str, since: date | None) -> AskedForReplies:
        """Ask the vendor for the newest of these batches, as far as a call's time allows."""
        wanted = replace(await self._wanted(batch_id, since), state=SENT)
        batches, total = await self._memory.keeper.read(
            lambda conn: open_to_ask(conn, wanted, MOST_ASKED, kind="sms")
        )
        asked = fresh = incomplete = 0
        with anyio.move_on_after(time_to_ask()):
            for batch in batches:
                new, told = await ask_for_replies(self._memory, self._context.vendors, batch)
                asked, fresh, incomplete = asked + 1, fresh + new, incomplete + (not told.complete)
        return AskedForReplies(batches=asked, left=total - asked, fresh=fresh, incomplete=incomplete)

    async def figures(self, batch_id: str, since: date | None) -> ReplyFigures:
        """What the records hold."""
        wanted = await self._wanted(batch_id, since)
        seal = await self._memory.keeper.seal()
        waiting = replace(own(self._whose), batch_id=batch_id or None)

        def work(conn: Connection) -> ReplyFigures:
            totals = inbox_totals(conn, wanted)
            return ReplyFigures(
                total=totals.replies,
                numbers=totals.numbers,
                opt_outs=totals.opted_out,
                waiting=proposed(conn, waiting, 1)[1],
                groups=_groups(list(said(conn, wanted))),
                latest=[_opened(each, seal) for each in latest_replies(conn, wanted, _LATEST)],
                never_asked=totals.never_asked,
                asked_at=totals.asked_at,
            )

        return await self._memory.keeper.read(work)

    async def _wanted(self, batch_id: str, since: date | None) -> BatchFilter:
        await self._memory.catch_up()
        month = None if batch_id else self._memory.keeper.clock() - timedelta(days=_DAYS)
        wanted = replace(
            own(self._whose),
            since=month if since is None else midnight(since),
            batch_id=batch_id or None,
        )
        if batch_id and not await self._memory.keeper.read(lambda conn: list_batches(conn, wanted, 1, 1)[1]):
            raise RefusedError(_NO_BATCH)
        return wanted


def _groups(texts: Sequence[tuple[str, bool, int]]) -> list[SameReplies]:
    """Texts that say the same as one, under the words of the commonest; opt-outs apart."""
    found: dict[tuple[str, bool], list[tuple[int, str]]] = {}
    for text, opts_out, count in texts:
        found.setdefault((same_words(text) or text.strip(), opts_out), []).append((count, text))
    groups = [
        SameReplies(
            text=shortened(max(those)[1], _SHOWN), count=sum(count for count, _ in those), opts_out=opts_out
        )
        for (_, opts_out), those in found.items()
    ]
    return sorted(groups, key=lambda each: (-each.count, each.text))


def _opened(reply: ReplyRow, seal: NumberSeal) -> OneReply:
    who = seal.who(reply.sealed, reply.batch)
    return OneReply(
        id=reply.key[:REPLY_ID],
        mobile="***" if who is None else who.mobile,
        text=shortened(reply.text, _SHOWN),
        at=reply.at or reply.heard_at,
        opts_out=reply.opts_out,
    )
