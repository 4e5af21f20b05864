"""What is logged while a command runs is a line for the person, and never what ends the command."""

import io
import logging
import sys

import pytest

from server.command.log_lines import LogLines


def logged(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, said: str, *about: str) -> None:
    """A warning, as every handler of the log gets it."""
    monkeypatch.setattr(sys, "stderr", stream)
    LogLines().handle(logging.LogRecord("server", logging.WARNING, __file__, 1, said, about, None))


def test_a_warning_is_a_line_without_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    logged(stderr := io.StringIO(), monkeypatch, "to %s", "0912345678")
    assert stderr.getvalue() == "to 0912***678\n"


def test_a_record_whose_arguments_do_not_fit_is_shown_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    logged(stderr := io.StringIO(), monkeypatch, "%d of 0912345678", "one")
    assert stderr.getvalue() == "%d of 0912***678 (its arguments do not fit)\n"


def test_a_command_goes_on_where_stderr_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    (closed := io.StringIO()).close()
    logged(closed, monkeypatch, "The store is busy.")
