"""Commands that a person is told to run, as they work for this server: its program, options and store."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from server.settings.layers import ENVIRONMENT, name_of
from server.settings.own_program import NAME, typed
from server.settings.settings import Settings
from tools.sentence import Sentence

_WRITTEN = re.compile(f"`{NAME} ([^`]+)`")
_OUR_SENTENCES = ("message", "next", "person_does", "warning")
"""The fields that hold no text from outside."""
_STORE = ("folder", "audit_key_file", "audit_head_file")
_HIDDEN = "…"
"""For what only the server's operator knows: a URL of a store can hold a password."""


def own_command(settings: Settings, written: str) -> str:
    """What to type in any terminal of this user for `campaign-ops-mcp` and these words."""
    words = written.split()
    if settings.origins.sandbox:
        words.append("--sandbox")
    if settings.origins.file_was_named:
        words += ["--config", str(settings.origins.file)]
    return typed(words, _from_environment(settings))


def with_own_commands(settings: Settings, text: str) -> str:
    """The text, with each `campaign-ops-mcp …` in backticks as it works for this server; once is enough."""
    if isinstance(text, Sentence):
        return text.then(partial(with_own_commands, settings))
    return _WRITTEN.sub(lambda found: _completed(settings, found), text)


def _completed(settings: Settings, found: re.Match[str]) -> str:
    complete = " --sandbox" in found[1] or " --config " in found[1]
    return found[0] if complete else f"`{own_command(settings, found[1])}`"


def facts_with_own_commands(settings: Settings, facts: Mapping[str, Any]) -> dict[str, Any]:
    """An answer's facts with our own sentences so; what comes from outside is left alone."""
    return {
        name: with_own_commands(settings, value)
        if name in _OUR_SENTENCES and isinstance(value, str)
        else value
        for name, value in facts.items()
    }


def _from_environment(settings: Settings) -> dict[str, str]:
    """The store that the server's environment names: a terminal does not know it."""
    if settings.origins.sandbox:
        return {}
    found = {
        name_of(("store", name)): str(getattr(settings.store, name))
        for name in _STORE
        if settings.origins.origin("store", name) == ENVIRONMENT
    }
    if settings.origins.origin("store", "url") == ENVIRONMENT:
        found[name_of(("store", "url"))] = _HIDDEN
    return found
