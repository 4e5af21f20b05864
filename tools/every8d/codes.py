"""What EVERY8D's numbers mean, in our words: the states of a message, and the refusals of a call.

Statuses are those of EVERY8D 2.2 and 2.3, refusals those of 1.1 to 1.3; the codes that the document does not
have come from public clients and later documents. An unknown code is reported as unknown, never as failed.
"""

from dataclasses import dataclass, field
from typing import Literal

from tools.sentence import Sentence, sentence

StatusClass = Literal[
    "delivered", "pending", "scheduled", "cancelled", "failed_retryable", "failed_permanent", "unknown"
]
"""`failed_retryable`: number and text are fine, a later send can arrive. `failed_permanent`: it cannot."""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of one message: our words for it, and its class."""

    said: Sentence
    kind: StatusClass
    meaning: str = field(init=False)
    """`said` as plain text, which thousands of messages share."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "meaning", str(self.said))


_STATUSES = {
    0: Status(sentence("handed to the carrier, waiting for the handset"), "pending"),
    100: Status(sentence("delivered to the handset"), "delivered"),
    101: Status(sentence("not delivered: handset off, no signal or SMS function faulty"), "failed_retryable"),
    102: Status(sentence("not delivered: fault in the carrier's network"), "failed_retryable"),
    103: Status(sentence("not delivered: number not assigned or suspended"), "failed_permanent"),
    104: Status(sentence("not delivered: number on the carrier's blacklist"), "failed_permanent"),
    105: Status(sentence("not delivered: fault in the handset"), "failed_retryable"),
    106: Status(sentence("not delivered: unexpected error while sending"), "failed_retryable"),
    107: Status(sentence("not delivered: handset off, no signal or SMS function faulty"), "failed_retryable"),
    300: Status(sentence("booked, not sent yet"), "scheduled"),
    301: Status(sentence("not sent: no points left"), "failed_retryable"),
    303: Status(sentence("booking cancelled"), "cancelled"),
    500: Status(
        sentence("not sent: international sending is switched off in the account"), "failed_retryable"
    ),
    700: Status(sentence("sent; the vendor does not report the arrival of an MMS"), "pending"),
    888: Status(sentence("test mode: the vendor did not really send it"), "unknown"),
    999: Status(sentence("answered by the recipient"), "delivered"),
    -1: Status(sentence("not sent: wrong parameters"), "failed_permanent"),
    -2: Status(sentence("not sent: wrong account or password"), "failed_retryable"),
    -3: Status(sentence("not sent: wrong number, or the number refuses texts"), "failed_permanent"),
    -4: Status(sentence("not sent: the send time had passed by more than 24 hours"), "failed_retryable"),
    -5: Status(sentence("not sent: text too long"), "failed_permanent"),
    -6: Status(sentence("not sent: format of the send time"), "failed_permanent"),
    -8: Status(sentence("not sent: format of the message"), "failed_permanent"),
    -10: Status(sentence("not delivered: the handset takes no MMS"), "failed_permanent"),
}

DEAD_NUMBER = frozenset({103, 104, -3})
"""Statuses that say of the number itself that no text will ever reach it."""
MMS_SENT = 700
"""All that is ever known of an MMS."""


def read_status(code: int | None) -> Status:
    """The meaning of a status of 2.2, 2.3 or of a callback; a code that we do not know stays unknown."""
    if code is None:
        return Status(sentence("no status code"), "unknown")
    return _STATUSES.get(code) or Status(sentence("unknown code {code}", code=code), "unknown")


def status_table() -> list[dict[str, str | int]]:
    """Every known status with its meaning and class, for people and models to look up."""
    return [
        {"status_code": code, "status": status.meaning, "status_class": status.kind}
        for code, status in _STATUSES.items()
    ]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a refused call means, and the way out. No refusal may be repeated as it is."""

    meaning: str
    next: str


LOGIN_CODES = frozenset({-100, -101, -300, -998, -999})
"""Refused logins. More than 10 lock the account: after one, every further call has to stop."""

_LOGIN_NEXT = sentence(
    "Correct the account in the settings. Don't try again before: wrong logins lock the account."
)
_LOCKED = Meaning(
    sentence("The EVERY8D account is locked after too many wrong logins."),
    sentence("Have the vendor (service@every8d.com.tw) unlock it, then check the settings."),
)
_REFUSALS = {
    -99: Meaning(
        sentence("The vendor reports an unknown error on its side."),
        sentence("Ask the vendor (service@every8d.com.tw) before trying again."),
    ),
    -98: Meaning(
        sentence("Every number had this text within 24 hours."),
        sentence("Change the text, or leave it at that."),
    ),
    -100: Meaning(sentence("EVERY8D knows no such account."), _LOGIN_NEXT),
    -101: Meaning(sentence("The password of the EVERY8D account is wrong."), _LOGIN_NEXT),
    -300: Meaning(sentence("Account or password of EVERY8D is empty."), _LOGIN_NEXT),
    -998: _LOCKED,
    -999: _LOCKED,
    -24: Meaning(
        sentence("The vendor says that the text is empty, or that it is booked more than six months ahead."),
        sentence("Give a text, and a send time within six months."),
    ),
    -27: Meaning(sentence("The vendor says that a mobile number is empty."), sentence("Check the numbers.")),
    -28: Meaning(
        sentence("The vendor does not accept the format of the send time."),
        sentence("Send without a send time."),
    ),
    -41: Meaning(sentence("The vendor found no mobile number."), sentence("Check the numbers.")),
    -290: Meaning(
        sentence("The vendor does not allow this account the event id."), sentence("Ask the vendor.")
    ),
    -303: Meaning(sentence("The vendor says that the MMS has no subject."), sentence("Give a subject.")),
    -304: Meaning(sentence("The vendor says that the MMS has no image."), sentence("Give an image.")),
    -305: Meaning(
        sentence("The vendor does not accept the type of the image."), sentence("Give a jpg or png image.")
    ),
    -314: Meaning(sentence("The vendor says that the MMS is too large."), sentence("Give a smaller image.")),
    -3: Meaning(sentence("The vendor has no such batch."), sentence("Check the batch id.")),
    -4: Meaning(
        sentence("The booking is already erased or sent."), sentence("Look at the batch's delivery.")
    ),
    -8: Meaning(sentence("The booking cannot be cancelled now."), sentence("Look at the batch's delivery.")),
}
_OTHER = Meaning(sentence("The vendor refused the call."), sentence("See the vendor's code and text."))


def read_refusal_code(code: int) -> Meaning:
    """The meaning of a negative code that answers a call; one that we do not know says only that."""
    return _REFUSALS.get(code, _OTHER)
