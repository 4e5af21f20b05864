"""What a person has to know before a send: the price, the points left, and what could go wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tools.every8d.charging import PRICED_UNITS, Price
from tools.every8d.credit import credit_steps
from tools.every8d.receipts import NOTHING_SENT
from tools.operation import Preview, Steps
from tools.problems import Problem, RefusedError
from tools.sentence import sentence, together


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """A send that is about to be shown. `mobiles` are E.164, in the order in which they go out.

    `count` stands in place of them where a dry run is about so many people.
    """

    effect: str
    mobiles: Sequence[str]
    price: Price
    text: str
    subject: str
    send_at: datetime | None
    image: str | None = None
    emails: Sequence[str] = ()
    warnings: Sequence[str] = ()
    count: int = 0


def preview_send(send: Send) -> Steps[Preview]:
    """Look up the points left, and put together what the person sees.

    Raises:
        RefusedError: the points do not cover the send. The vendor would send a part of it (UNSEND), and
            nobody could tell beforehand which.
    """
    credit = yield from credit_steps()
    left = credit - send.price.points
    if left < 0 and not send.count:
        raise _not_enough(send.price.points, credit)
    return Preview(
        effect=send.effect,
        nothing=NOTHING_SENT,
        recipients=send.count or len(send.mobiles),
        first_mobile=send.mobiles[0] if send.mobiles else None,
        last_mobile=send.mobiles[-1] if send.mobiles else None,
        emails=tuple(send.emails) or None,
        parts=send.price.parts,
        points=send.price.points,
        estimate=send.price.estimate,
        credit=credit,
        points_left=left,
        send_at=send.send_at,
        subject=send.subject,
        text=send.text,
        image=send.image,
        warnings=(*send.warnings, *_estimate(send.price), *_missing(left)),
    )


def _estimate(price: Price) -> tuple[str, ...]:
    if not price.estimate:
        return ()
    return (
        sentence(
            "The vendor gives no price above {count} characters: the points are an estimate.",
            count=PRICED_UNITS,
        ),
    )


def _missing(left: Decimal) -> tuple[str, ...]:
    """Of a count alone: a send that the points do not cover is refused."""
    return (f"The points left do not cover it: {(-left).normalize():f} more are needed.",) if left < 0 else ()


def _not_enough(points: Decimal, credit: Decimal) -> RefusedError:
    return RefusedError(
        Problem(
            code="not_enough_credit",
            message=together(
                sentence(
                    "Points needed: {points}, points left: {credit}.", points=str(points), credit=str(credit)
                ),
                NOTHING_SENT,
            ),
            next="Top up the account, shorten the text, or send to fewer recipients.",
        )
    )
