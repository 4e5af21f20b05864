"""What whoever starts a listener is told: where it listens, or why it cannot.

The simulated vendors are started with this too, and know nothing of MCP, whose import takes longest.
"""

import sys

from server.languages.catalogue import Language, in_language
from server.settings.settings import SettingsError
from tools.sentence import sentence


def say(line: str, language: Language) -> None:
    """For the person at the terminal; stdout is the MCP channel."""
    print(in_language(line, language), file=sys.stderr, flush=True)  # noqa: T201 - stderr is where a person reads


def no_port(port: int, error: OSError) -> SettingsError:
    """What to say when a port cannot be listened on."""
    return SettingsError(
        sentence(
            "--port {port}: cannot be listened on ({reason}). Choose another; 0 takes a free one.",
            port=str(port),
            reason=error.strerror or "",
        )
    )
