"""Answers as redirects: API呼叫導向網址 of both documents. The URLs are settings, never arguments.

The document prints the second field as `SuccessfulUr` and the other two with a whole `Url`. Decision: both
spellings are sent with the same value; a name that a page does not know is ignored by it.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote_plus, urlsplit

from tools.omis.groups import Pair
from tools.operation import OmisOptions
from tools.problems import InvalidArgumentError
from tools.wire.errors import UnreadableReply

_KEYWORDS = ("errorcode", "errormsg", "launchid", "userid", "customerid", "reportpath", "jobid")
_KEYWORD = re.compile(rf"%(omisquerystring|{'|'.join(_KEYWORDS)})%", re.IGNORECASE)
_MAX_LOCATION = 16_384
_PORTS = {"http": 80, "https": 443}

Target = Literal["refer", "successful", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirected:
    """Which of our URLs OMIS redirected to, and the values that it put there."""

    target: Target
    pairs: tuple[Pair, ...]


def redirect_fields(options: OmisOptions) -> dict[str, str]:
    """The fields that ask for redirects; none when the settings have none.

    Raises:
        InvalidArgumentError: a URL's host is not in the list: OMIS would send our data to it.
    """
    urls = {
        "ReferUrl": options.refer_url,
        "SuccessfulUrl": options.successful_url,
        "SuccessfulUr": options.successful_url,
        "FailedUrl": options.failed_url,
    }
    for url in filter(None, urls.values()):
        if not _allowed(_parts(url), options):
            raise InvalidArgumentError(
                "redirect URL (setting)", "its host is not allowed.", "Add the host to redirect_hosts."
            )
    return {name: url for name, url in urls.items() if url}


def read_location(location: str, options: OmisOptions) -> Redirected:
    """The values in a redirect's target, read by laying the configured URL over it. Nothing is followed.

    Raises:
        UnreadableReply: another host, or none of the configured URLs, or too long.
    """
    parts = _parts(location) if len(location) <= _MAX_LOCATION else None
    if not _allowed(parts, options):
        raise UnreadableReply("A redirect to an allowed host was expected.")
    targets: tuple[tuple[Target, str], ...] = (
        ("failed", options.failed_url),
        ("successful", options.successful_url),
        ("refer", options.refer_url),
    )
    fitting = [
        Redirected(target=target, pairs=pairs)
        for target, url in targets
        if url and (pairs := _laid_over(url, location)) is not None
    ]
    if not fitting:
        raise UnreadableReply("A redirect to one of the configured URLs was expected.")
    # When two URLs fit, nobody can tell which one was meant: only the values count then.
    return fitting[0] if len(fitting) == 1 else Redirected(target="refer", pairs=fitting[0].pairs)


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in _PORTS else None


def _allowed(parts: SplitResult | None, options: OmisOptions) -> bool:
    # The host as a parser sees it: `https://ours@evil.example` only pretends to be ours.
    return parts is not None and (parts.hostname or "") in {host.lower() for host in options.redirect_hosts}


def _laid_over(template: str, location: str) -> tuple[Pair, ...] | None:
    ours, theirs = _parts(template), _parts(location)
    if ours is None or theirs is None or _origin(ours) != _origin(theirs):
        return None
    names = [found.lower() for found in _KEYWORD.findall(ours.query)]
    found = _pattern(ours.query).fullmatch(theirs.query)
    if found is None:
        return None
    return tuple(
        pair for name, value in zip(names, found.groups(), strict=True) for pair in _values(name, value)
    )


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None, str]:
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme], parts.path or "/"


def _pattern(query: str) -> re.Pattern[str]:
    pieces = _KEYWORD.split(query)
    captures = ("(.*)" if name.lower() == "omisquerystring" else "([^&]*)" for name in pieces[1::2])
    literals = [re.escape(piece) for piece in pieces[::2]]
    return re.compile(
        literals[0]
        + "".join(capture + literal for capture, literal in zip(captures, literals[1:], strict=True))
    )


def _values(name: str, value: str) -> list[Pair]:
    """A value that OMIS did not have is left as its keyword, and is none."""
    if name != "omisquerystring":
        plain = unquote_plus(value)
        return [] if _KEYWORD.fullmatch(plain) else [(name, plain)]
    return parse_qsl(value if "=" in value else unquote_plus(value))
