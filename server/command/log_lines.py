"""What is logged while a command runs, as a line for the person: in their language, without numbers."""

import logging
from typing import TextIO

from server.command.usage import spoken
from server.languages.catalogue import in_language
from server.logs.logs import message_of, redact


class LogLines(logging.StreamHandler[TextIO]):
    """Warnings and errors on stderr; a server puts its own log in this one's place."""

    def __init__(self) -> None:
        super().__init__()
        self.setLevel(logging.WARNING)

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return redact(message_of(record) if record.args else in_language(record.msg, spoken()))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Drop the record, which may hold a number: a command does not end because stderr is closed."""
