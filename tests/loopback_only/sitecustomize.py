"""No test reaches a real vendor: in each Python of the tests every address but this machine's is refused.

Its name makes a process that is started with this folder on its PYTHONPATH import it first. It imports only
what each of ours loads anyway, so tests of what is loaded keep their meaning. What a C library connects by
itself (libpq) is not seen.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any, cast

FOLDER = os.path.dirname(__file__)  # noqa: PTH120 - pathlib is not loaded yet
REPORT = "TESTS_REACHED_OUTSIDE"
"""The variable that names the file in which each try is written, whatever comes of its refusal."""
_HERE = ("", "localhost", "::", "::1", "0.0.0.0")  # noqa: S104 - nothing is bound
_NOBODY = ".invalid"
"""Names that nobody can have (RFC 6761), for tests of a name that is not found: no resolver is asked."""
_TO_AN_ADDRESS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_OF_A_NAME = ("socket.getaddrinfo", "socket.gethostbyname")


def _host_of(event: str, given: Sequence[Any]) -> str:
    """Whom the event is about; empty for nobody. A Unix socket's address is no tuple."""
    host: Any = ""
    if event in _OF_A_NAME:
        host = given[0]
    elif event in _TO_AN_ADDRESS and not isinstance(given[1], str | bytes):
        host = given[1] and given[1][0]
    return host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")


def _refuse(event: str, given: Sequence[Any]) -> None:
    # Python tells of every file, import and attribute too: two in a hundred of all that the tests do.
    if not event.startswith("socket."):
        return
    host = _host_of(event, given)
    if host.endswith(_NOBODY):
        from socket import EAI_NONAME, gaierror  # noqa: PLC0415 - loaded, since it asks

        raise gaierror(EAI_NONAME, "Name or service not known")
    if host not in _HERE and not (host.startswith("127.") and host.replace(".", "").isdigit()):
        if report := os.environ.get(REPORT):
            file = os.open(report, os.O_WRONLY | os.O_APPEND)
            os.write(file, f"{host}\n".encode())
            os.close(file)
        raise PermissionError(f"tests stay on this machine: {host} was refused")


sys.addaudithook(_refuse)
# A grammar of addresses that only the tools of a release bring. jsonschema, which no check of ours asks about
# addresses, compiles it at each import: more than a second.
sys.modules["rfc3987_syntax"] = cast("Any", None)
