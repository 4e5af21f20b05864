"""No secret and no mobile number reaches a log line, however it is written; ordinary figures stay."""

import base64
import html
import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.logs.logs import configure_logging, redact, without_secrets
from server.logs.number_masking import mask_numbers
from server.logs.repeats import WINDOW_SECONDS, WRITTEN, Repeats

SECRET = 'p&ß/"w\\ör+d 7'
TAIWAN = st.from_regex(r"9[0-9]{8}", fullmatch=True)


def _full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def _circled(text: str) -> str:
    return "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(char)] for char in text)


def _grouped(nine: str, separator: str) -> str:
    return separator.join((f"0{nine[:3]}", nine[3:6], nine[6:]))


# Each takes the nine digits after the 0.
SPELLINGS: list[Callable[[str], str]] = [
    lambda n: f"0{n}",
    lambda n: _grouped(n, "-"),
    lambda n: _grouped(n, " "),
    lambda n: _grouped(n, "."),
    lambda n: _grouped(n, "_"),
    lambda n: _grouped(n, "\u2011"),
    lambda n: _grouped(n, "–"),
    lambda n: _grouped(n, "\u00a0"),
    lambda n: _grouped(n, "\u3000"),
    lambda n: _grouped(n, " - "),
    lambda n: _grouped(n, "·"),
    lambda n: _grouped(n, "\n"),
    lambda n: _grouped(n, "\\n"),
    lambda n: _grouped(n, "%20"),
    lambda n: _grouped(n, "+"),
    lambda n: _grouped(n, "%2D"),
    lambda n: _grouped(n, "\\u00a0"),
    lambda n: f"0{n[:3]}-{n[3:]}",
    lambda n: f"(0{n[:3]}) {n[3:]}",
    lambda n: f"0-{'-'.join(n)}",
    lambda n: f"0 {' '.join(n)}",
    lambda n: f"+886{n}",
    lambda n: f"+886 {n}",
    lambda n: f"+886-{n[:3]}-{n[3:]}",
    lambda n: f"+886 (0){n}",
    lambda n: f"+8860{n}",
    lambda n: f"(+886){n}",
    lambda n: f"886{n}",
    lambda n: f"886-{n}",
    lambda n: f"00886{n}",
    lambda n: f"002886{n}",
    lambda n: f"%2B886{n}",
    lambda n: f"%2b886%20{n}",
    lambda n: f"DEST=%2B886{n}&x=1",
    lambda n: f"%090{n}",
    lambda n: f"%0{n}",
    lambda n: f"%EF%BC%8B886{n}",
    lambda n: quote(_full_width(f"0{n}")),
    lambda n: quote(_full_width(f"0{n}")).lower(),
    lambda n: _full_width(f"0{n}"),
    lambda n: _full_width(f"+886-{n}"),
    lambda n: _escaped(f"0{n}"),
    lambda n: _escaped(f"+886{n}"),
    lambda n: json.dumps(_escaped(f"0{n}")),
    lambda n: _escaped(_full_width(f"0{n}")),
    lambda n: repr(_full_width(f"0{n}").encode()),
    lambda n: "".join(f"&#{ord(char)};" for char in f"0{n}"),
    lambda n: "".join(f"%{ord(char):02X}" for char in f"0{n}"),
    lambda n: _circled(f"0{n}"),
    lambda n: "\u200b".join(f"0{n}"),
    lambda n: f"0{n}\u200b0",
    lambda n: f"0\u200d{n[:4]}\ufeff{n[4:]}",
    lambda n: f"0{n[:4]}\\u200b{n[4:]}",
    lambda n: f"0{n[:4]}%E2%80%8B{n[4:]}",
    lambda n: f"0\u0336{n[:4]}\u034f{n[4:]}",
    lambda n: f"TEL0{n}",
    lambda n: f"['0{n}', '0{n}']",
    lambda n: f"100 0{n} 200",
    lambda n: f"2026-01-02 0{n}",
    lambda n: f"\\n0{n}\\n",
]
ORDINARY = [
    "c9f10912-3456-4781-8abc-886912345678",
    "09123456-7809-4123-8567-091234567890",
    "e3b0c44298fc1c149afb0912345678a996fb92427ae41e4649b934ca495991b7",
    "2026-01-02T03:04:05.912345+08:00",
    "2026-01-09 12345678 rows",
    "2026/01/09 12345678",
    "20260109123456",
    "1767323045.912345678",
    "took 0.912345678 s",
    "127.0.0.1:8095",
    "http://127.0.0.1:54321/sendSMS",
    "credit 1234567.50",
    "+1234567",
    "port 65535, 123456789 points",
    "id 091234567890123456789012",
    "%E4%BD%A0%E5%A5%BD 100",
    "[2026-01-02 03:04:05,091] 200 OK",
    "09:12:34.567890",
]


@pytest.fixture(autouse=True)
def stderr(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging("DEBUG", [SECRET, "canary-4711", "", "abc"])
    yield stream
    configure_logging("WARNING", [])
    root.handlers[:], root.level = before[0], before[1]


def _lines(stream: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def _digits_left(text: str, nine: str) -> bool:
    return nine in text or _full_width(nine) in text


@pytest.mark.parametrize("spelling", range(len(SPELLINGS)))
@settings(max_examples=25)
@given(nine=TAIWAN)
def test_a_number_never_survives(spelling: int, nine: str) -> None:
    written = SPELLINGS[spelling](nine)
    masked = f"0{nine[:3]}***{nine[-3:]}"
    assert masked in redact(written)
    assert not _digits_left(redact(written), nine)
    assert masked in redact(json.dumps({"to": written}, ensure_ascii=False))
    assert masked in redact(json.dumps({"to": written}))
    assert masked in redact(f"to {written}, text")


def test_there_are_at_least_fifty_spellings() -> None:
    assert len({spelling("912345678") for spelling in SPELLINGS}) >= 50


@pytest.mark.parametrize(
    "number", ["+14155552671", "+1 (415) 555-2671", "%2B14155552671", "+852 9123 4567", "＋４４ 7911 123456"]
)
def test_a_foreign_number_with_its_plus_never_survives(number: str) -> None:
    assert "***" in redact(f"to {number}.")
    assert number[-4:] not in redact(f"to {number}.")


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_figures_stay(text: str) -> None:
    assert redact(text) == text


@given(st.text(st.sampled_from('0912345678+-. %\\u2Bxn"&#;一０\u200b'), max_size=80))
def test_a_redacted_line_is_still_json(text: str) -> None:
    line = json.dumps({"message": text}, ensure_ascii=False)
    assert set(json.loads(redact(line))) == {"message"}


@given(st.text())
def test_redacting_twice_changes_nothing(text: str) -> None:
    assert redact(redact(text)) == redact(text)


def test_a_known_number_stays_readable() -> None:
    text = "0912345678 and +886 987-654-321"
    assert mask_numbers(text, {"+886912345678"}) == "0912345678 and 0987***321"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        "p%26%c3%9f%2f%22w%5c%c3%b6r%2bd%207",
        quote(SECRET),
        quote_plus(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        json.dumps(json.dumps(SECRET)),
        json.dumps(json.dumps(json.dumps(SECRET))),
        repr(SECRET),
        repr({"password": SECRET}),
        html.escape(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"user:{SECRET}".encode()).decode(),
        base64.b64encode(f"u:{SECRET}".encode()).decode(),
        base64.b64encode(f"us:{SECRET}".encode()).decode(),
        f"https://user:{quote(SECRET, safe='')}@host/",
    ],
)
def test_a_secret_never_survives_in_any_form(form: str, stderr: io.StringIO) -> None:
    logging.getLogger("x").info("call %s", form)
    logging.getLogger("x").info(form)
    logged = stderr.getvalue()
    assert logged.count("[secret]") == 2
    assert json.dumps(form, ensure_ascii=False)[1:-1] not in logged


@given(st.text(min_size=4, max_size=20))
@example("message")
@example('": "')
def test_no_secret_survives_a_message(secret: str) -> None:
    stream = io.StringIO()
    sys.stderr = stream
    configure_logging("DEBUG", [secret])
    logging.getLogger("x").info("%s", f"<{secret}>")
    message = json.loads(stream.getvalue())["message"]
    assert f"<{secret}>" not in message


def test_a_secret_too_short_to_look_for_leaves_lines_alone() -> None:
    assert redact("abc abcdef") == "abc abcdef"


def test_a_line_holds_time_level_logger_and_message(stderr: io.StringIO) -> None:
    logging.getLogger("gate").warning("batch %s: 王小明 %s", "c9f1", "0912345678")
    (line,) = _lines(stderr)
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "WARNING", "logger": "gate", "message": "batch c9f1: 王小明 0912***678"}


def _fail() -> None:
    try:
        json.loads("{}")[("to", "0912345678")]
    except KeyError as error:
        raise ValueError("canary-4711") from error


def test_an_exception_and_its_causes_are_redacted(stderr: io.StringIO) -> None:
    try:
        _fail()
    except ValueError:
        logging.getLogger("gate").exception("failed for %s", ["+886 912 345 678"])
    (line,) = _lines(stderr)
    assert line["message"] == "failed for ['0912***678']"
    assert "KeyError: ('to', '0912***678')" in line["exception"]
    assert "ValueError: [secret]" in line["exception"]


def test_a_record_whose_arguments_do_not_fit_leaks_nothing(
    stderr: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stderr)
    configure_logging("DEBUG", ["canary-4711"])  # Removes the handler that pytest added after the fixture.
    logging.getLogger("gate").info("%d of 0912345678", "canary-4711")
    (line,) = _lines(stderr)
    assert line["message"] == "%d of 0912***678 (its arguments do not fit)"


def test_a_lone_surrogate_is_written_as_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stderr", strict)
    configure_logging("DEBUG", [])
    logging.getLogger("gate").info("\udc80 0912345678")
    strict.seek(0)
    assert json.loads(strict.read())["message"] == "\udc80 0912***678"


def test_a_broken_stream_shows_no_record(stderr: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", closed := io.StringIO())
    configure_logging("DEBUG", [])
    closed.close()
    monkeypatch.setattr(sys, "stderr", stderr)
    logging.getLogger("gate").info("to 0912345678")
    assert stderr.getvalue() == ""


def test_other_handlers_go_and_http_libraries_are_quiet(
    stderr: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stderr)
    other = io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(other))
    configure_logging("DEBUG", [])
    logging.getLogger("httpx2").info("GET https://host/?DEST=1")
    logging.getLogger("httpcore.connection").debug("connect")
    logging.getLogger("gate").debug("seen")
    assert other.getvalue() == ""
    assert [line["message"] for line in _lines(stderr)] == ["seen"]


def test_the_level_is_obeyed(stderr: io.StringIO) -> None:
    configure_logging("ERROR", [])
    logging.getLogger("gate").warning("unseen")
    assert stderr.getvalue() == ""


def test_many_lines_alike_are_counted_instead_of_written() -> None:
    now, told = [0.0], list[str]()
    repeats = Repeats(lambda record: told.append(record.getMessage()), lambda: now[0])

    def passed(message: str, times: int, level: int = logging.ERROR) -> int:
        made = (logging.LogRecord("x", level, "", 0, f"{message} {n}", None, None) for n in range(times))
        return sum(map(repeats.passes, made))

    assert passed("no file for socket", 1_000) == WRITTEN
    assert passed("something else", 3) == 3
    assert passed("no file for socket", 3, logging.WARNING) == 3
    assert told == []
    now[0] = WINDOW_SECONDS
    assert passed("another thing", 1) == 1
    assert told == [f"{1_000 - WRITTEN} more lines like this within 60 seconds: no file for socket 0"]
    assert passed("no file for socket", 10) == WRITTEN


def test_kinds_of_lines_do_not_add_up_without_end() -> None:
    """The oldest is told and forgotten when there are too many: nothing of it is lost."""
    told = list[str]()
    repeats = Repeats(lambda record: told.append(record.name), lambda: 0.0)
    for n in range(1_000):
        for _ in range(WRITTEN + 1):
            repeats.passes(logging.LogRecord(f"x{n}", logging.INFO, "", 0, "alike", None, None))
    assert told == [f"x{n}" for n in range(len(told))]
    assert 1_000 - 300 < len(told) < 1_000


@pytest.mark.parametrize("secret", ["p", "a b", "短", "kTr9-canary"])
def test_an_echoed_secret_of_any_length_is_removed_from_what_is_kept(secret: str) -> None:
    configure_logging("INFO", [secret])
    assert secret not in without_secrets(f"<{secret}>")
    assert without_secrets("0912345678") == "0912345678"


@pytest.mark.parametrize(
    ("secret", "said", "kept"),
    [
        ("p", "-27,p wrong password", "-27,[secret] wrong password"),
        ("88", "1088.88,1,1,0,b88", "1088.[secret],1,1,0,b88"),
        ("ab1", "PWD=ab1&x=cab12", "PWD=[secret]&x=cab12"),
        ("&1", "<PWD>&amp;1</PWD> %261 &1", "<PWD>[secret]</PWD> [secret] [secret]"),
    ],
)
def test_a_secret_of_three_characters_is_removed_as_a_word_and_tears_no_other_apart(
    secret: str, said: str, kept: str
) -> None:
    configure_logging("INFO", [secret])
    assert without_secrets(said) == kept
