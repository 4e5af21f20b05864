"""Who calls, and how that caller can be asked."""

import getpass
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

from server.store.sessions import Session

TOKEN = "token:"  # noqa: S105 - how the principal of a token's holder begins


def token_principal(name: str) -> str:
    """The principal of a token's holder."""
    return TOKEN + name


@cache
def local_user() -> str:
    """The principal of the user who runs this process; whoever reaches it over loopback acts as that user."""
    try:
        return f"local:{getpass.getuser()}"
    except (OSError, KeyError, ImportError):
        return "local:unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One caller of a tool: a principal in a session, over a client that can or cannot show a form."""

    principal: str
    """stdio: the local user; HTTP: the token's subject."""
    session: str
    can_ask: bool
    everybodys: bool = False
    """Whether what everybody sent is the caller's: the operator's terminal."""
    through: str = ""
    """The name and version that its client gives of itself: text from outside; '' for none."""
    report: Callable[[str], Awaitable[None]] | None = None
    """Reports progress in our words while the call waits for a person; None where nobody listens."""

    @property
    def in_session(self) -> Session:
        """The session as the store knows it."""
        return Session(self.principal, self.session)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormReply:
    """How a form came back. `silent` means that it never did: a timeout, or a client that vanished."""

    action: str
    """`accept`, `decline`, `cancel`, or `silent`."""
    typed: str | None = None
    """The proof; None when the field is missing or holds no text."""
    agreed: bool | None = None
    """The tick; None when the field is missing or holds neither yes nor no."""
    took_ms: float = 0.0
