"""The desk: what the server does for operations that are more than one exchange with a vendor."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import anyio.to_thread

from server.campaigns.workbook_rows import workbook_rows
from server.gate.batch_desk import OwnBatches
from server.gate.blocking_desk import CallersBlocking
from server.gate.brief_desk import OwnBrief
from server.gate.caller import Caller
from server.gate.campaign_desk import OwnCampaigns
from server.gate.context import GateContext
from server.gate.export_desk import CallersExports
from server.gate.flight import Flight
from server.gate.flight_desk import OwnFlight
from server.gate.import_desk import OwnImporting
from server.gate.insight_desk import OwnInsight
from server.gate.list_desk import OwnLists
from server.gate.own_actions import OwnActions
from server.gate.reconciling import Reconciling
from server.gate.reply_desk import OwnReplies
from server.gate.watching import watch
from server.ledger.whose import Whose
from tools.entries import ActionDetail, ActionsFound, ActionsWanted, ReconcileResult
from tools.operation import Steps, Surroundings, T
from tools.saved_file import SavedFile


class ServerDesk:
    """The `Desk` of one call."""

    def __init__(self, context: GateContext, caller: Caller) -> None:
        self._context = context
        self._caller = caller

    @property
    def _whose(self) -> Whose | None:
        """Which batches are this principal's; None where all are."""
        return self._context.owning.limits_of(self._caller.principal)

    @property
    def surroundings(self) -> Surroundings:
        """The world as it is now."""
        return self._context.surroundings()

    @property
    def batches(self) -> OwnBatches:
        """What this principal sent and what became of it."""
        return OwnBatches(self._context.memory, self._whose)

    @property
    def brief(self) -> OwnBrief:
        """This principal's morning."""
        return OwnBrief(self._context, self._whose)

    @property
    def exports(self) -> CallersExports:
        """Files of this principal."""
        return CallersExports(self._context, self._caller)

    @property
    def flight(self) -> OwnFlight:
        """What of this principal's can still go out."""
        return OwnFlight(Flight(self._context, self._whose))

    @property
    def insight(self) -> OwnInsight:
        """Figures over this principal's messages."""
        return OwnInsight(self._context, self._whose)

    @property
    def blocking(self) -> CallersBlocking:
        """The numbers that are never texted."""
        return CallersBlocking(self._context.memory, self._whose, self._caller)

    @property
    def replies(self) -> OwnReplies:
        """What was answered to this principal's batches."""
        return OwnReplies(self._context, self._whose)

    @property
    def importing(self) -> OwnImporting:
        """Batches that were sent elsewhere, to be this principal's."""
        return OwnImporting(self._context, self._whose, self._caller.principal)

    @property
    def lists(self) -> OwnLists:
        """Lists of recipients, held against what this principal's records know."""
        return OwnLists(self._context, self._whose)

    @property
    def campaigns(self) -> OwnCampaigns:
        """This principal's campaigns."""
        return OwnCampaigns(self._context, self._caller)

    async def query(self, steps: Steps[T]) -> T:
        """Carry out read requests."""
        return await self._context.vendors.query(steps)

    async def watch(
        self, look: Callable[[], Steps[T]], ready: Callable[[T], bool], said: Callable[[T | None], str]
    ) -> T | None:
        """Look again until it is ready, and tell the caller meanwhile."""
        return await watch(self._context, self._caller, look, ready, said)

    async def aside(self, work: Callable[[], T]) -> T:
        """Compute something long in a thread."""
        return await anyio.to_thread.run_sync(work)

    def workbook_rows(self, body: bytes) -> Iterator[list[str]]:
        """The rows of a workbook, read with the limits that lists have."""
        return workbook_rows(body)

    async def save(self, stem: str, suffix: str, content: bytes) -> SavedFile:
        """Keep a report of this principal under a name of ours."""
        shelf = self._context.owning.shelf_of(self._caller.principal)
        return await self._context.files.save(stem, suffix, content, shelf=shelf or "")

    async def actions(self, wanted: ActionsWanted) -> ActionsFound:
        """A page of this principal's actions, newest first."""
        return await OwnActions(self._context, self._caller.principal).found(wanted)

    async def action(self, action_id: str) -> ActionDetail | None:
        """One action of this principal."""
        return await OwnActions(self._context, self._caller.principal).whole(action_id)

    async def reconcile(self, action_id: str) -> ReconcileResult:
        """Find out about an unknown outcome."""
        return await Reconciling(self._context).reconcile(action_id, self._caller.principal)

    async def delivery_events(self, batch_id: str) -> Sequence[Mapping[str, str]]:
        """The callbacks of this principal's batches that have arrived, newest first."""
        return await self._context.book.delivery_events(batch_id, self._whose)
