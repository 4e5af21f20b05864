"""What is logged while a command runs, as a line for the person: in their language, without numbers."""

import logging
import sys

from server.command.usage import spoken
from server.languages.catalogue import in_language
from server.logs.logs import redact


class LogLines(logging.Handler):
    """Warnings and errors on stderr; a server puts its own log in this one's place."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Print it."""
        said = record.getMessage() if record.args else in_language(record.msg, spoken())
        print(redact(said), file=sys.stderr)  # noqa: T201 - for the person
