"""The HTTP client for one host of a vendor, made of what the environment says: certificates and proxies.

A client that cannot be made has sent nothing, and says which setting stands in the way.
"""

import os
import ssl
from urllib.parse import SplitResult

import httpx2 as httpx

from server.vendors.exchange import NotSentError
from server.vendors.proxies import UnusableProxyError, Way, proxy_for
from tools.sentence import reason_of, sentence


def make_client(url: SplitResult, calls_at_once: int, timeout: httpx.Timeout) -> httpx.AsyncClient:
    """A client for the URL's host. Each connection carries one request alone.

    What follows an answer on its connection is thus never read, least of all as another request's answer.

    Raises:
        NotSentError: a setting of the environment stands in the way.
    """
    try:
        way = proxy_for(url)
        context = tls_context() if url.scheme == "https" else None
        return httpx.AsyncClient(
            headers={"Connection": "close"},
            timeout=timeout,
            limits=httpx.Limits(max_connections=calls_at_once, max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
            proxy=None if way is None else _proxy(way),
            verify=context or False,
        )
    except UnusableProxyError as error:
        raise NotSentError(reason_of(error)) from error


def _proxy(way: Way) -> httpx.Proxy:
    try:
        return httpx.Proxy(way.url, ssl_context=tls_context() if way.proxy.scheme == "https" else None)
    except (ValueError, httpx.InvalidURL) as error:
        raise UnusableProxyError(
            sentence("{setting} is no usable URL of a proxy", setting=way.setting)
        ) from error


def tls_context() -> ssl.SSLContext:
    """The certificates that this machine trusts, or those of SSL_CERT_FILE and SSL_CERT_DIR.

    Raises:
        NotSentError: SSLKEYLOGFILE names what cannot be written.
    """
    try:
        return ssl.create_default_context()
    except OSError as error:
        setting = "SSLKEYLOGFILE" if os.environ.get("SSLKEYLOGFILE") else "SSL_CERT_FILE"
        raise NotSentError(
            sentence("TLS cannot be set up; {setting} names a file that cannot be used", setting=setting)
        ) from error
