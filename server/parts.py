"""One server's parts, put together, with their background work and their end."""

import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import anyio
import anyio.to_thread

from server.batches.callback_tokens import CallbackTokens
from server.batches.keeper import Keeper
from server.batches.memory import Memory
from server.batches.retention import Retention, keep_purging
from server.batches.watching import Watching
from server.campaigns.campaigns import Campaigns
from server.campaigns.list_files import ListFiles
from server.campaigns.uploads import Uploads
from server.campaigns.waking import keep_going
from server.files import Files
from server.folders import folder_of, head_file_of, reports_folder, store_url_of
from server.gate.context import GateContext
from server.gate.gate import Gate
from server.gate.owning import Owning
from server.gate.rules.rate_limiter import RateLimiter
from server.ledger.book import Book
from server.ledger.journal import Journal
from server.ledger.outside import OutsideReading
from server.ledger.passkeys import PasskeyRule
from server.ledger.past import HeadFile
from server.ledger.phone import Approvers, PhoneRule
from server.ledger.reaper import keep_reaping, keep_remembering
from server.ledger.registering import Registering
from server.settings.policy import ApprovalSettings
from server.settings.settings import Settings
from server.store.actions import Caps
from server.store.database import DatabaseStore
from server.store.outbox import Outbox
from server.store.transactions import Store
from server.supervision import supervised
from server.turns import take_turns
from server.vendors.vendors import Vendors
from tools.catalog import by_name
from tools.desk_operation import AnyOperation

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of a real server."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a server or a command of the terminal works with."""

    settings: Settings
    store: Store
    journal: Journal
    book: Book
    vendors: Vendors
    files: Files
    memory: Memory
    retention: Retention
    callback_tokens: CallbackTokens
    watching: Watching
    campaigns: Campaigns
    uploads: Uploads
    passkeys: Registering
    gate: Gate
    context: GateContext

    @property
    def operations(self) -> Mapping[str, AnyOperation]:
        """What can be done, by the tools' names."""
        return by_name()

    async def work(self) -> None:
        """What a server does beside its calls, until cancelled."""
        async with anyio.create_task_group() as background:
            background.start_soon(supervised, "the reaper", partial(keep_reaping, self.book))
            background.start_soon(supervised, "the audit's head", partial(keep_remembering, self.book))
            background.start_soon(supervised, "the records", self.memory.keep_up)
            background.start_soon(supervised, "the retention", partial(keep_purging, self.retention))
            background.start_soon(supervised, "the uploaded lists", self.uploads.keep_clearing)
            background.start_soon(anyio.to_thread.run_sync, self.journal.outbox.clear_left_over)

    async def keep_campaigns_going(self) -> None:
        """See that campaigns have a worker, until cancelled: what a server does, and a command does not."""
        await keep_going(self.settings, self.campaigns)

    async def close(self) -> None:
        """Remember the audit's head, and let go of everything."""
        await self.context.background.close()
        await self.journal.remember_head()
        await self.vendors.close()
        await self.store.close()
        await anyio.to_thread.run_sync(self.journal.outbox.close)


def build_parts(settings: Settings, *, clock: Clock = utc_now) -> Parts:
    """Everything, connected to nothing yet: the store and the vendors are opened at their first use."""
    take_turns()
    store = open_store(settings)
    folder = folder_of(settings)
    key_file = settings.store.audit_key_file or folder / "audit.key"
    journal = Journal(
        store,
        key_file=key_file,
        heads=HeadFile(head_file_of(settings)),
        clock=clock,
        shared=settings.store.url.get_secret_value().startswith("postgresql"),
    )
    journal.outbox = Outbox(folder / "outbox")
    book = Book(
        journal,
        owner=_owner(),
        caps=_caps(settings),
        approvers=Approvers(
            passkeys=_passkeys(settings.approval),
            phone=_phone(settings.approval),
            four_eyes=settings.approval.four_eyes,
        ),
    )
    vendors = Vendors(settings, book, clock)
    files = Files(settings.files.model_copy(update={"reports": reports_folder(settings)}), clock)
    memory = Memory(Keeper(journal, key_file.with_name("numbers.key")), settings.policy)
    owning = Owning(settings.http, book)
    lists = ListFiles(settings, lambda principal: owning.shelf_of(principal) or "")
    campaigns = Campaigns(memory.keeper, lists)
    context = GateContext(
        settings=settings,
        vendors=vendors,
        book=book,
        files=files,
        outside=OutsideReading(journal, clock),
        memory=memory,
        campaigns=campaigns,
        limiter=RateLimiter(settings.policy.calls_per_minute),
        clock=clock,
    )
    return Parts(
        settings=settings,
        store=store,
        journal=journal,
        book=book,
        vendors=vendors,
        files=files,
        memory=memory,
        retention=Retention(memory, settings.privacy.retention_days),
        callback_tokens=CallbackTokens(memory.keeper, settings.callbacks.token),
        watching=Watching(memory.keeper),
        campaigns=campaigns,
        uploads=Uploads(settings, clock),
        passkeys=Registering(journal),
        gate=Gate(context),
        context=context,
    )


def open_store(settings: Settings) -> Store:
    """The configured store, not opened yet."""
    return DatabaseStore(store_url_of(settings))


def _caps(settings: Settings) -> Caps:
    policy = settings.policy
    return Caps(
        points_per_day=policy.points_per_day,
        points_per_month=policy.points_per_month,
        recipients_per_day=policy.recipients_per_day,
        texts_per_recipient_per_day=policy.texts_per_recipient_per_day,
    )


def _passkeys(approval: ApprovalSettings) -> PasskeyRule:
    return PasskeyRule(
        mode=approval.passkeys,
        above_points=approval.passkey_above_points,
        for_destroy=approval.passkey_for_destroy,
    )


def _phone(approval: ApprovalSettings) -> PhoneRule:
    return PhoneRule(
        number=approval.phone.get_secret_value(),
        owner=approval.phone_owner,
        max_points=approval.phone_max_points,
        texts_per_day=approval.phone_texts_per_day,
        four_eyes=approval.four_eyes,
    )


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
