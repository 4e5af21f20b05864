"""URL hosts and phone numbers in a text, however they are dressed up: what the allow-lists are about.

A text is read as a handset, a browser and a person would read it, and everything that any of them could
follow or dial is reported. Full-width, circled and other lookalike letters and digits count as the plain ones
(NFKC, as in browsers); a hidden character is read both as nothing and as a break.

A link is `scheme://user@host:port` and what follows; whatever in it is none of these ends it, and is read on
as text, so that nothing is passed over. Behind that stands one plain rule: each run of letters, digits,
hyphens and dots that can be a domain is one, wherever it stands, in a path too. What can be read in no way
is told by `find_unreadable`.

What cannot be told is left out: `shop dot tw`, `shop .tw`, digits in words, local numbers without an area
code (unless a word such as 電話 stands before them) and short codes such as 165.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from server.gate.rules.phone_scan import find_phone_numbers, international
from server.gate.rules.top_level_domains import TOP_LEVEL_DOMAINS
from tools.cleaning import clean, hidden_characters

__all__ = ["find_hosts", "find_phone_numbers", "international", "normalise_host"]

_HAN = "\u3040-\u30ff\u3100-\u312f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ENDS_URL = re.compile("[，；！？（）｜＂＜＞＃]|：(?![/／])|(?<![:：/／])／")
"""Full-width punctuation ends a URL in Chinese text; NFKC would turn it into a part of the path."""
_IDEOGRAPHIC_DOT = re.compile("(?<=[a-z0-9])。(?=[a-z0-9])")
_PATH = r"[a-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*"
_URL = re.compile(rf"(?<=[a-z0-9]):[/\\]{{2,}}(?P<authority>[^\s/\\?#<>\"]*)(?P<rest>{_PATH})")
_AUTHORITY = re.compile(r"(?<=[a-z0-9]):[/\\]{2,}(?=(?P<authority>[^\s/\\?#<>\"]*)(?P<rest>[/\\]{0,2}))")
"""Takes up none of the authority: another link can begin within it."""
_SYMBOLS = "\u2190-\u2bff\U0001f000-\U0001faff"
"""The symbols and emoji that some registries allow in a name."""
_HOST = re.compile(f"\\[[0-9a-f:.]+\\]|[\\w.\\-。{_SYMBOLS}]+")
_ON_A_SYMBOL = re.compile(
    rf"(?<![a-z0-9\-{_SYMBOLS}])[a-z0-9\-{_SYMBOLS}]*[{_SYMBOLS}](?P<rest>(?:\.[a-z0-9\-]+)+)"
)
"""A domain whose name ends in a symbol; one that begins with it cannot be told from prose and a domain."""
_DOTTED = re.compile(r"(?<![\w\-])[\w\-]+(?:\.[\w\-]+)+")
_TAIL = re.compile(rf"(?::\d+)?[/?#]{_PATH}|:\d+")
_PROSE_BEFORE = re.compile(f"(?<=[{_HAN}])(?=[a-z0-9])")
_HEAD = re.compile(r"[a-z]+(?![a-z0-9])")
_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?![a-z0-9_.\-])")
_RUN = re.compile(rf"(?<![a-z0-9]|[^\W\x00-\x7f{_HAN}])[a-z0-9-]+(?:\.[a-z0-9-]+)+(?P<user>@[\w\-]+\.)?")
"""Not within a name in another script, which is read whole; behind Chinese, which is prose, it is one."""
_QUAD_RUN = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)")
_UNREAD = re.compile(r"[^\w\s.\-]+(?=[a-z0-9])")
_SCHEME_OR_PORT = re.compile(r"[a-z0-9]+:")
_ENCODED_TWICE = 3
_BYTES = 4
_ODD_USER = re.compile(r"[^\w.~%:$&+=*'\-]|[^\x00-\x7f]")


def find_hosts(text: str) -> tuple[str, ...]:
    """Return the host of every URL and bare domain in a text, in lower-case ASCII, each once.

    With a scheme any host counts; without one it must end in a top-level domain, be an IP address, or have a
    path behind it. `user:pass@host` counts as its host, an e-mail address as its domain. Chinese that touches
    a bare ASCII domain is prose (`請到shop.tw購買`); a name in another script is `xn--…`.
    """
    found: dict[str, None] = {}
    for form in _forms(text):
        joined = _IDEOGRAPHIC_DOT.sub(".", form)
        found |= dict.fromkeys(_with_scheme(joined))
        for reading in dict.fromkeys((joined, form)):
            found |= dict.fromkeys(_bare(_URL.sub(_unread_part, reading)))
    for form in _forms(text):
        for layer in _decoded(_IDEOGRAPHIC_DOT.sub(".", form)):
            found |= dict.fromkeys(_with_scheme(layer))
            found |= dict.fromkeys(_runs(layer))
    return tuple(found)


def find_unreadable(text: str) -> tuple[str, ...]:
    """Return the names of the characters at which a link stops to be readable, each once: `U+002C COMMA`.

    Between the host of a link and what hangs on to it, where that is neither a link nor prose in another
    script, and in percent-encoded bytes that are no text: a handset may take any part of it for the address.
    """
    found: dict[str, None] = {}
    for form in _forms(text):
        for link in _AUTHORITY.finditer(form):
            found |= dict.fromkeys(_unread_signs(link["authority"], link["rest"]))
        found |= dict.fromkeys("\ufffd" for layer in _decoded(form) if "\ufffd" in layer)
    return tuple(f"U+{ord(char):04X} {unicodedata.name(char, 'WITHOUT A NAME')}" for char in found)


def _forms(text: str) -> dict[str, None]:
    """The text folded, hidden characters read as nothing and as a break."""
    plain = _ENDS_URL.sub(" ", _without_hidden(clean(text, limit=_whole(text), lines=True), ""))
    apart = _ENDS_URL.sub(" ", _without_hidden(text, " "))
    return dict.fromkeys((_folded(plain), _folded(apart)))


def _decoded(text: str) -> Iterator[str]:
    """The text with its percent-encoding undone: once, and again where it was encoded again."""
    for _ in range(_ENCODED_TWICE):
        decoded = _folded(unquote(text))
        yield decoded
        if decoded == text:
            return
        text = decoded


def _place(authority: str) -> tuple[str, int]:
    """What follows the user in an authority, and where its host and port end there."""
    place = authority.rpartition("@")[2]
    host = _HOST.match(place)
    end = host.end() if host else 0
    port = re.compile(r":\d*(?![^\W_])").match(place, end)
    return place, port.end() if port else end


def _unread_part(link: re.Match[str]) -> str:
    """What stays of a link once user, host, port and path are accounted for: all from another sign on."""
    place, end = _place(link["authority"])
    return " " if end == len(place) else f" {place[end:]}{link['rest']}"


def _unread_signs(authority: str, rest: str) -> Iterator[str]:
    place, end = _place(authority)
    signs = _UNREAD.match(place, end)
    if signs is None:
        return
    behind = place[signs.end() :]
    is_link = rest.startswith(("//", "\\\\")) and _SCHEME_OR_PORT.fullmatch(behind)
    if not is_link and not any(_runs(behind)):
        yield from signs[0]


def _runs(text: str) -> Iterator[str]:
    for found in _RUN.finditer(text):
        labels = found[0].removesuffix(found["user"] or "").split(".")
        tops = [at for at, label in enumerate(labels) if at and _is_top(label)]
        if tops and not found["user"]:
            yield ".".join(labels[: tops[-1] + 1]).strip("-")
    for found in _ON_A_SYMBOL.finditer(text):
        if _is_top(found["rest"].rpartition(".")[2]):
            yield normalise_host(found[0])
    for quad in _QUAD_RUN.finditer(text):
        if address := _ip_v4(quad[0]):
            yield address


def normalise_host(host: str) -> str:
    """Return a host name in lower-case ASCII: each label in another script as `xn--…`, no dot at the ends.

    The `idna` codec is not used: it maps ß to ss, where today's browsers go to another host.
    """
    labels = [label for label in _folded(host).replace("。", ".").split(".") if label]
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in labels
    )


def _whole(text: str) -> int:
    return 4 * len(text) + 4


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())


def _without_hidden(text: str, instead: str) -> str:
    return "".join(instead if hidden_characters(char) else char for char in text)


def _with_scheme(text: str) -> Iterator[str]:
    for found in _AUTHORITY.finditer(text):
        user, _, place = found["authority"].rpartition("@")
        if _ODD_USER.search(user):  # Not a user name but prose that ends in an e-mail address.
            yield from _bare(user)
        if host := _HOST.match(_folded(unquote(place))):
            yield from _of_authority(host[0])


def _of_authority(written: str) -> Iterator[str]:
    if written.startswith("["):
        yield _ip_v6(written)
        return
    first, *more = written.split("。")
    for part in more:
        if part.split(".")[-1] not in TOP_LEVEL_DOMAINS:
            break
        first = f"{first}.{part}"
    *labels, last = first.strip(".").split(".")
    if re.match("[a-z0-9]", last):  # No top-level domain mixes scripts: what follows it is prose.
        last = re.split(r"[^a-z0-9\-]", last)[0]
    host = ".".join([*labels, last]).strip("-_")
    if host:
        yield _ip_v4(host) or normalise_host(host)
    if any(_PROSE_BEFORE.search(label) for label in labels):
        yield from _bare(host)


def _ip_v6(written: str) -> str:
    try:
        return ipaddress.ip_address(written.strip("[]")).compressed
    except ValueError:
        return written.strip("[]")


def _ip_v4(host: str) -> str | None:
    """The address that browsers make of one to four decimal, octal (0…) or hexadecimal (0x…) numbers."""
    try:
        *head, last = (_number(part) for part in host.split("."))
    except ValueError:
        return None
    if len(head) >= _BYTES or any(byte >> 8 for byte in head) or last >> 8 * (_BYTES - len(head)):
        return None
    return str(ipaddress.IPv4Address(last + sum(byte << (24 - 8 * i) for i, byte in enumerate(head))))


def _number(part: str) -> int:
    if not (part.isascii() and part.isalnum()):
        raise ValueError("not a number")
    if part.startswith("0x"):
        return int(part, 16)
    return int(part, 8 if part.startswith("0") and part != "0" else 10)


def _bare(text: str) -> Iterator[str]:
    while found := _DOTTED.search(text):
        text = text[found.end() :]
        if re.match(r"@[\w\-]+\.", text):
            continue  # The user's part of an e-mail address.
        tail = _TAIL.match(text)
        *prose, last = _PROSE_BEFORE.split(found[0])
        hosts = [host for piece in prose for host in _in_piece(piece, has_path=False)]
        ending = list(_in_piece(last, has_path=tail is not None))
        yield from (_ip_v4(host) or normalise_host(host.strip("-_")) for host in (*hosts, *ending))
        if tail and ending:
            text = text[tail.end() :]


def _in_piece(piece: str, *, has_path: bool) -> Iterator[str]:
    """The hosts in dotted labels: the longest that can be one, and each that Chinese prose cuts short."""
    if quad := _QUAD.match(piece):
        if _ip_v4(quad[0]):
            yield quad[0]
        return
    labels = piece.split(".")
    longest = ""
    for end in range(1, len(labels)):
        top = _top(labels[end], last=end == len(labels) - 1, has_path=has_path)
        if top is None:
            continue
        host = ".".join([*labels[:end], top])
        if top != labels[end] and re.match(f"[{_HAN}]", labels[end][len(top) :]):
            yield host
        else:
            longest = host
    if longest:
        yield longest


def _top(label: str, *, last: bool, has_path: bool) -> str | None:
    if _is_top(label):
        return label
    head = _HEAD.match(label)
    if head and head[0] in TOP_LEVEL_DOMAINS and (last or re.match(f"[{_HAN}]", label[head.end() :])):
        return head[0]
    return label if last and has_path and re.fullmatch("[a-z]{2,}", label) else None


def _is_top(label: str) -> bool:
    return label in TOP_LEVEL_DOMAINS or (
        label.startswith("xn--") and _from_punycode(label) in TOP_LEVEL_DOMAINS
    )


def _from_punycode(label: str) -> str:
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return ""
