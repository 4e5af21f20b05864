"""Both vendors as they are at their worst, and the truth: which texts really went to whom.

What is modelled: a request is lost before it arrives, or it is carried out and its answer is lost, cut or
late. The vendor does no request twice, and does nothing after the moment at which its answer or its failure
is known. No time passes between the sender's last look at the clock and the request's way. A cut answer is
cut within its first five fields: a shorter loss at the end is found by the HTTP layer, which knows the body's
length.
"""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import cast

import anyio
import httpcore2

from server.settings.settings import Settings
from server.vendors.approach import Approach
from server.vendors.exchange import UnknownOutcomeError, classified
from server.vendors.vendors import Locks, Vendors
from server.vendors.watch import Watch
from tests.judge.witness import Witness
from tests.simulation.loop import Life
from tools.operation import Reply, Request

FILTER = timedelta(hours=24)
DELIVERY, ERASE = "API21/HTTP/getDeliveryStatus.ashx", "API21/HTTP/eraseBooking.ashx"
REPLIES = "API21/HTTP/getReplyMessage.ashx"
_LOOKS = frozenset({"API21/HTTP/getCredit.ashx", DELIVERY, REPLIES})
ARRIVED, HANDED_OVER, SWITCHED_OFF, NO_SUCH_NUMBER = "100", "0", "101", "103"
_TOO_LATE = timedelta(seconds=60)
_TAIPEI = timezone(timedelta(hours=8))


def form_of(request: Request) -> Mapping[str, str]:
    """A send as the form of EVERY8D 1.1 has it, also where it came as 1.5: to each the same words here."""
    body = _body_of(request)
    if body is None:
        return request.fields
    people = cast("Sequence[Mapping[str, str]]", body["RecipientDataList"])
    words = body["MSG"] or people[0]["Param"]
    numbers = ",".join(each["Mobile"] for each in people)
    time = people[0]["SendTime"]
    return {"SB": str(body["SB"]), "DEST": numbers, "MSG": str(words), "ST": time}


def _body_of(request: Request) -> Mapping[str, object] | None:
    return request.json if request.written is None else json.loads(request.written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of one request."""

    name: str
    weight: float
    arrives: bool
    """Whether the vendor carries it out."""
    waits: float = 0.0
    """Seconds until the caller knows."""
    error: Exception | None = None
    spoils: Callable[[bytes, Random], bytes] | None = None


def _cut(body: bytes, random: Random) -> bytes:
    if body.startswith(b"-"):
        return b""
    # In the batch of a send's receipt; in two numbers, so that the second is missing.
    ends = [at for at in (body.find(b"-"), body.find(b",") + 2) if at > 1]
    end = min(ends[:1], default=len(body))
    return body[: random.randrange(1, end)] if end > 1 else b""


def _web_page(_body: bytes, _random: Random) -> bytes:
    return b"<!DOCTYPE html><html><body>maintenance</body></html>"


def _refusal(_body: bytes, _random: Random) -> bytes:
    return "-27,電話號碼不得為空".encode()


_READ = httpcore2.ReadError("reset")
_LATE = httpcore2.ReadTimeout("late")
_BEFORE_A_BYTE = (httpcore2.ConnectError, httpcore2.ConnectTimeout)
_GATEWAY = UnknownOutcomeError("the vendor answered with HTTP 502")

FATES = (
    Fate(name="answered", weight=60, arrives=True, waits=0.2),
    Fate(name="answered late", weight=5, arrives=True, waits=50),
    Fate(name="not connected", weight=4, arrives=False, error=httpcore2.ConnectError("refused")),
    Fate(
        name="not connected in time", weight=2, arrives=False, waits=5, error=httpcore2.ConnectTimeout("late")
    ),
    Fate(name="reset before", weight=5, arrives=False, error=_READ),
    Fate(name="reset after", weight=8, arrives=True, error=_READ),
    Fate(name="broken while writing", weight=2, arrives=False, error=httpcore2.WriteError("broken")),
    Fate(name="no answer, lost", weight=3, arrives=False, waits=60, error=_LATE),
    Fate(name="no answer, done", weight=5, arrives=True, waits=60, error=_LATE),
    Fate(name="502, lost", weight=2, arrives=False, error=_GATEWAY),
    Fate(name="502, done", weight=2, arrives=True, error=_GATEWAY),
    Fate(name="half an answer", weight=4, arrives=True, spoils=_cut),
    Fate(name="web page, lost", weight=1, arrives=False, spoils=_web_page),
    Fate(name="web page, done", weight=1, arrives=True, spoils=_web_page),
    Fate(name="refused", weight=3, arrives=False, spoils=_refusal),
)
_CUMULATED = tuple(accumulate(fate.weight for fate in FATES))
_UNKNOWN = ("reset after", "no answer, done", "no answer, lost", "502, done", "half an answer")
_OFTEN = 5
_HARSH = tuple(accumulate(fate.weight * (_OFTEN if fate.name in _UNKNOWN else 1) for fate in FATES))
"""Where every other request has no answer."""
_LOOK_FATES = tuple(fate for fate in FATES if fate.name in ("answered", "not connected", "reset before"))
_LOOKS_CUMULATED = tuple(accumulate(fate.weight for fate in _LOOK_FATES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text that really went to somebody."""

    reference: str
    number: str
    words: str
    at: datetime
    due: datetime
    """When it goes out."""
    code: str
    """What is said of it once it is out, unless it is known to have arrived."""


@dataclass(slots=True)
class Truth:
    """One account at each vendor: what really happened there."""

    clock: Callable[[], datetime]
    random: Random
    credit: Decimal
    witness: Witness
    """Writes down the vendor's log of sends for the judge."""
    texts: list[Text] = field(default_factory=list[Text])
    erased: list[Text] = field(default_factory=list[Text])
    """Booked texts that were taken back."""
    harsh: bool = False
    """Every other request has no answer."""
    reached: frozenset[str] = frozenset()
    """Numbers at which whatever was sent is known to arrive."""
    ends: Callable[[], str] = lambda: HANDED_OVER
    """What is said of the next text of which nothing better is known."""
    reported: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Texts, by reference and number, of which a report said that they arrived."""
    spares_sends: bool = False
    """Sends are answered: what goes wrong, goes wrong with erasings."""
    erasing: str = ""
    """The action whose erasing is under way, as the watch has it."""
    erasings: set[str] = field(default_factory=set[str])
    """Actions whose erasing was carried out."""
    done: dict[str, str] = field(default_factory=dict[str, str])
    """The batch of each reference whose request was carried out."""
    launch: str = "running"
    launch_done: list[str] = field(default_factory=list[str])

    def carry_out(self, request: Request) -> bytes:
        """Do what a request asks for."""
        if request.vendor == "omis":
            return self._act(request.fields)
        if request.path == DELIVERY:
            return self._delivery(request.fields["BID"])
        if request.path == ERASE:
            return self._erase(request.fields["BID"])
        if request.path == REPLIES:
            return b"0\r\n"
        if request.path in _LOOKS:
            return f"{self.credit:.2f}".encode()
        answer = self._send(form_of(request), filtered="Filter" in request.path)
        return answer if _body_of(request) is None else _as_json(answer)

    def _send(self, fields: Mapping[str, str], *, filtered: bool) -> bytes:
        reference = fields["SB"].split()[0]
        numbers, words = fields["DEST"].split(","), fields["MSG"]
        had = [number for number in numbers if filtered and self.had(number, words)]
        wanted = [number for number in numbers if number not in had]
        batch = f"{len(self.done) + 1:08x}-0000-4000-8000-000000000000"
        self.done[reference] = batch
        if not wanted:
            return ("-98," + "/".join(had)).encode()
        sent = wanted[: int(self.credit)]
        self.credit -= len(sent)
        now = self.clock()
        due = _moment(fields.get("ST", "")) or now
        self.texts += [
            Text(reference=reference, number=number, words=words, at=now, due=due, code=self.ends())
            for number in sent
        ]
        line = f"{self.credit:.2f},{len(sent)},{len(sent)},{len(wanted) - len(sent)},{batch}"
        return (line + (f",{'/'.join(had)}" if had else "")).encode()

    def _delivery(self, batch: str) -> bytes:
        """A page of 2.2."""
        booked = [(self._code(text), text) for text in self._of(batch, self.texts)]
        rows = [*booked, *(("303", text) for text in self._of(batch, self.erased))]
        lines = [
            f"\t{text.number}\t{text.due.astimezone(_TAIPEI):%Y/%m/%d %H:%M:%S}\t1\t{code}\n"
            for code, text in rows
        ]
        return (f"{len(rows)}\r\n" + "".join(lines)).encode()

    def _code(self, text: Text) -> str:
        """Booked, arrived, or what became of it else."""
        if text.due > self.clock():
            return "300"
        return ARRIVED if self.arrived(text) else text.code

    def arrived(self, text: Text) -> bool:
        """Whether it is known to have arrived."""
        reached = text.number in self.reached and text.due <= self.clock()
        return reached or (text.reference, text.number) in self.reported

    def _erase(self, batch: str) -> bytes:
        """3.2: what does not leave within a minute is taken back."""
        latest = self.clock() + _TOO_LATE
        those = [text for text in self._of(batch, self.texts) if text.due > latest]
        if not those:
            return "-4,批次已刪除或已發送".encode()
        self.texts = [text for text in self.texts if text not in those]
        self.erased += those
        self.erasings.add(self.erasing)
        self.credit += len(those)
        self.witness.erased(those[0].reference, [text.number for text in those])
        return f"{len(those)},{len(those)}".encode()

    def _of(self, batch: str, texts: Sequence[Text]) -> list[Text]:
        return [text for text in texts if self.done[text.reference] == batch]

    def write_down(self, request: Request, *, carried_out: bool) -> None:
        """A line of the vendor's log, for a request to send."""
        if request.vendor != "every8d" or request.path in (*_LOOKS, ERASE):
            return
        form = form_of(request)
        reference = form["SB"].split()[0]
        texted = tuple(text.number for text in self.texts if text.reference == reference)
        self.witness.posted(
            form,
            carried_out=carried_out,
            texted=texted,
            filtered="Filter" in request.path,
        )

    def had(self, number: str, words: str) -> bool:
        """Whether a number had the text within 24 hours (EVERY8D 1.3)."""
        since = self.clock() - FILTER
        return any(text.number == number and text.words == words and text.at > since for text in self.texts)

    def _act(self, fields: Mapping[str, str]) -> bytes:
        launch, verb = fields["LaunchID"], fields.get("LaunchAction")
        if verb is None:
            code = {"paused": -2, "terminated": -1}.get(self.launch, 0)
            return _xml(LaunchID=launch, Status=self.launch, LaunchCount="3", ErrorCode=str(code))
        self.launch_done.append(verb)
        self.launch = {"3": "paused", "4": "running", "2": "terminated"}[verb]
        return _xml(LaunchID=launch, ErrorCode="0")


def _moment(written: str) -> datetime | None:
    """`yyyyMMddHHmmss` in Taipei, as a send time is written; None for at once."""
    return datetime.strptime(written, "%Y%m%d%H%M%S").replace(tzinfo=_TAIPEI) if written else None


def _as_json(receipt: bytes) -> bytes:
    return json.dumps({"Result": True, "Status": "0", "Msg": receipt.decode()}).encode()


def _xml(**values: str) -> bytes:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f"<Launch>{inner}</Launch>".encode()


class LossyVendors(Vendors):
    """One process's way to the vendors. The classification of failures is the real one."""

    def __init__(
        self,
        settings: Settings,
        locks: Locks,
        *,
        truth: Truth,
        life: Life,
        turn: Callable[[Life], Awaitable[None]],
        seen: Callable[[Request, Life], None],
        told: Callable[[str], None],
    ) -> None:
        super().__init__(settings, locks, truth.clock)
        self._truth = truth
        self._life = life
        self._turn = turn
        self._seen = seen
        self._told = told

    @asynccontextmanager
    async def approach(self, request: Request) -> AsyncGenerator[None]:
        """No connection has to be made."""
        del request
        yield

    async def send(self, request: Request, *, look: bool = False, over: Approach | None = None) -> Reply:
        """One request, once; what becomes of it is drawn."""
        del over
        looks = request.path in _LOOKS or (request.vendor == "omis" and "LaunchAction" not in request.fields)
        usual = _HARSH if self._truth.harsh else _CUMULATED
        fates, weights = (_LOOK_FATES, _LOOKS_CUMULATED) if looks else (FATES, usual)
        (fate,) = self._truth.random.choices(fates, cum_weights=weights)
        if self._truth.spares_sends and not looks and request.path != ERASE:
            fate = FATES[0]
        if looks:
            await self._turn(self._life)
        else:
            self._seen(request, self._life)
            self._told(f"{self._life.name} posts: {fate.name}")
        watch = Watch()
        watch.begun = not isinstance(fate.error, _BEFORE_A_BYTE)
        with classified(watch):
            return await self._exchange(request, fate)

    async def _exchange(self, request: Request, fate: Fate) -> Reply:
        body = self._truth.carry_out(request) if fate.arrives else b""
        self._truth.write_down(request, carried_out=fate.arrives)
        await self._turn(self._life)
        if fate.waits >= 1:
            await anyio.sleep(fate.waits)
            await self._turn(self._life)
        if fate.error is not None:
            raise fate.error
        if fate.spoils is not None:
            body = fate.spoils(body, self._truth.random)
        return Reply(status=200, body=body, content_type="")
