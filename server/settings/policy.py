"""Settings of the guards: what may be done, by whom it must be approved, and what may be shown."""

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import time
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from server.settings.own_program import typed
from server.settings.types import COMMAS, Mistake, Section, WholePath
from tools.email_address import normalise_domain
from tools.mobile import is_taiwanese, normalise_mobile
from tools.opt_outs import same_words
from tools.sentence import sentence, together


def _known() -> tuple[Collection[str], Sequence[str]]:
    """The countries and the tools that there are."""
    from server.settings.known import COUNTRIES, TOOLS  # noqa: PLC0415 - they are seldom named

    return COUNTRIES, TOOLS


def _country(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise ValueError(sentence("not a country. Write two capital letters, as TW."))
    if code not in _known()[0]:
        raise ValueError(sentence("no such country (ISO 3166). Taiwan is TW, the United Kingdom GB."))
    return code


def _tool(name: str) -> str:
    """A misspelt name would leave a tool switched on that somebody wanted off."""
    _, known = _known()
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        meant = sentence("Did you mean {name}?", name=close[0]) if close else ""
        listed = sentence("`{command}` lists them.", command=typed(["tools", "--all"]))
        raise ValueError(together(sentence("no such tool."), meant, listed))
    return name


def _opt_out_word(word: str) -> str:
    """What nothing is left of would match nothing, or everything."""
    if not same_words(word):
        raise ValueError(sentence("holds no letter and no digit, so no reply could be recognised by it."))
    return word.strip()


def approvers_phone(number: SecretStr) -> SecretStr:
    """The number as E.164; '' for none. Taiwan's alone: nobody knows whether a text abroad can be answered.

    Raises:
        ValueError: it is none.
    """
    if not number.get_secret_value():
        return number
    mobile = normalise_mobile(number.get_secret_value())
    if not is_taiwanese(mobile):
        raise ValueError(sentence("not a mobile number of Taiwan. Write it as 0912345678 or +886912345678."))
    return SecretStr(mobile)


def principal(written: str) -> str:
    """Somebody as the ledger names who asked; '' for nobody.

    Raises:
        ValueError: it is no such name.
    """
    if written and not re.fullmatch("(local|token):.+", written):
        raise ValueError(sentence("is no name of list_actions. Write it as there: local:chen or token:desk."))
    return written


_WALL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
LONGEST_SECONDS = 30 * 24 * 3600

Cap = Annotated[int, Field(ge=0)] | None
PointsCap = Annotated[Decimal, Field(ge=0)] | None
Seconds = Annotated[float, Field(gt=0, le=LONGEST_SECONDS)]
Tool = Annotated[str, AfterValidator(_tool)]
OptOutWord = Annotated[str, AfterValidator(_opt_out_word)]
Country = Annotated[str, AfterValidator(_country)]
Number = Annotated[str, AfterValidator(normalise_mobile)]
EmailDomain = Annotated[str, AfterValidator(normalise_domain)]


def _wall_time(value: object) -> object:
    """`22:00` alone: a bare 22 would be 22 seconds past midnight, and an offset would be passed over."""
    if isinstance(value, time):
        value = value.isoformat()
    if not isinstance(value, str) or not _WALL_TIME.fullmatch(value.strip()):
        raise ValueError(sentence("is not a time of day. Write it as 21:00, and the zone in time_zone."))
    return value.strip()


WallTime = Annotated[time, BeforeValidator(_wall_time)]


class QuietHours(Section):
    """Hours in which nothing is sent (the operator's own policy; no law is known)."""

    start: WallTime
    end: WallTime
    time_zone: str = "Asia/Taipei"

    def conflicts(self) -> Iterator[Mistake]:
        """A zone that exists, and a span that is one."""
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            yield Mistake(sentence("no such time zone. Write it as Asia/Taipei."), "time_zone")
        if self.start == self.end:
            yield Mistake(sentence("start and end are the same. Leave quiet_hours out to have none."))


class PolicySettings(Section):
    """The operator's rules. None means no limit."""

    read_only: bool = False
    disabled_tools: Annotated[tuple[Tool, ...], COMMAS] = ()
    points_per_call: PointsCap = None
    points_per_day: PointsCap = None
    points_per_month: PointsCap = None
    recipients_per_call: Cap = None
    recipients_per_day: Cap = None
    texts_per_recipient_per_day: Cap = None
    calls_per_minute: Annotated[int, Field(ge=1)] = 30
    """Calls of SPEND, DESTROY and CHANGE tools; a decline costs a slot too."""
    undo_minutes: Annotated[int, Field(ge=0, le=60)] = 0
    """A send at once is booked so far ahead, and can be taken back until then; 0 sends at once.

    Weak evidence says that some hosts of the vendor want ten minutes: a refused booking sends nothing.
    """
    undo_above_recipients: Annotated[int, Field(ge=0)] = 50
    """Sends to so many or fewer go out at once all the same."""
    countries: Annotated[tuple[Country, ...], COMMAS] = ()
    """Allowed countries of recipients (ISO 3166, `TW`); empty allows all."""
    blocked_numbers: Annotated[tuple[Number, ...], COMMAS] = ()
    blocked_numbers_file: WholePath | None = None
    block_opt_outs: bool = False
    """Block whoever asks for nothing more at once; otherwise a person confirms the list of them."""
    opt_out_words: Annotated[tuple[OptOutWord, ...], COMMAS] = ()
    """Replies that opt out like 取消 and N, besides those that are known anyway."""
    quiet_hours: QuietHours | None = None
    required_sender_name: str = ""
    allowed_url_hosts: Annotated[tuple[str, ...] | None, COMMAS] = None
    """Hosts that may stand in a text; None allows all, an empty list none."""
    allowed_phone_numbers: Annotated[tuple[str, ...] | None, COMMAS] = None
    """Phone numbers that may stand in a text; None allows all, an empty list none."""
    allowed_email_domains: Annotated[tuple[EmailDomain, ...], COMMAS] = ()
    """Domains to which copies by e-mail may go (exactly these, not what is under them); empty allows none."""
    test_numbers: Annotated[tuple[Number, ...], COMMAS] = ()
    test_recipients: Annotated[int, Field(ge=0)] = 0
    """Up to so many recipients, all of them test numbers, and up to `test_points`: no approval is asked."""
    test_points: Annotated[Decimal, Field(ge=0)] = Decimal(0)


FORM_SECONDS = 40
"""How long a form waits for its answer, in seconds."""
USUAL_WAIT_SECONDS = 30.0
"""How long a call of the usual length can wait for an approval out of band, in seconds."""


_NOBODY_COULD = sentence(
    "wants an approval on the page or in the terminal, and approval.out_of_band is false: nobody could "
    "approve. Set out_of_band to true, or leave this setting out."
)


class ApprovalSettings(Section):
    """How a person is asked."""

    typed_above_recipients: Annotated[int, Field(ge=0)] = 100
    typed_above_points: Annotated[Decimal, Field(ge=0)] = Decimal(500)
    human_minimum_ms: Annotated[int, Field(ge=0)] = 300
    form_timeout_s: Seconds = FORM_SECONDS
    """A later answer does nothing: the action waits out of band. Clients give up after 60 seconds."""
    expires_s: Seconds = 600
    wait_seconds: Annotated[float, Field(ge=0, le=LONGEST_SECONDS)] = 0
    """How long a call itself waits for an approval out of band; 0 answers `approval_required` at once.

    More than 30 lengthen every call by the rest: for clients that wait so long.
    """
    out_of_band: bool = True
    mode: Literal["ladder", "out_of_band_only"] = "ladder"
    passkeys: Literal["off", "offered", "required"] = "offered"
    """Whether a person's yes is signed by a passkey, on the page for people; `required`: no other counts."""
    passkey_above_points: PointsCap = None
    """With `offered`: more points than this need a passkey."""
    passkey_for_destroy: bool = False
    """With `offered`: what cannot be undone needs a passkey."""

    phone: Annotated[SecretStr, AfterValidator(approvers_phone)] = SecretStr("")
    """The approver's mobile number: it is texted what waits, and approves by answering its code."""
    phone_owner: Annotated[str, AfterValidator(principal)] = ""
    """Whose phone it is, as `list_actions` names who asked (`local:chen`, `token:desk`); for four_eyes."""
    phone_max_points: Annotated[Decimal, Field(ge=0)] = Decimal(500)
    """What costs more is not approved by a text."""
    phone_texts_per_day: Annotated[int, Field(ge=0)] = 20
    """So many texts ask in a day at most, each of them one point."""
    four_eyes: bool = False
    """Whether who asked for an action cannot approve it: somebody else has to, on the page or in a terminal.

    By principal, so whoever calls over stdio cannot approve what they asked for at all.
    """

    @property
    def more_seconds(self) -> float:
        """What a call is granted beyond its usual time, in seconds."""
        longer_form = max(0.0, self.form_timeout_s - FORM_SECONDS)
        return longer_form + max(0.0, self.wait_seconds - USUAL_WAIT_SECONDS)

    def conflicts(self) -> Iterator[Mistake]:
        """An answer that is always too early or too late would be nobody's, whoever gives it."""
        if self.human_minimum_ms >= self.form_timeout_s * 1000:
            said = sentence(
                "a form waits {seconds} seconds (form_timeout_s), so no answer would count. Write less than "
                "{limit}; to ask in the terminal alone, set approval.mode to out_of_band_only.",
                seconds=f"{self.form_timeout_s:g}",
                limit=f"{self.form_timeout_s * 1000:g}",
            )
            yield Mistake(said, "human_minimum_ms")
        if self.passkeys == "off" and (self.passkey_above_points is not None or self.passkey_for_destroy):
            yield Mistake(sentence("is off, and something needs a passkey. Write offered."), "passkeys")
        if self.four_eyes and self.phone.get_secret_value() and not self.phone_owner:
            said = sentence("is needed with four_eyes: who asked must be known not to be whose phone it is.")
            yield Mistake(said, "phone_owner")
        if not self.out_of_band:
            yield from (Mistake(_NOBODY_COULD, setting) for setting in self._without_a_form())

    def _without_a_form(self) -> Iterator[str]:
        """The settings under which no form is shown, always or for some actions."""
        if self.four_eyes:
            yield "four_eyes"
        if self.mode == "out_of_band_only":
            yield "mode"
        if self.passkeys == "required":
            yield "passkeys"
        if self.passkey_above_points is not None:
            yield "passkey_above_points"
        if self.passkey_for_destroy:
            yield "passkey_for_destroy"


class PrivacySettings(Section):
    """What may be shown."""

    show_numbers: bool = False
    """Shows mobile numbers and names in results; logs and the audit never do."""
    retention_days: Annotated[int, Field(ge=7, le=3650)] = 90
    """After so many days a batch's numbers, names and replies are reduced to counts.

    Not below a week: by then no repetition is refused, and nothing asked of the vendor any more.
    """
