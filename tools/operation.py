"""What every tool is made of: an operation as data and pure functions (sans-I/O).

An operation never does I/O. It yields `Request`s and is sent `Reply`s, so that everything that can go wrong
around it (network, approval, ledger, masking) is dealt with once, in the server's gate. Credentials never
enter here.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from tools.campaign_facts import CampaignFacts, CampaignStep
from tools.offering import Risk, Toolset, Vendor
from tools.sentence import Spoken, sentence
from tools.values import (
    CELLS,
    IDENTIFIER,
    NO_FLAG,
    UNTOLD_LENGTH,
    EmailAddress,
    MobileNumber,
    OutsideText,
    Points,
    ShownText,
    Timestamp,
)

RISKY = (Risk.SPEND, Risk.DESTROY)
"""What a person agrees to, unless a rule lets it through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call of a vendor, without credentials and without a host.

    `path` is relative to the vendor's base URL. Exactly one of `fields` (a form), `json` (a JSON body),
    `written` (such a body as JSON text, an object that is not empty) and `link` (a GET of an absolute URL
    that the vendor gave, sent without credentials) is meant.
    """

    vendor: Vendor
    path: str = ""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    json: Mapping[str, object] | None = None
    written: bytes | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A complete answer of a vendor. `location` is a redirect's target, which is never followed."""

    status: int
    body: bytes
    content_type: str = ""
    location: str | None = None
    date: str = ""
    """The vendor's `Date` header as it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Every8dOptions:
    """Settings of EVERY8D that shape a request: the format of 2.2 and the numbers that one call may carry."""

    response_format: Literal[0, 1, 2] = 0
    max_recipients: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OmisOptions:
    """Settings of OMIS that shape a request: ResponseMode, and the redirects with their allowed hosts."""

    response_mode: Literal[0, 1, 2, 3] = 1
    refer_url: str = ""
    successful_url: str = ""
    failed_url: str = ""
    redirect_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An action of the ledger that an operation is about: what was to be done, and where it stands."""

    action_id: str
    tool: str
    state: str
    created_at: datetime
    arguments: Mapping[str, object]
    hold: "Hold | None" = None
    """Where it was booked a little ahead so that it could be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A send at once that is booked a little ahead, so that it can be taken back (ST, EVERY8D 1.1 to 1.5)."""

    until: datetime
    """Until when it can be taken back, by our clock."""
    goes_out: datetime
    """The booked time: in a request by the vendor's clock, otherwise by ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a pure function must know of the world: the time, our reference, files, the vendors' options."""

    now: datetime
    reference: str = ""
    """Our own short reference for this action; goes in front of SB, where the vendor's web pages show it."""
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """The content of each file that the parameters name (an operation's `files`)."""
    earlier: Earlier | None = None
    """The action that the parameters name (an operation's `earlier`)."""
    sender: Earlier | None = None
    """The caller's own action that sent the batch which the parameters name, if there is one."""
    campaign: CampaignFacts | None = None
    """The caller's own campaign that an `OwnAction` is about."""
    hold: Hold | None = None
    """For what would go out at once: it is booked for then instead."""
    every8d: Every8dOptions = Every8dOptions()
    omis: OmisOptions = OmisOptions()


class Message(NamedTuple):
    """One text on its way to one phone (or address), as its recipient sees it."""

    to: str
    """E.164, or an address."""
    content: str
    """What is seen (`same_text.visible`); of an MMS with its subject and a digest of its image."""
    send_at: datetime | None = None
    """None is at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a send reaches and with what words: what the policy's rules are about."""

    recipients: tuple[str, ...] = ()
    """E.164, one for each message, in the caller's order."""
    emails: tuple[str, ...] = ()
    """Each different address that gets a copy."""
    texts: tuple[str, ...] = ()
    """Each different text as it would go out."""
    send_times: tuple[datetime | None, ...] = (None,)
    """Each different time; None is at once."""
    messages: tuple[Message, ...] = ()
    """Each message as its recipient sees it: what makes two sends the same."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Together(Generic[T]):
    """Looks of which none needs what another finds: they may go at once. Their values come in their order."""

    looks: "Sequence[Steps[T]]"


Steps = Generator[Request | Together[Any], Any, T]
"""Requests out, replies in (`one`), or looks out, values in (`together`); the value at the end."""


class Params(BaseModel):
    """Arguments of a tool. Unknown arguments are errors: `{"dryrun": true}` must never be a real send."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


_LAST_PAGE = 1_000_000

# Some limits (of a page's number, of an id) are checked and not told: they are not worth words in a schema.


def _check_page(page: int) -> int:
    """Refuse what fits into no database's number, nor into a vendor's."""
    if page > _LAST_PAGE:
        raise ValueError(sentence("is beyond the end of any list. Give one from 1 to the answer's `pages`."))
    return page


class PreviewedParams(Params):
    """Arguments of a tool whose effect can be looked at beforehand."""

    dry_run: Annotated[StrictBool, Field(description="Only preview.")] = False


class RiskyParams(PreviewedParams):
    """Arguments of a SPEND or DESTROY tool."""

    request_id: Annotated[
        str,
        IDENTIFIER,
        Field(
            max_length=64,
            description="A new value repeats on purpose.",
            json_schema_extra=UNTOLD_LENGTH,
        ),
    ] = ""


class PagedParams(Params):
    """Arguments of a list: pages are the tool's own, counted from 1."""

    page: Annotated[int, Field(ge=1, description="Page number."), NO_FLAG, AfterValidator(_check_page)] = 1
    page_size: Annotated[int, Field(ge=1, le=200, description="Rows a page."), NO_FLAG] = 20


class Result(BaseModel):
    """What a user needs from an answer, mapped by hand from what the vendor sends."""

    # Built at the first use: a start that builds eighty models is felt by every client.
    model_config = ConfigDict(frozen=True, defer_build=True)


class Preview(BaseModel):
    """What would happen: all that a person needs to decide, and all that must still hold afterwards.

    Frozen when it is shown; the question is rendered from it alone. `state` holds the looked-up facts that
    must be the same after the approval (a launch's status, a booking's rows); `credit` is checked to still
    cover `points`.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    effect: Spoken
    """What would be done, in our words, without values from outside: `Send an SMS`."""
    nothing: str
    """What a refusal ends with: `Nothing was sent.`"""
    target: str | None = None
    """The id of what is acted on; a person types its last four characters for a DESTROY."""
    destroyed: int | None = None
    """How many messages or reports a DESTROY is about, where it is known; a person types it then."""
    of_people: bool | None = None
    """`destroyed` counts recipients: those of a campaign get no text."""
    recipients: int | None = None
    first_mobile: MobileNumber | None = None
    last_mobile: MobileNumber | None = None
    emails: tuple[EmailAddress, ...] | None = None
    """Every address that gets a copy; a person is shown each."""
    parts: int | None = None
    """Parts a message, at the most."""
    points: Points | None = None
    estimate: bool = False
    """Whether `points` is only an estimate, because the document gives no price."""
    credit: Points | None = None
    points_left: Points | None = None
    send_at: Timestamp | None = None
    """None means at once."""
    undo_minutes: int | None = None
    """For so many minutes what goes out at once can still be taken back."""
    subject: OutsideText = ""
    text: Annotated[str, Field(description="The text as it would go out.")] = ""
    image: str | None = None
    warnings: tuple[Spoken, ...] = ()
    state: Mapping[str, str] = Field(default_factory=dict)
    details: Annotated[dict[str, ShownText], CELLS] = Field(default_factory=dict[str, str])
    """What is acted on, as the look-up shows it (its name, its state), in place of `state`: for the person
    alone, and not compared afterwards, since what is under way moves on while they read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What a look proves of an action whose outcome was unknown: it was done."""

    erased: int = 0
    """Messages of a booking, where none of it is left: nobody gets any of them."""


P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[P, R]):
    """One thing that the assistant can do. `risk` is required: an undefined risk would be a silent gap."""

    name: str
    title: str
    description: str
    toolset: Toolset
    vendor: Vendor | None
    """Whose account its call uses, if it uses one."""
    section: str
    """The vendor document's section, such as `EVERY8D 1.1` or `OMIS TaskManager, LaunchAction 3`."""
    risk: Risk
    params: type[P]
    result: type[R]
    always_typed: bool = False
    """A person types how many recipients it is for, however few they are and whatever the settings say."""
    serves: Vendor | None = None
    """The vendor without whose account it has no use, although its call alone uses none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Operation[P, R]):
    """Looks at a vendor, with as many requests as it needs. Always READ."""

    steps: Callable[[P, Surroundings], Steps[R]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Operation[P, R]):
    """Exactly one request that changes something at a vendor.

    `build` is pure and raises `InvalidArgumentError` for what only the surroundings can tell (a past time, a
    missing file); the gate calls it before anything else happens. `preview` looks up, with read requests
    only, what a person has to know; SPEND and DESTROY must have one.
    """

    build: Callable[[P, Surroundings], Request]
    parse: Callable[[Reply, P, Surroundings], R]
    preview: Callable[[P, Surroundings], Steps[Preview]] | None = None
    files: Callable[[P], tuple[str, ...]] | None = None
    audience: Callable[[P, Surroundings], Audience] | None = None
    """For sends: whom it reaches; what the policy's rules are about."""
    settle: Callable[[P, Surroundings], Steps[Happened | None]] | None = None
    """For an unknown outcome: looks, with read requests only, whether it happened. None: cannot be told."""
    earlier: Callable[[P], str] | None = None
    """The id of the action of the ledger that this one is about."""
    check: Callable[[R, Audience, Preview], R] | None = None
    """For sends: holds the result against what was asked and approved (`ForeignReply`: not its answer)."""

    def __post_init__(self) -> None:
        """A risky action without a preview could not be approved by anybody."""
        if self.risk in (Risk.SPEND, Risk.DESTROY) and self.preview is None:
            raise TypeError(f"{self.name}: a {self.risk} action needs a preview")


def _never_posted(_params: Any, _surroundings: Surroundings) -> Request:
    raise TypeError("this action posts nothing")


def _never_answered(_reply: Reply, _params: Any, _surroundings: Surroundings) -> Any:
    raise TypeError("this action posts nothing, so no vendor answers")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAction(Action[P, R]):
    """Changes what the server keeps, so that sends go on or end: agreed to like any action, and never posted.

    Claim, change and outcome are one transaction, so there is no unknown outcome.
    """

    build: Callable[[P, Surroundings], Request] = _never_posted
    parse: Callable[[Reply, P, Surroundings], R] = _never_answered
    step: Callable[[P], CampaignStep]


def one(request: Request) -> Steps[Reply]:
    """A single exchange, for use with `yield from`."""
    return (yield request)


def together(looks: Sequence[Steps[T]]) -> Steps[list[T]]:
    """Several looks that may go at once, for use with `yield from`; the values, in the looks' order."""
    return (yield Together(looks))
