"""From a reply's bytes to text, and from the vendor's no to our error: the same for every operation."""

from tools.cleaning import clean
from tools.every8d.codes import LOGIN_CODES, read_refusal_code
from tools.operation import Reply
from tools.problems import Problem, RefusedError
from tools.sentence import together
from tools.wire.errors import UnreadableReply
from tools.wire.refusal import Refusal
from tools.wire.text import decode_text, looks_like_html

_OK = 200


def text_of(reply: Reply, *, keep_nul: bool = False) -> str:
    """The text of an answer; `keep_nul` as `decode_text` has it.

    EVERY8D answers errors with HTTP 200 too, so any other status, and a web page, comes from something
    before the API and says nothing about the call.

    Raises:
        UnreadableReply: another HTTP status, a web page, or bytes that are no text.
    """
    if reply.status != _OK:
        raise UnreadableReply(f"HTTP status 200 was expected, {reply.status} came.")
    text = decode_text(reply.body, reply.content_type, keep_nul=keep_nul)
    if looks_like_html(text):
        raise UnreadableReply("An answer of the API was expected, a web page came.")
    return text


def refused(refusal: Refusal, nothing: str) -> RefusedError:
    """The vendor's refusal as our error; `nothing` says what did not happen, as `Nothing was sent.` does."""
    known = read_refusal_code(refusal.code)
    return RefusedError(
        Problem(
            code="login_refused" if refusal.code in LOGIN_CODES else "vendor_refused",
            message=together(known.meaning, nothing),
            next=known.next,
            vendor_code=str(refusal.code),
            vendor_text=clean(refusal.text, limit=200) or None,
        )
    )
