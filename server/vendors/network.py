"""The HTTP client's way to one host of a vendor, as the environment says: certificates and proxies.

What cannot be made has sent nothing, and says which setting stands in the way.
"""

import os
import ssl
from urllib.parse import SplitResult

import httpcore2
import httpx2 as httpx

from server.vendors.exchange import NotSentError
from server.vendors.proxies import UnusableProxyError, Way, proxy_for
from server.vendors.stream import Streams
from tools.sentence import reason_of, sentence


def way_to(url: SplitResult) -> httpcore2.AsyncConnectionPool:
    """What makes connections to the URL's host; it is not used to share them.

    Raises:
        NotSentError: a setting of the environment stands in the way.
    """
    try:
        way = proxy_for(url)
        return httpcore2.AsyncConnectionPool(
            ssl_context=tls_context() if url.scheme == "https" else None,
            proxy=None if way is None else _proxy(way),
            network_backend=Streams(),
        )
    except UnusableProxyError as error:
        raise NotSentError(reason_of(error)) from error


def _proxy(way: Way) -> httpcore2.Proxy:
    try:
        read = httpx.Proxy(way.url, ssl_context=tls_context() if way.proxy.scheme == "https" else None)
    except (ValueError, httpx.InvalidURL) as error:
        raise UnusableProxyError(
            sentence("{setting} is no usable URL of a proxy", setting=way.setting)
        ) from error
    url = read.url
    return httpcore2.Proxy(
        httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        auth=read.raw_auth,
        ssl_context=read.ssl_context,
    )


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
