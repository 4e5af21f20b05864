"""The question to the person, rendered from a frozen preview alone: numbers first, then the quoted text."""

from collections.abc import Iterator
from datetime import datetime

from server.languages.catalogue import Language, in_language
from server.settings.policy import ApprovalSettings
from tools.campaigns.pace import AT_ONCE_AT_NIGHT, is_night
from tools.cleaning import clean, quote
from tools.desk_operation import AnyOperation
from tools.mobile import mask_mobile
from tools.operation import Preview, Risk
from tools.sentence import Sentence, of_text, sentence
from tools.taipei import iso

_TAIL = 4

_NAMES = {
    "error": sentence("error"),
    "jobs": sentence("jobs"),
    "name": sentence("name"),
    "reports": sentence("reports"),
    "scheduled": sentence("scheduled"),
    "starts": sentence("starts"),
    "status": sentence("status"),
    "text": sentence("text"),
    "total": sentence("total"),
    "tracking": sentence("tracking"),
    "types": sentence("types"),
}
"""What a look-up shows of what is acted on."""
_STATES = {
    "error": sentence("error"),
    "cancelled": sentence("cancelled"),
    "done": sentence("done"),
    "ended": sentence("ended"),
    "finished": sentence("finished"),
    "holding": sentence("holding"),
    "paused": sentence("paused"),
    "planned": sentence("planned"),
    "preparing the content": sentence("preparing the content"),
    "preparing the links": sentence("preparing the links"),
    "preparing the list": sentence("preparing the list"),
    "running": sentence("running"),
    "sending": sentence("sending"),
    "started": sentence("started"),
    "starting": sentence("starting"),
    "terminated": sentence("terminated"),
    "tracking": sentence("tracking"),
    "unknown": sentence("unknown"),
    "waiting for approval": sentence("waiting for approval"),
    "waiting for the next start": sentence("waiting for the next start"),
    "waiting to be sent": sentence("waiting to be sent"),
    "waiting to start": sentence("waiting to start"),
}
"""The values of a status, which are words of ours (`tools.omis.states`)."""
_OF_A_STATE = ("status", "tracking", "reports")


def render(preview: Preview, language: Language) -> str:
    """The whole question as lines of text."""
    head = sentence("{effect}?", effect=preview.effect)
    notes = (sentence("Note: {warning}", warning=warning) for warning in preview.warnings)
    lines = (head, *(said for _, said in facts_of(preview)), *notes)
    return "\n".join(in_language(line, language) for line in lines)


def as_it_stands(preview: Preview, asked_at: datetime, now: datetime) -> Preview:
    """The question as it is shown by now: of a text that goes out at once, night may have begun since."""
    is_text = preview.recipients is not None and preview.points is not None
    if not is_text or preview.send_at is not None or is_night(asked_at) or not is_night(now):
        return preview
    return preview.model_copy(update={"warnings": (AT_ONCE_AT_NIGHT, *preview.warnings)})


def facts_of(preview: Preview) -> Iterator[tuple[str, Sentence]]:
    """Each fact of the question with a short name of its own, in the question's order."""
    if preview.target is not None:
        yield "target", sentence("Id: {id}", id=preview.target)
    if preview.destroyed is not None:
        yield "destroyed", _destroyed(preview, preview.destroyed)
    if preview.recipients is not None:
        yield "recipients", sentence("Recipients: {count:,}", count=preview.recipients)
    if preview.parts is not None:
        yield "parts", sentence("Parts a message: {count}", count=preview.parts)
    yield from _money(preview)
    if preview.recipients is not None:
        when = iso(preview.send_at) if preview.send_at else sentence("at once")
        yield "when", sentence("When: {when}", when=when)
    if preview.undo_minutes is not None:
        said = sentence(
            "Can be taken back: for {minutes} minutes; it goes out a minute later",
            minutes=preview.undo_minutes,
        )
        yield "undo", said
    if preview.first_mobile is not None:
        yield "numbers", sentence("Numbers: {numbers}", numbers=_numbers(preview))
    if preview.emails:
        # Whole: a masked address is one that nobody can agree to.
        addresses = ", ".join(map(clean, preview.emails))
        yield (
            "emails",
            sentence(
                "E-mail copies to ({count}): {addresses}", count=len(preview.emails), addresses=addresses
            ),
        )
    for name, value in (preview.details or preview.state).items():
        shown = _STATES.get(value, _ours(value)) if name in _OF_A_STATE else value
        said = sentence("Now: {name} = {value}", name=_NAMES.get(name, name), value=_quoted(shown))
        yield "now", said
    yield from _texts(preview)


def _destroyed(preview: Preview, count: int) -> Sentence:
    if preview.of_people:
        return sentence("Recipients: {count:,}", count=count)
    return sentence("Messages or reports: {count:,}", count=count)


def _ours(value: str) -> str:
    """Why a campaign stands still, as a sentence again where it is one of ours."""
    said = of_text(value)
    return value if in_language(said, "zh-TW") == value else said


def _quoted(shown: str) -> str:
    """Quoted as text from outside is; a word of ours in its own language."""
    return sentence("「{word}」", word=shown) if isinstance(shown, Sentence) else quote(shown)


def _money(preview: Preview) -> Iterator[tuple[str, Sentence]]:
    if preview.points is not None:
        points = f"{preview.points:,f}"
        if preview.estimate:
            yield "points", sentence("Points: {points} (estimate)", points=points)
        else:
            yield "points", sentence("Points: {points}", points=points)
    if preview.points_left is not None:
        yield "points-left", sentence("Points left after: {points}", points=f"{preview.points_left:,f}")


def _numbers(preview: Preview) -> str:
    first = mask_mobile(preview.first_mobile or "")
    if preview.last_mobile is None or preview.last_mobile == preview.first_mobile:
        return first
    return sentence("{first} to {last}", first=first, last=mask_mobile(preview.last_mobile))


def _texts(preview: Preview) -> Iterator[tuple[str, Sentence]]:
    if preview.image is not None:
        yield "image", sentence("Image: {quoted}", quoted=quote(preview.image))
    if preview.subject:
        yield "subject", sentence("Subject: {quoted}", quoted=quote(preview.subject))
    if preview.text:
        # Whole, however long: nobody agrees to the end of a text that was cut off.
        yield "text", sentence("Text: {quoted}", quoted=quote(preview.text, limit=4 * len(preview.text) + 4))


def proof_for(preview: Preview, operation: AnyOperation, settings: ApprovalSettings) -> str:
    """What the person must type, or '': for a DESTROY how much it destroys, else the end of its id.

    For a large send, and for a campaign's start, it is the number of recipients. Never more than a person
    types without copying.
    """
    if operation.risk is Risk.DESTROY:
        return str(preview.destroyed or "") or (preview.target or "")[-_TAIL:]
    many = (preview.recipients or 0) > settings.typed_above_recipients
    dear = (preview.points or 0) > settings.typed_above_points
    return str(preview.recipients) if preview.recipients and (operation.always_typed or many or dear) else ""


def hint(preview: Preview, proof: str, language: Language) -> str:
    """How the field of the form is explained."""
    return in_language(asked_of(preview, proof), language)


def asked_of(preview: Preview, proof: str) -> Sentence:
    """What a person is asked to do who agrees."""
    if not proof:
        return sentence("Tick to approve.")
    if preview.recipients is not None or (preview.destroyed and preview.of_people):
        return sentence("Type the number of recipients to approve.")
    if preview.destroyed:
        return sentence("Type the number of messages or reports to approve.")
    return sentence("Type the last 4 characters of the id to approve.")
