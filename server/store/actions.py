"""What an action is: the types of the ledger, without a database.

States (design, "The ledger"): proposed → approved | denied | expired, approved → dispatching | denied |
expired, dispatching → succeeded | failed | unknown, unknown → succeeded | failed by reconciliation.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

REPLAY_WINDOW = timedelta(hours=24)
"""How long the same call finds its action again."""

APPROVAL_TIME = timedelta(minutes=10)
"""How long a proposal, and the approval of it, stays good unless the caller says otherwise."""

ALTERED = "altered outside of this program"
"""The reason of an action that ended because its row was not as this program wrote it."""

UNSIGNED = "what a passkey signed does not count"
"""The reason of an approved action that ended because the signature that it needs does not count any more."""

UNANSWERED = "what the approver's phone answered does not count"
"""The reason of an approved action that ended because the reply that approved it does not count any more."""

STOPPED = "stop_everything"
"""The reason of a send that waited for a person when everything was stopped."""

PAST_LOST = "the store's past was lost"
"""The reason of what waited in a store whose past is lost: it may have been done, which the store forgot."""

CHANGE_ASKED = "change asked"
"""The rule of a no that asks for a change: its reason is the note of whoever said it."""

ERASINGS = ("erase_sms_booking", "erase_mms_booking", "undo_send")
"""The tools that take a booking back."""

CAMPAIGN_START, CAMPAIGN_CANCELLATION = "start_campaign", "cancel_campaign"
"""The tools whose actions let a campaign's parts be sent, and end it."""
CAMPAIGN_PART = "send_personalized_sms"
"""The tool whose actions are a campaign's parts."""

FORM = "form"
"""The channel of a decision that came with a client's form."""

CONSOLE = "console"
"""The channel of what a person does on the page for people."""

PHONE = "phone"
"""The channel of a decision that the approver's phone answered by a text."""

BY_PERSONS = (FORM, "terminal", CONSOLE, PHONE)
"""Channels through which a person decides; a rule and a campaign's start decide by themselves."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class State(StrEnum):
    """Where an action stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    DISPATCHING = "dispatching"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


TERMINAL = frozenset({State.DENIED, State.EXPIRED, State.SUCCEEDED, State.FAILED})
"""States that nothing leaves."""

UNDECIDED = (State.PROPOSED, State.APPROVED)
"""States before the claim: it can still be ended by a no, or by itself."""

COUNTED = frozenset({State.DISPATCHING, State.UNKNOWN, State.SUCCEEDED})
"""States that count against the caps."""


class IdTakenError(Exception):
    """The id that was to be an action's is another's: nothing was written."""


class RequestIdReusedError(Exception):
    """A request_id came again with other arguments: it names another action already."""

    def __init__(self, action_id: str) -> None:
        super().__init__(f"this request_id belongs to action {action_id}, whose arguments differ.")
        self.action_id = action_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CallKey:
    """What makes two calls the same call; `digest` stands for the canonical arguments."""

    principal: str
    tool: str
    digest: str
    request_id: str = ""
    account: str = ""
    """Part of the digest already; apart for what is compared without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is asked for, before anybody agreed.

    `digest` stands for the canonical arguments; `arguments` and `preview` are JSON text; `proof` is what a
    person must type ('' for yes or no); `points` is the estimate that is reserved; `account` is a keyed
    fingerprint of the vendor's account.
    """

    principal: str
    tool: str
    risk: str
    vendor: str
    digest: str
    arguments: str
    preview: str
    session: str = ""
    request_id: str = ""
    proof: str = ""
    account: str = ""
    target: str = ""
    campaign: str = ""
    points: Decimal = Decimal(0)
    recipients: int = 0
    retry_of: str = ""
    reason: str = ""
    repeats: str = ""
    """Ids, comma between, of the actions whose texts this one repeats, as its question says."""
    expires_at: datetime | None = None
    """None: ten minutes from the proposal."""

    @property
    def key(self) -> CallKey:
        """What makes another call the same as this one."""
        return CallKey(
            principal=self.principal,
            tool=self.tool,
            digest=self.digest,
            request_id=self.request_id,
            account=self.account,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action as the ledger has it. Texts that are not known yet are '', times and numbers None.

    `id` is in the shown form (`7KQ2-M9XD`). `outcome` is JSON text of the masked result or problem,
    `vendor_answer` the vendor's text as it came. `points_returned` came back from an erased booking.
    Of a campaign's start, points and recipients are returned as its chunks count them by themselves.
    `out_of_band`: it was sent to another place to be approved, and no form can approve it any more.
    `seal` is that of `sealing`, while it waits for the decision or the claim.
    """

    id: str
    principal: str
    session: str
    tool: str
    risk: str
    vendor: str
    digest: str
    request_id: str
    arguments: str
    preview: str
    proof: str
    account: str
    state: State
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    decided_by: str
    channel: str
    rule: str
    owner: str
    lease_until: datetime | None
    dispatched_at: datetime | None
    finished_at: datetime | None
    outcome: str
    vendor_answer: str
    batch_id: str
    target: str
    campaign: str
    points: Decimal
    points_final: Decimal | None
    points_returned: Decimal
    recipients_returned: int
    recipients: int
    retry_of: str
    reason: str
    repeats: str
    out_of_band: bool
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFilter:
    """Which actions to list; None means any. Proposed from `since` on, before `until`."""

    tool: str | None = None
    state: State | None = None
    erased: bool | None = None
    """Whether it must be a booking that was erased, or must be none; the records know."""
    since: datetime | None = None
    until: datetime | None = None
    batch_id: str | None = None
    campaign: str | None = None
    principal: str | None = None
    words: str = ""
    """Anywhere in the text, in the subject, or in the name of what is acted on; in capitals or not."""
    number: str | None = None
    """Whom a send reached: the first half of a keyed hash; the records know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The operator's limits for a day and a month in Asia/Taipei; None means no limit."""

    points_per_day: Decimal | None = None
    points_per_month: Decimal | None = None
    recipients_per_day: int | None = None
    texts_per_recipient_per_day: int | None = None


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True, kw_only=True)
class CapHit:
    """A limit that the action would pass. `rule` is the name of the limit in `Caps`."""

    rule: str
    limit: Decimal | int
    used: Decimal | int
    asked: Decimal | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What counts against the caps now: estimates while open, final points once known."""

    points_today: Decimal
    points_month: Decimal
    recipients_today: int


def only(action_id: str) -> Callable[[], str]:
    """This id and no other, where it stands already in what is to be posted.

    The function raises an IdTakenError when it is asked again: the id is taken.
    """
    ids = iter((action_id,))

    def following() -> str:
        for each in ids:
            return each
        raise IdTakenError(action_id)

    return following


def new_id(bits: Callable[[int], int] = secrets.randbits) -> str:
    """A fresh id in the shown form: 40 random bits in Crockford's base 32, `7KQ2-M9XD`."""
    drawn = bits(40)
    letters = "".join([_ALPHABET[drawn >> place & 31] for place in range(35, -1, -5)])
    return f"{letters[:4]}-{letters[4:]}"
