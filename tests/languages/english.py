"""Finds English sentences in what a command printed in Chinese."""

import re

_NOT_WORDS = re.compile(
    r"campaign-ops-mcp(?: [a-z]+(?:-[a-z]+)?)*|"
    r"`[^`]*`|「[^」]*」|'[^']*'|[A-Z]+_[A-Z0-9_]+|--?[a-z][a-z-]*|/[^ ，。）]*|<[^>]*>|https?://[^ ，。]*"
    r"|[A-Z0-9]{4}-[A-Z0-9]{4}|\d+:[0-9a-f]{64}|[a-z]+(?:_[a-z]+)+|\{[a-z]+\}"
)
"""What is typed, quoted, named or an id."""
_NAMES = re.compile(
    r"EVERY8D|OMIS|MCP|TOML|TLS|JSON Lines|JSON|Streamable HTTP|HTTP|SMS|MMS|URL|UTF-8|Big5"
    r"|every8d|omis|NUMBER:MAC|ID|stdio|stdout|stdin|README|Ctrl-C|Enter|token|Asia|Taipei|COMMAND|PATH"
)
_WORDS = re.compile(r"[A-Za-z][A-Za-z']+(?: [A-Za-z'][A-Za-z']*)+[.:;,]?|^[A-Z][a-z]+[.:]", re.MULTILINE)
"""Two words or more after each other, or one that stands as a sentence."""


def english(printed: str) -> list[str]:
    """Each run of English words that are neither names nor typed by somebody."""
    return _WORDS.findall(_NAMES.sub("·", _NOT_WORDS.sub("·", printed)))
