"""The vendors' hosts: name, TCP and TLS, as the server itself would connect."""

import socket
import ssl
from urllib.parse import SplitResult, urlsplit

import anyio
import anyio.to_thread

from server.command.examining.finding import Finding, failed, right
from server.vendors.exchange import NotSentError, why_not_reached
from server.vendors.network import tls_context
from server.vendors.proxies import UnusableProxyError, Way, proxy_for
from tools.operation import Vendor
from tools.sentence import Sentence, reason_of, sentence

_CONNECT_SECONDS = 5.0


async def of_host(vendor: Vendor, base_url: str) -> Finding:
    """Whether it is reached, and by which way."""
    topic, parts = sentence("{vendor} host", vendor=vendor), urlsplit(base_url)
    try:
        way = proxy_for(parts)
        with anyio.fail_after(_CONNECT_SECONDS):
            await _connect(parts if way is None else way.proxy, tls=parts.scheme == "https" and way is None)
    except (UnusableProxyError, NotSentError) as error:
        fix = sentence("Correct or remove that setting of the environment.")
        return failed(topic, sentence("The host is not tried: {reason}.", reason=reason_of(error)), fix)
    except socket.gaierror:
        what, look = sentence("its name cannot be resolved."), sentence("the network's DNS")
    except ssl.SSLCertVerificationError as error:
        what = sentence("{reason}.", reason=why_not_reached(error))
        look = sentence("the machine's clock")
    except ssl.SSLError:
        what = sentence("it is reached, but TLS fails.")
        look = sentence("the machine's clock and its certificates")
    except (OSError, anyio.BrokenResourceError, anyio.EndOfStream):
        what, look = sentence("no connection can be made."), sentence("the firewall and the proxy")
    else:
        return right(topic, _reached(parts, way))
    fix = sentence("Check CAMPAIGN_OPS_{vendor}__BASE_URL, and {more}.", vendor=vendor.upper(), more=look)
    return failed(topic, sentence("The host is not usable: {what}", what=what), fix)


def _reached(parts: SplitResult, way: Way | None) -> Sentence:
    host = parts.hostname or ""
    if way is not None:
        return sentence("{host} is reached through the proxy of {setting}.", host=host, setting=way.setting)
    if parts.scheme == "https":
        return sentence("{host} is reached over TLS.", host=host)
    return sentence("{host} is reached without TLS.", host=host)


async def _connect(parts: SplitResult, *, tls: bool) -> None:
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if tls:
        context = await anyio.to_thread.run_sync(tls_context)
        stream = await anyio.connect_tcp(host, port, ssl_context=context, tls_standard_compatible=False)
    else:
        stream = await anyio.connect_tcp(host, port)
    await stream.aclose()
