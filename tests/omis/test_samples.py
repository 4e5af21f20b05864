"""Each sample answer means what the index says."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.omis.driving import BY_NAME, parse, query
from tools.operation import Action, Reply
from tools.problems import RefusedError
from tools.wire.errors import UnreadableReply

SAMPLES = Path(__file__).parent / "samples"
INDEX: list[dict[str, Any]] = tomllib.loads((SAMPLES / "index.toml").read_text("utf-8"))["sample"]
QUERIES = [sample for sample in INDEX if "expected" in sample]
ACTIONS = [sample for sample in INDEX if isinstance(BY_NAME[sample["tool"]], Action)]


def _file(sample: dict[str, Any]) -> str:
    return str(sample["file"])


def _reply(sample: dict[str, Any]) -> Reply:
    return Reply(status=200, body=(SAMPLES / sample["file"]).read_bytes())


def test_every_sample_file_is_in_the_index_and_names_its_source() -> None:
    assert sorted(map(_file, INDEX)) == sorted(
        path.name for path in SAMPLES.iterdir() if path.suffix != ".toml"
    )
    assert all(
        "inferred" in sample["provenance"] and "document 00" in sample["provenance"] for sample in INDEX
    )


@pytest.mark.parametrize("sample", QUERIES, ids=_file)
def test_a_queried_sample_means_what_the_index_says(sample: dict[str, Any]) -> None:
    result, _ = query(sample["tool"], sample["arguments"], _reply(sample))
    records = [record.model_dump(exclude_defaults=True) for record in result.records]
    assert records == sample["expected"]
    assert (result.total, result.page, result.pages) == (len(records), 1, min(1, len(records)))
    assert sample.get("note", "") in result.note
    assert bool(result.note) == ("note" in sample)


@pytest.mark.parametrize("sample", ACTIONS, ids=_file)
def test_an_action_is_accepted_on_its_sample(sample: dict[str, Any]) -> None:
    assert parse(sample["tool"], sample["arguments"], _reply(sample)).accepted is True


@pytest.mark.parametrize("sample", [sample for sample in INDEX if "refused" in sample], ids=_file)
def test_a_refusal_is_one(sample: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as refused:
        query(sample["tool"], sample["arguments"], _reply(sample))
    assert refused.value.problem.vendor_code == sample["refused"]


@pytest.mark.parametrize("sample", [sample for sample in INDEX if "xml" in sample["file"]], ids=_file)
def test_an_xml_sample_cut_anywhere_is_unreadable(sample: dict[str, Any]) -> None:
    read = parse if sample in ACTIONS else query
    whole = _reply(sample).body.rstrip()
    for length in range(0, len(whole), 7):
        cut = Reply(status=200, body=whole[:length])
        with pytest.raises(UnreadableReply):
            read(sample["tool"], sample["arguments"], cut)
