"""Logs: JSON lines on stderr, in which no secret and no mobile number ever stands.

What is redacted is what the line finally holds, so that nothing gets by: arguments, exceptions and tracebacks
of any library pass through the same place.
"""

import base64
import html
import json
import logging
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO
from urllib.parse import quote, quote_plus

from server.logs.number_masking import mask_numbers
from server.logs.repeats import Repeats

_SHORTEST_SECRET = 4
"""Anything shorter stands in ordinary words; replacing it there would tear the lines apart and betray it."""
_REDACTED = "[secret]"
_ID = re.compile(r"[0-9]{1,20}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CHATTY = ("alembic", "httpx2", "httpcore2", "httpx", "httpcore")
"""Their INFO and DEBUG lines hold URLs and headers."""


class _Redactor:
    """Removes a fixed set of secrets, in every form that they take on the way, and mobile numbers."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets = _any_of(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)
        self._short = _any_of(
            (secret for secret in secrets if 0 < len(secret) < _SHORTEST_SECRET), _as_a_word
        )

    def __call__(self, text: str) -> str:
        return mask_numbers(_without(self._secrets, text))

    def of_any_length(self, text: str) -> str:
        return _without(self._short, _without(self._secrets, text))


def _without(secrets: re.Pattern[str] | None, text: str) -> str:
    return secrets.sub(_REDACTED, text) if secrets else text


def _any_of(secrets: Iterable[str], bounded: Callable[[str], str] = str) -> re.Pattern[str] | None:
    forms = {form for secret in secrets for form in _forms(secret)}
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(bounded(_pattern(form)) for form in ordered)) if ordered else None


def _as_a_word(pattern: str) -> str:
    """What the pattern matches, where no letter or digit goes on before or after it."""
    return rf"(?<![^\W_])(?:{pattern})(?![^\W_])"


class _State:
    """What `configure_logging` set; before that, only numbers are removed."""

    redactor = _Redactor(())


def configure_logging(level: str, secrets: Collection[str], own_words: Callable[[str], str] = str) -> None:
    """Log JSON lines (time, level, logger, message, exception) to stderr, and to nowhere else.

    Replaces the handlers of the root logger; servers that bring their own (uvicorn) are to be started
    without. Secrets shorter than 4 characters are not looked for. `own_words` is what a message goes through
    before its arguments are put in, which can be text from outside.
    """
    _State.redactor = _Redactor(secrets)
    handler = _Handler(sys.stderr)
    handler.setFormatter(_JsonLines(own_words))
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _log_crash


def _log_crash(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """An uncaught error's text can hold numbers and secrets as well."""
    logging.getLogger("server").critical("the process crashed", exc_info=(kind, error, traceback))


def redact(text: str) -> str:
    """Return a text without the configured secrets and with mobile numbers as `0912***678`."""
    return _State.redactor(text)


def message_of(record: logging.LogRecord) -> str:
    """A record's message. One whose arguments do not fit is shown all the same."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - whatever an argument's own __str__ raises, the line must come out
        return f"{record.msg!s} (its arguments do not fit)"


def without_secrets(text: str) -> str:
    """Return what a vendor said without the configured secrets, short ones too: for the store and answers.

    Numbers stay. A secret of one to three characters is removed where it stands as a word or field of its
    own: out of the middle of other words it could not be recognised, and would tear them apart. For the same
    reason an id (digits, or a UUID) that is not itself a secret stays whole.
    """
    shown = _State.redactor.of_any_length(text)
    return text if shown != _REDACTED and _ID.fullmatch(text) else shown


class _JsonLines(logging.Formatter):
    """One record as one redacted line of JSON."""

    def __init__(self, own_words: Callable[[str], str]) -> None:
        super().__init__()
        self._own_words = own_words

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        if isinstance(record.msg, str):
            record.msg = self._own_words(record.msg)
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        # Value by value: a secret such as `message` must not tear the line's own names out.
        shown = {name: text if name in ("time", "level") else redact(text) for name, text in fields.items()}
        line = json.dumps(shown, ensure_ascii=False)
        return line.encode("utf-8", "backslashreplace").decode("utf-8")


class _Handler(logging.StreamHandler[TextIO]):
    """Writes a few of many lines alike, and never a failed record: the standard one shows its arguments."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._repeats = Repeats(super().emit)

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, unless there were many like it."""
        if self._repeats.passes(record):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Drop the record. stderr is broken or the record is; there is nowhere to tell it."""


def _forms(secret: str) -> Iterator[str]:
    yield from (secret, html.escape(secret), html.escape(secret, quote=False))
    raw = secret.encode("utf-8", "surrogatepass")
    yield from (quote(raw, safe=""), quote(raw), quote_plus(raw))
    for form in _in_base64(raw):
        yield from (form, quote(form, safe=""))


def _pattern(form: str) -> str:
    """Matches the form however often it went through JSON or repr, and whatever the case of its `%2f`."""
    escaped = "".join(_char(char) for char in form)
    return re.sub("%[0-9a-fA-F]{2}", lambda found: f"(?i:{found[0]})", escaped)


def _char(char: str) -> str:
    if char in "\"'/":
        return rf"\\*{char}"
    if char == "\\" or not (char.isascii() and char.isprintable()):
        written = {char, json.dumps(char)[1:-1], repr(char)[1:-1]}
        return "(?:" + "|".join(sorted(map(_backslashes, written))) + ")"
    return re.escape(char)


def _backslashes(written: str) -> str:
    return r"\\+".join(re.escape(part) for part in re.split(r"\\+", written))


def _in_base64(secret: bytes) -> Iterator[str]:
    """What of the secret is the same in the base64 of any bytes that hold it, as in `user:secret`."""
    for shift in range(3):
        padded = bytes(shift) + secret
        core = slice((0, 2, 3)[shift], len(padded) * 8 // 6)
        for form in (base64.b64encode(padded), base64.urlsafe_b64encode(padded)):
            if len(form[core]) >= _SHORTEST_SECRET:
                yield form[core].decode("ascii")
