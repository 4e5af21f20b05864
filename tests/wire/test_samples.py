"""Each sample reply means what the index says, and no part of one means more."""

from typing import cast

import pytest

from tests.wire.examples import DECODERS, SAMPLES, Sample, load_samples, outcome, plain
from tools.wire.refusal import trim
from tools.wire.text import decode_text

Rows = list[list[str]]
NOT_SAMPLES = {"index.toml", ".gitattributes"}
EVERY_SAMPLE = [pytest.param(sample, id=sample.file) for sample in load_samples()]


@pytest.mark.parametrize("sample", EVERY_SAMPLE)
def test_a_sample_means_what_the_index_says(sample: Sample) -> None:
    assert plain(sample.read(sample.body)) == sample.expected


def test_every_sample_file_is_in_the_index_once() -> None:
    files = sorted(
        path.name for path in SAMPLES.iterdir() if path.name not in {"index.toml", ".gitattributes"}
    )
    assert sorted(sample.file for sample in load_samples()) == files


def test_every_decoder_has_a_sample() -> None:
    assert {sample.decoder for sample in load_samples()} == set(DECODERS)


@pytest.mark.parametrize("sample", EVERY_SAMPLE)
def test_a_sample_names_where_it_comes_from(sample: Sample) -> None:
    assert sample.provenance.startswith(("document 00", "observed", "later document", "inferred"))


@pytest.mark.parametrize("sample", EVERY_SAMPLE)
def test_a_sample_cut_at_any_byte_is_no_other_success(sample: Sample) -> None:
    body = sample.body
    for length in range(len(body)):
        cut = outcome(lambda length=length: sample.read(body[:length]))
        assert _claims_no_more(sample.expected, cut, body[:length]), (length, cut)


def _claims_no_more(whole: list[object], cut: list[object], body: bytes) -> bool:
    """Say whether the cut answer claims nothing that the whole one does not."""
    if cut in (["unreadable"], whole):
        return True
    match whole, cut:
        case ["refusal", *_], ["refusal", *_]:
            honest = True  # Still a refusal: nothing was sent.
        case [str(), *_], ["nothing"]:
            honest = not trim(decode_text(body))  # An empty erase answer: the HTTP layer's check.
        case ["receipt", *first, rest], ["receipt", *other, left]:
            honest = first == other and _joined(rest).startswith(_joined(left))
        case ["points", str(points)], ["points", str(other)]:
            honest = points.startswith(other)  # A shorter number: the HTTP layer's check.
        case ["erased", count, _], ["erased", other, _]:
            honest = count == other
        case ["page", total, rows], ["page", other, left]:
            honest = total == other and _rows_are_part(cast("Rows", rows), cast("Rows", left))
        case ["table", *rows], ["table", *left]:
            honest = rows[: len(left)] == left
        case _:
            honest = False
    return honest


def _joined(rest: object) -> str:
    return ",".join(cast("list[str]", rest))


def _rows_are_part(whole: Rows, left: Rows) -> bool:
    """Say whether the rows are the first of the whole; the last may lack its time of receipt."""
    if not left:
        return True
    *before, last = left
    same = whole[len(before)]
    return before == whole[: len(before)] and (last == same or (last[:5] == same[:5] and not any(last[5:])))
