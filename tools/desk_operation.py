"""An operation that is more than one exchange with a vendor, and what the server does for it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from tools.batch_desk import BatchDesk
from tools.blocking_desk import BlockingDesk
from tools.brief_desk import BriefDesk
from tools.campaign_desk import CampaignDesk
from tools.entries import ActionDetail, ActionsFound, ActionsWanted, ReconcileResult
from tools.export_desk import ExportDesk
from tools.flight_desk import FlightDesk
from tools.import_desk import ImportDesk
from tools.insight_desk import InsightDesk
from tools.list_desk import ListDesk
from tools.operation import Action, Operation, Params, Query, Result, Risk, Steps, Surroundings
from tools.reply_desk import ReplyDesk
from tools.saved_file import SavedFile

P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)
T = TypeVar("T")


class Desk(Protocol):
    """What the server does for an operation that is more than one exchange with a vendor."""

    @property
    def surroundings(self) -> Surroundings:
        """The world as it is now."""
        ...

    @property
    def batches(self) -> BatchDesk:
        """What was sent and what became of it."""
        ...

    @property
    def brief(self) -> BriefDesk:
        """What the morning asks."""
        ...

    @property
    def exports(self) -> ExportDesk:
        """Files for spreadsheets."""
        ...

    @property
    def flight(self) -> FlightDesk:
        """What runs, is booked or waits."""
        ...

    @property
    def insight(self) -> InsightDesk:
        """Figures over many messages."""
        ...

    @property
    def blocking(self) -> BlockingDesk:
        """The numbers that are never texted."""
        ...

    @property
    def replies(self) -> ReplyDesk:
        """What people answered."""
        ...

    @property
    def importing(self) -> ImportDesk:
        """Batches that were sent elsewhere."""
        ...

    @property
    def lists(self) -> ListDesk:
        """Lists of recipients in files."""
        ...

    @property
    def campaigns(self) -> CampaignDesk:
        """Campaigns from lists."""
        ...

    async def query(self, steps: Steps[T]) -> T:
        """Carry out read requests and return the generator's value."""
        ...

    async def watch(
        self, look: Callable[[], Steps[T]], ready: Callable[[T], bool], said: Callable[[T | None], str]
    ) -> T | None:
        """Look again until it is ready or the call's time is up, telling progress; the last that was seen."""
        ...

    async def aside(self, work: Callable[[], T]) -> T:
        """Compute something long without holding up other calls."""
        ...

    def workbook_rows(self, body: bytes) -> Iterator[list[str]]:
        """The rows of a workbook that came from outside; it blocks, so read them aside.

        Raises:
            UnreadableReply: it is damaged, at its beginning or at this row.
        """
        ...

    async def save(self, stem: str, suffix: str, content: bytes) -> SavedFile:
        """Keep a file in the configured folder, under a name of ours made from `stem`."""
        ...

    async def actions(self, wanted: ActionsWanted) -> ActionsFound:
        """A page of the ledger, newest first, with sums."""
        ...

    async def action(self, action_id: str) -> ActionDetail | None:
        """One action of the ledger, however its id was typed."""
        ...

    async def reconcile(self, action_id: str) -> ReconcileResult:
        """Find out about an unknown outcome; `RefusedError` when there is no such action."""
        ...

    async def delivery_events(self, batch_id: str) -> Sequence[Mapping[str, str]]:
        """The callbacks of 2.1 that have arrived, newest first, as they were sent; all batches when empty."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskOperation(Operation[P, R]):
    """Something that we add over `Desk`; it may read from vendors, and changes nothing there.

    READ, or a CHANGE of what the server itself keeps that only protects: the step writes its own line of the
    audit, and no person is asked.
    """

    run: Callable[[P, Desk], Awaitable[R]]

    def __post_init__(self) -> None:
        """What costs or destroys needs the ledger, the preview and a person: it is an `Action`."""
        if self.risk not in (Risk.READ, Risk.CHANGE):
            raise TypeError(f"{self.name}: a desk operation cannot {self.risk}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Composite(Operation[P, R]):
    """Many actions under one call: what brakes is done at once, the rest after one question about all of it.

    The gate carries it out; each part is an action of the ledger of its own.
    """


AnyOperation = Query[Any, Any] | Action[Any, Any] | DeskOperation[Any, Any] | Composite[Any, Any]
"""Any of the four kinds, as the catalogue and the gate hold them."""
