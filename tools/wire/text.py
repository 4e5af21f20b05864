"""Bytes to text, before any decoder looks at it."""

import re

from tools.wire.errors import UnreadableReply

MAX_BYTES = 32 * 1024 * 1024

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UTF32_BOMS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_XML_UTF16 = (("<?".encode("utf-16-le"), "utf-16-le"), ("<?".encode("utf-16-be"), "utf-16-be"))
# Windows servers in Taiwan say Big5 and mean code page 950, which holds a few characters more.
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "big5": "cp950",
    "big-5": "cp950",
    "cp950": "cp950",
    "ms950": "cp950",
    "windows-950": "cp950",
    "x-windows-950": "cp950",
}
_OPENING = 2
_SINGLE_BYTES = ("utf-8", "cp950")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.-]{1,40})""", re.IGNORECASE)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})""")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*+"
    r"<(?:!doctype\s+html|(?:html|head|body|script|meta|center|div|h[1-6])\b)",
    re.IGNORECASE | re.DOTALL,
)


def decode_text(
    body: bytes, content_type: str = "", *, limit: int = MAX_BYTES, keep_nul: bool = False
) -> str:
    """Return the text of a reply, without its byte order mark.

    The encoding is, in this order: the byte order mark; UTF-16 when the body opens with `<?` in it; the
    charset of the content type if it is UTF-8, UTF-16 or Big5; the XML declaration if it is UTF-8 or
    Big5; UTF-8. Where content type and declaration differ, it is the one that the bytes fit. Document 000
    and 001 say "Unicode", which may mean either of the first two. An XML declaration of UTF-16 in a body of
    single bytes is ignored: .NET writes it by mistake.

    Raises UnreadableReply for more than `limit` bytes, a byte that the encoding does not know, and NUL; with
    `keep_nul` only for one in the opening, where it means that UTF-16 was not declared.
    """
    if len(body) > limit:
        raise UnreadableReply(f"The reply is larger than {limit} bytes.")
    encoding, start = encoding_of(body, content_type)
    try:
        text = body[start:].decode(encoding)
    except UnicodeDecodeError:
        # The original error holds the whole body: it must not travel on as a cause.
        raise UnreadableReply(f"The reply is not text in the encoding {encoding}.") from None
    if "\0" in (text[:_OPENING] if keep_nul else text):
        raise UnreadableReply("The reply holds NUL: it is not text, or its encoding is not declared.")
    return text


def looks_like_html(text: str) -> bool:
    """Say whether a text is a web page (an error page, a login page) and not an answer of the API."""
    return _HTML.match(text.lstrip("\ufeff")[:4096]) is not None


def encoding_of(body: bytes, content_type: str = "") -> tuple[str, int]:
    """Return the name of the encoding that `decode_text` takes, and the length of the byte order mark.

    Raises UnreadableReply for UTF-32, and for UTF-16 whose byte order cannot be told.
    """
    if body.startswith(_UTF32_BOMS):
        raise UnreadableReply("The reply is UTF-32; UTF-8, UTF-16 or Big5 was expected.")
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return encoding, len(mark)
    for opening, encoding in _XML_UTF16:
        if body.startswith(opening):
            return encoding, 0
    return _declared_encoding(body, content_type), 0


def _declared_encoding(body: bytes, content_type: str) -> str:
    named = _CHARSET.search(content_type)
    charset = _CHARSETS.get(named[1].lower(), "") if named else ""
    if charset == "utf-16":
        return _byte_order(body)
    if charset.startswith("utf-16"):
        return charset
    declared = _DECLARED.match(body)
    name = _CHARSETS.get(declared[1].decode("ascii", "replace").lower(), "") if declared else ""
    known = [each for each in (charset, name) if each in _SINGLE_BYTES] or ["utf-8"]
    return known[0] if len(set(known)) == 1 or _fits(body, known[0]) else known[1]


def _fits(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _byte_order(body: bytes) -> str:
    """Return the byte order of UTF-16 without a mark; every format of ours opens with an ASCII character."""
    if body[1:2] == b"\0":
        return "utf-16-le"
    if body[:1] == b"\0":
        return "utf-16-be"
    raise UnreadableReply("The reply is declared as UTF-16 and its byte order cannot be told.")
