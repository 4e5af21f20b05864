"""Which proxy the environment names for a host: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, and NO_PROXY."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from server.settings.settings import is_loopback
from tools.sentence import sentence

_KINDS = {"http": "http", "https": "https", "socks": "socks5", "socks5": "socks5", "socks5h": "socks5h"}
"""`socks://` is what desktops write for SOCKS 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A proxy to go through, and the setting that names it."""

    setting: str
    proxy: SplitResult

    @property
    def url(self) -> str:
        """The proxy's URL, with its login: for the HTTP client alone."""
        return self.proxy.geturl()


class UnusableProxyError(ValueError):
    """A setting names a proxy that cannot be used; the text names the setting, never its value."""


def proxy_for(url: SplitResult) -> Way | None:
    """The proxy for this URL; none for loopback, nor where NO_PROXY covers the host.

    Raises:
        UnusableProxyError: the setting that counts for this host holds no usable proxy.
    """
    host, named = url.hostname or "", getproxies()
    if is_loopback(host) or _excepted(host, named.get("no", "")):
        return None
    for scheme in (url.scheme, "all"):
        if written := named.get(scheme):
            return _read(f"{scheme.upper()}_PROXY", written)
    return None


def _excepted(host: str, no_proxy: str) -> bool:
    """As the operating system has it, and for `*`, `*.example.com` and networks in the list of NO_PROXY."""
    entries = [entry.strip().lower() for entry in no_proxy.split(",") if entry.strip()]
    bare = [entry.removeprefix("*").lstrip(".") for entry in entries]
    name = host.lower()
    return (
        "*" in entries
        or any(name == entry or name.endswith(f".{entry}") for entry in bare if entry)
        or any(_within(name, entry) for entry in bare)
        or bool(proxy_bypass(host))
    )


def _within(host: str, network: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


def _read(setting: str, written: str) -> Way:
    try:
        parts = urlsplit(written if "://" in written else f"http://{written}")
        kind, port = _KINDS.get(parts.scheme), parts.port
    except ValueError as error:
        raise UnusableProxyError(
            sentence("{setting} is no usable URL of a proxy", setting=setting)
        ) from error
    if kind is None:
        raise UnusableProxyError(
            sentence("{setting} names a kind of proxy that is not http, https or socks5", setting=setting)
        )
    if not parts.hostname or port == 0:
        raise UnusableProxyError(sentence("{setting} is no usable URL of a proxy", setting=setting))
    return Way(setting=setting, proxy=parts._replace(scheme=kind, path="", query="", fragment=""))
