"""XML from outside, hardened, and the delivery reports that newer EVERY8D hosts can give in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.parsers import expat

from tools.wire.errors import UnreadableReply
from tools.wire.page import Page, delivery_row
from tools.wire.refusal import Refusal, read_refusal, refusal_in
from tools.wire.text import decode_text, encoding_of, looks_like_html

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 200_000
MAX_EQUALS = 100_000
MAX_BRACKETS = 200_000

_PROLOG = re.compile(rb"(?:[ \t\r\n]++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_ROOT = re.compile(rb"<[^\s!?/<>&]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CODE_POINTS, _SURROGATES = range(0x110000), range(0xD800, 0xE000)
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,12})|([0-9]{1,12}));")
_SPACE = " \t\r\n"
_TOTAL = re.compile(r"[0-9]{1,9}")
_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An element: its name without prefix, its own text without white space around it, its children."""

    name: str
    text: str
    children: tuple["Node", ...]
    attributes: Mapping[str, str]


def read_xml(body: bytes, content_type: str = "") -> Node:
    """Return the root element of an XML answer, in UTF-8, UTF-16 or Big5. Prefixes are dropped.

    Raises UnreadableReply for what is not well formed, and for what is made to harm: a doctype (entities
    that grow to gigabytes, or read files and addresses), more than 4 MiB, 64 levels, 200,000 elements,
    100,000 equals signs (attributes without end) or 200,000 closing brackets (sections without end).
    """
    data = _utf_8(body, content_type)
    # Counted before the parser sees them: expat cannot be stopped once it has been fed.
    elements = data.count(b"<") - data.count(b"</")
    if elements > MAX_NODES or data.count(b"=") > MAX_EQUALS or data.count(b"]") > MAX_BRACKETS:
        raise UnreadableReply("The XML has too many elements, attributes or brackets.")
    return _parse(memoryview(data)[_root_at(data) :])


def without_illegal(text: str) -> tuple[str, int]:
    """Return an XML text without the characters that XML 1.0 forbids, and how many those were.

    Somebody pastes a vertical TAB into a name, and every answer with that name is not well formed. Forbidden
    characters that are written as references (`&#11;`) go too, unless there are sections of CDATA, in which
    they are text.
    """
    kept, count = _ILLEGAL.subn("", text)
    if "&#" not in kept or "<![CDATA[" in kept:
        return kept, count
    written = _REFERENCE.sub(_if_legal, kept)
    return written, count + len(_REFERENCE.findall(kept)) - len(_REFERENCE.findall(written))


def is_xml(text: str) -> bool:
    """Say whether a text opens as XML does, and not as a web page."""
    opening = text.lstrip("\ufeff").encode(errors="replace")
    return _ROOT.match(opening, _prolog_end(opening)) is not None and not looks_like_html(text)


def find_all(node: Node, name: str) -> tuple[Node, ...]:
    """Return every element of that name, without case, anywhere in the tree and in its order."""
    wanted = name.casefold()
    return tuple(found for found in _walk(node) if found.name.casefold() == wanted)


def read_delivery_xml(body: bytes, content_type: str = "") -> Page | Refusal:
    """Return a page of delivery reports in XML (RESPFORMAT=2 of newer hosts), or the vendor's refusal.

    Inferred: no sample is public. The names are those of the JSON, without case; a row is every element
    that has a MOBILE among its children. Raises UnreadableReply for any other shape.
    """
    if not _utf_8(body, content_type).lstrip().startswith(b"<"):
        return _refusal(decode_text(body, content_type, limit=MAX_BYTES))
    root = read_xml(body, content_type)
    refusal = refusal_in(_answer(root))
    if refusal is not None:
        return refusal
    totals = find_all(root, "SMS_COUNT")
    if len(totals) != 1 or not _TOTAL.fullmatch(totals[0].text):
        raise UnreadableReply("One SMS_COUNT with a whole number was expected.")
    values = (_values(node) for node in _walk(root))
    return Page(total=int(totals[0].text), rows=tuple(delivery_row(row) for row in values if "mobile" in row))


def _if_legal(reference: re.Match[str]) -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    legal = code in _CODE_POINTS and code not in _SURROGATES and not _ILLEGAL.fullmatch(chr(code))
    return reference[0] if legal else ""


def _refusal(text: str) -> Refusal:
    refusal = read_refusal(text)
    if refusal is None:
        raise UnreadableReply("XML or a refusal was expected.")
    return refusal


def _utf_8(body: bytes, content_type: str) -> bytes:
    """Return the body in UTF-8, as it is where it can be: decoded, it can take four times its size."""
    if len(body) > MAX_BYTES:
        raise UnreadableReply(f"The XML is larger than {MAX_BYTES} bytes.")
    encoding, start = encoding_of(body, content_type)
    return body[start:] if encoding == "utf-8" else decode_text(body, content_type).encode()


def _prolog_end(data: bytes) -> int:
    found = _PROLOG.match(data)
    return found.end() if found else 0


def _root_at(data: bytes) -> int:
    """Return where the root element opens; a doctype can stand only before it, so it never gets past here."""
    at = _prolog_end(data)
    if data.startswith(b"<!", at):
        raise UnreadableReply("The XML has a doctype, which can define entities that grow or read files.")
    if not _ROOT.match(data, at):
        raise UnreadableReply("XML was expected.")
    return at


@dataclass(slots=True, kw_only=True)
class _Open:
    name: str
    attributes: Mapping[str, str]
    text: list[str] = field(default_factory=list[str])
    children: list[Node] = field(default_factory=list[Node])


class _Builder:
    def __init__(self) -> None:
        self.stack = [_Open(name="", attributes=_NO_ATTRIBUTES)]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.stack) > MAX_DEPTH:
            raise UnreadableReply(f"The XML is nested deeper than {MAX_DEPTH} levels.")
        self.stack.append(_Open(name=_local(name), attributes=_attributes(attributes)))

    def end(self, _name: str) -> None:
        done = self.stack.pop()
        text = "".join(done.text).strip(_SPACE)
        node = Node(name=done.name, text=text, children=tuple(done.children), attributes=done.attributes)
        self.stack[-1].children.append(node)

    def data(self, text: str) -> None:
        self.stack[-1].text.append(text)


def _parse(data: memoryview) -> Node:
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = final = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, final)
    except expat.ExpatError:
        raise UnreadableReply("Well-formed XML was expected.") from None
    return builder.stack[0].children[0]


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _attributes(given: dict[str, str]) -> Mapping[str, str]:
    kept = {_local(name): value for name, value in given.items() if not name.startswith("xmlns")}
    return MappingProxyType(kept) if kept else _NO_ATTRIBUTES


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _values(node: Node) -> dict[str, str]:
    values = {child.name.lower(): child.text for child in node.children}
    if "mobile" in values and len(values) != len(node.children):
        raise UnreadableReply("A delivery report with each value once was expected.")
    return values


def _answer(root: Node) -> dict[str, object]:
    """Return RESULT, STATUS and MSG as the JSON has them."""
    values: dict[str, object] = dict(_values(root))
    if str(values.get("result", "")).lower() == "false":
        values["result"] = False
    return values
