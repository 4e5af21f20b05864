"""The phone that approves by a text: whether it can be asked, and its answers be read."""

from server.command.examining.finding import Finding, failed, off, right
from server.gate.failures import ANTICIPATED, problem_of
from server.parts import Parts
from tools.every8d.replies import GET_SMS_REPLIES, every_reply
from tools.sentence import Sentence, sentence, together

_TOPIC = sentence("approval phone")


async def of_phone(parts: Parts, login: Finding | None) -> Finding:
    """`login` is what was found of EVERY8D's, which text and answers need; None where it has no account."""
    rule = parts.book.phone
    if not parts.settings.approval.out_of_band:
        said = sentence("It is never texted: approval.out_of_band is off.")
        return off(_TOPIC, said)
    if login is None:
        return failed(
            _TOPIC,
            sentence("{phone} cannot be texted: EVERY8D has no account here.", phone=rule.masked),
            sentence("Set CAMPAIGN_OPS_EVERY8D__UID and its password, or leave approval.phone out."),
        )
    if login.state != "ok":
        return failed(_TOPIC, _unread(sentence("the login is not accepted.")))
    try:
        asked = await parts.book.newest_asked()
        if asked is not None and asked.text.batch_id:
            await parts.vendors.query(every_reply(asked.text.batch_id))
    except ANTICIPATED as error:
        return failed(_TOPIC, _unread(problem_of(GET_SMS_REPLIES, error).message))
    said = sentence(
        "{phone} approves up to {points} points by answering a text, {count} texts a day at most.",
        phone=rule.masked,
        points=f"{rule.max_points:,f}",
        count=rule.texts_per_day,
    )
    if parts.settings.policy.required_sender_name.strip():
        return right(_TOPIC, said)
    unnamed = sentence(
        "Without policy.required_sender_name its texts name no sender: carriers may drop them."
    )
    return right(_TOPIC, together(said, unnamed))


def _unread(reason: str) -> Sentence:
    return sentence("What it answers cannot be read (2.4): {reason}", reason=reason)
