"""Where and how an account's delivery reports are delivered (003_ 2.1)."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTarget:
    """What the vendor's staff would configure for an account; `repeat` delivers each report so many times."""

    url: str
    encoding: str = "utf-8"
    method: str = "GET"
    repeat: int = 1
    plus_as_space: bool = False


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine: the sandbox calls nothing else (a stranger must not be called)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"}:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
