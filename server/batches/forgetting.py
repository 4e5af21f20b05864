"""A deletion request for one number: looked at, then carried out in one step with its lines of the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.batches.forgetting_campaigns import leave_ended
from server.batches.memory import Memory
from server.ledger.notes import Note
from server.ledger.reducing import FORGOTTEN, TERMINAL, forget_fillings, forget_in_action, without_number
from server.store import ledger
from server.store.actions import Action
from server.store.blocked import which_blocked
from server.store.campaign_members import OfCampaign, campaigns_with
from server.store.forgetting import NumberRows, forget_rows, rows_of_number
from server.store.keys import HALF
from server.store.plans import Connection
from server.store.reduced_actions import holding


@dataclass(frozen=True, slots=True, kw_only=True)
class OfNumber:
    """What the store holds of a number."""

    rows: NumberRows
    actions: int
    """Sends that have ended and from which it can be taken."""
    texts: int
    """Those that keep it all the same: it stands in the text or the note for everybody."""
    open: tuple[str, ...]
    """Those that have not: their numbers are still needed."""
    campaigns: int
    """Campaigns that have ended and that it was in."""
    open_campaigns: tuple[str, ...]
    """Those that have not."""
    blocked: bool

    @property
    def anything(self) -> bool:
        """Whether there is anything that can go."""
        rows = self.rows
        kept = (rows.messages, rows.replies, rows.reports, rows.opt_outs, rows.named)
        return any((self.actions, self.campaigns, *kept))


class Forgetting:
    """Deletion requests."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._keeper = memory.keeper

    async def look(self, mobile: str) -> OfNumber:
        """What there is of a number (E.164)."""
        await self._memory.catch_up()
        (whole,) = await self._keeper.whole_hashes([mobile])

        def work(conn: Connection) -> OfNumber:
            ids, unended = holding(conn, _digits(mobile))
            ended = [found for each in ids if (found := ledger.get(conn, each)) is not None]
            found_in = campaigns_with(conn, whole[:HALF])
            going = tuple(each.id for each in found_in if not each.ended)
            left = [without_number(each, mobile) for each in ended]
            return OfNumber(
                rows=rows_of_number(conn, whole, mobile),
                actions=sum(each is not before for each, before in zip(left, ended, strict=True)),
                texts=sum(_holds(each, _digits(mobile)) for each in left),
                open=tuple(unended),
                campaigns=len(found_in) - len(going),
                open_campaigns=going,
                blocked=bool(which_blocked(conn, [whole])),
            )

        return await self._keeper.read(work)

    async def forget(self, mobile: str, by: str) -> None:
        """Forget a number (E.164), as this person asked; the audit has its keyed hash and counts alone."""
        key = await self._keeper.key()
        (whole,) = await self._keeper.whole_hashes([mobile])
        seal = await self._keeper.seal()

        def work(conn: Connection, _now: datetime) -> tuple[None, *tuple[Note, ...]]:
            rows = rows_of_number(conn, whole, mobile)
            forget_rows(conn, key, whole, mobile)
            shown = [id_ for each in campaigns_with(conn, whole[:HALF]) for id_ in _questions(conn, each)]
            campaigns = leave_ended(conn, key, mobile, whole[:HALF], seal)
            ended, _ = holding(conn, _digits(mobile))
            actions = filter(None, (ledger.get(conn, each) for each in ended))
            notes = [note for each in actions if (note := forget_in_action(conn, each, mobile, by))]
            of_campaigns = filter(None, (ledger.get(conn, each) for each in shown))
            notes += [note for each in of_campaigns if (note := forget_fillings(conn, each, by))]
            said = f"{whole}: {rows.messages} messages, {rows.replies} replies, {rows.reports} reports"
            said += f", {campaigns} campaigns" if campaigns else ""
            return None, *notes, Note(what=FORGOTTEN, by=by, channel=TERMINAL, outcome=said)

        await self._memory.catch_up()
        await self._keeper.guard(work)


def _questions(conn: Connection, campaign: OfCampaign) -> Sequence[str]:
    """The actions that showed an ended campaign's fillings: whose values those are is not known."""
    return holding(conn, campaign.id)[0] if campaign.ended else ()


def _digits(mobile: str) -> str:
    """What every spelling of a number has in it."""
    return mobile.removeprefix("+886").removeprefix("+")


def _holds(action: Action, digits: str) -> bool:
    return any(digits in each for each in (action.arguments, action.preview, action.vendor_answer))
