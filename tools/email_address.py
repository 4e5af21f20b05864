"""E-mail addresses: one way to write each, so that domains can be compared."""

import re

from tools.sentence import sentence

_LONGEST = 254
_LOCAL = re.compile(r"[A-Za-z0-9_+'=&~-]+(?:\.[A-Za-z0-9_+'=&~-]+)*", re.ASCII)
"""Without `%` and `!`, with which a server can be told to pass a message on to another one."""
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z])(?:{_LABEL})", re.ASCII)


_NOT_IN_ONE = r"[^\s@＠%<>,;:\"'()\[\]{}=&?/|]"
_INSIDE = re.compile(rf"({_NOT_IN_ONE}){_NOT_IN_ONE}{{0,63}}(@|＠|%40)(?={_NOT_IN_ONE})", re.IGNORECASE)
"""The beginning of an address within a text; its length is bounded, so that no text takes long."""


def normalise_email(written: str) -> str:
    """Return the one address that a text is, with its domain in lower case.

    Raises:
        ValueError: it is none, or several. Quoted names, other scripts (their domain is `xn--…`), a dot at
            the end and addresses of machines are no way to write one here. The text is not repeated.
    """
    local, _, domain = written.rpartition("@")
    if len(written) > _LONGEST or _LOCAL.fullmatch(local) is None:
        raise ValueError(sentence("is no single e-mail address. Write it as name@example.com."))
    return f"{local}@{normalise_domain(domain)}"


def normalise_domain(written: str) -> str:
    """Return a domain of e-mail in lower case; ValueError when it is none."""
    domain = written.lower() if written.isascii() else ""
    if _DOMAIN.fullmatch(domain) is None:
        raise ValueError(sentence("has no domain as example.com. Write one in another script as xn--…."))
    return domain


def domain_of(email: str) -> str:
    """Return the domain of a normalised address."""
    return email.rpartition("@")[2]


def mask_email(email: str) -> str:
    """`m**@example.com`: the domain is what the operator's rule is about, the name is the person's."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}**{at}{domain}"


def mask_emails(text: str) -> str:
    """A text with each address in it as `m**@example.com`."""
    return _INSIDE.sub(r"\1**\2", text)
