"""What the gate works with: settings, vendors, ledger, files, clock; and what it notices on the way."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from server.batches.held import hold_of
from server.batches.memory import Memory
from server.campaigns.campaigns import Campaigns
from server.files import Files
from server.gate.calls import Call, CallOf
from server.gate.in_background import InBackground
from server.gate.owning import Owning, batch_of
from server.gate.repeats import Asked
from server.gate.rules.policy import quiet_span
from server.gate.rules.rate_limiter import RateLimiter
from server.gate.surroundings import every8d_options, omis_options
from server.gate.words.sentences import other_account
from server.ledger.book import Book
from server.ledger.looks import Look, Looks
from server.ledger.outside import OutsideReading
from server.settings.page_address import Address
from server.settings.settings import Settings
from server.store.actions import Action as Entry
from server.vendors.vendors import Vendors
from tools.campaign_facts import CampaignFacts
from tools.desk.campaigns import no_such_campaign
from tools.desk.history import no_such_action
from tools.desk_operation import AnyOperation
from tools.operation import RISKY, Earlier, OwnAction, Surroundings
from tools.problems import RefusedError

LOST = "What costs or destroys is refused until a person runs `campaign-ops-mcp audit accept-loss`"
UNRECORDED = "The store is unavailable: this look is not in the audit, and nothing can be changed for now."


@dataclass(frozen=True, slots=True)
class PhoneLook:
    """When this process last read the answers by text about an action, and what they said."""

    at: datetime
    said: str


@dataclass(slots=True, kw_only=True)
class GateContext:
    """One server's parts, and the few things that it must remember between calls."""

    settings: Settings
    vendors: Vendors
    book: Book
    files: Files
    limiter: RateLimiter
    clock: Callable[[], datetime]
    outside: OutsideReading
    looks: Looks = field(init=False)
    memory: Memory
    campaigns: Campaigns
    background: InBackground = field(default_factory=InBackground)
    phone_looks: dict[str, PhoneLook] = field(default_factory=dict[str, PhoneLook])
    """By the action's id."""
    shown_at: Address | None = None
    """Where this process shows the page for people; None while it shows none."""

    def __post_init__(self) -> None:
        self.looks = Looks(self.outside)

    @property
    def owning(self) -> Owning:
        """What belongs to whom."""
        return Owning(self.settings.http, self.book)

    def surroundings(
        self, files: Mapping[str, bytes] | None = None, earlier: Earlier | None = None
    ) -> Surroundings:
        """The world as an operation sees it now."""
        return Surroundings(
            now=self.clock(),
            files=files or {},
            earlier=earlier,
            every8d=every8d_options(self.settings.every8d),
            omis=omis_options(self.settings.omis),
        )

    async def world(self, call: CallOf) -> Surroundings:
        """The surroundings with the content of each file that the arguments name."""
        operation = call.operation
        names = operation.files(call.params) if operation.files else ()
        files = {name: await self.files.read(name) for name in names}
        around = replace(
            self.surroundings(files, await self._earlier(call)), campaign=await self._campaign(call)
        )
        sender = await self._sender(call)
        return around if sender is None else replace(around, sender=sender)

    async def _sender(self, call: CallOf) -> Earlier | None:
        """The caller's own send that got the batch which this call names."""
        batch_id = batch_of(call.params)
        entry = await self.book.of_batch(batch_id) if batch_id else None
        is_own = entry is not None and (call.caller.everybodys or entry.principal == call.caller.principal)
        return _as_earlier(entry) if entry is not None and is_own else None

    async def _campaign(self, call: CallOf) -> CampaignFacts | None:
        """The caller's own campaign that this call is about.

        Raises:
            RefusedError: there is none.
        """
        if not isinstance(call.operation, OwnAction):
            return None
        step = call.operation.step(call.params)
        # What the vendor told since counts: a booking may have been erased.
        await self.memory.catch_up(briefly=True)
        found = await self.campaigns.facts(
            step.campaign, call.caller.principal, quiet_span(self.settings.policy)
        )
        if found is None:
            raise no_such_campaign()
        return found

    async def _earlier(self, call: CallOf) -> Earlier | None:
        """The action that this call is about: of the same principal, and of the account in use now.

        Raises:
            RefusedError: there is no such action, or another account's filter would not know its texts.
        """
        if call.operation.earlier is None:
            return None
        entry = await self.entry_of(call, call.operation.earlier(call.params))
        if entry is None or entry.principal != call.caller.principal:
            raise no_such_action()
        if entry.account != await self.account_of(call.operation):
            raise RefusedError(other_account(call.operation))
        return _as_earlier(entry)

    async def entry_of(self, call: Call, action_id: str) -> Entry | None:
        """An action as the ledger has it, for an answer to this call: what costs or destroys is not told of
        while the store's past is lost, as the store does not know what was done.
        """
        return await self.book.get(action_id, standing=call.operation.risk in RISKY)

    async def account_of(self, operation: AnyOperation) -> str:
        """A keyed fingerprint of the vendor's account, without its password."""
        named = json.dumps({"account": self.vendors.account(operation.vendor)})
        return (await self.book.digest(named))[:16]

    async def digest_of(self, call: Call, world: Surroundings) -> str:
        """A keyed digest of what makes a call the same call: account, tool, arguments and files."""
        canonical = {
            "account": self.vendors.account(call.operation.vendor),
            "tool": call.operation.name,
            "arguments": call.arguments(),
            "files": {name: sha256(content).hexdigest() for name, content in world.files.items()},
        }
        return await self.book.digest(json.dumps(canonical, sort_keys=True, ensure_ascii=False))

    async def asked(self, call: CallOf, world: Surroundings) -> Asked:
        """What the call's messages are compared with: the memory of texts."""
        texts = await self.book.texted(call.audience(world).messages)
        return Asked(texts=texts, principal=call.caller.principal, now=self.clock())

    def warning_of(self, look: Look) -> str:
        """What the answer to a look must warn of, or ''."""
        if not look.recorded:
            return UNRECORDED
        return f"{LOST} ({self.book.past.lost})." if self.book.past.lost else ""


def _as_earlier(entry: Entry) -> Earlier:
    return Earlier(
        action_id=entry.id,
        tool=entry.tool,
        state=str(entry.state),
        created_at=entry.created_at,
        arguments=json.loads(entry.arguments),
        hold=hold_of(entry),
    )
