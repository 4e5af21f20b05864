"""What the tests of the decoders share: how many examples, the samples, and results as plain data."""

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import cast

from hypothesis import HealthCheck, settings

from tools.wire import csv_line, csv_table, json_body, tsv, xml_body
from tools.wire.csv_line import Refusal, SendReceipt
from tools.wire.errors import UnreadableReply
from tools.wire.page import Page
from tools.wire.text import decode_text
from tools.wire.xml_body import Node

SAMPLES = Path(__file__).parent / "samples"

# 80 in `make test`; the long run sets 20000.
thorough = settings(
    max_examples=int(os.environ.get("TEST_EXAMPLES", "80")),
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

Decoder = Callable[[bytes], object]

DECODERS: dict[str, Decoder] = {
    "send_receipt": lambda body: csv_line.read_send_receipt(decode_text(body)),
    "points": lambda body: csv_line.read_points(decode_text(body)),
    "erase": lambda body: csv_line.read_erase(decode_text(body)),
    "delivery": lambda body: tsv.read_page(decode_text(body), columns=(5, 6)),
    "replies": lambda body: tsv.read_replies(decode_text(body), page=1),
    "send_json": lambda body: json_body.read_send_json(decode_text(body)),
    "delivery_json": lambda body: json_body.read_delivery_json(decode_text(body)),
    "delivery_xml": xml_body.read_delivery_xml,
    "xml": xml_body.read_xml,
    "table": lambda body: csv_table.read_table(decode_text(body)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    file: str
    decoder: str
    provenance: str
    expected: list[object]

    @property
    def body(self) -> bytes:
        return (SAMPLES / self.file).read_bytes()

    def read(self, body: bytes) -> object:
        return DECODERS[self.decoder](body)


def load_samples() -> list[Sample]:
    index = tomllib.loads((SAMPLES / "index.toml").read_text(encoding="utf-8"))
    return [Sample(**entry) for entry in index["sample"]]


def plain(result: object) -> list[object]:
    """Return a decoder's result as the index writes it."""
    match result:
        case None:
            told: list[object] = ["nothing"]
        case Refusal():
            told = ["refusal", result.code, result.text]
        case SendReceipt():
            amounts = [str(result.credit), result.sent, str(result.points), result.unsent]
            told = ["receipt", *amounts, result.batch_id, list(result.rest)]
        case Decimal():
            told = ["points", str(result)]
        case Page():
            told = ["page", result.total, [list(row) for row in result.rows]]
        case Node():
            told = ["node", result.name, result.text, [plain(child) for child in result.children]]
        case (int(count), Decimal() as points):
            told = ["erased", count, str(points)]
        case _:
            rows = cast("tuple[dict[str, str], ...]", result)
            told = ["table", *([list(cell) for cell in row.items()] for row in rows)]
    return told


def outcome(read: Callable[[], object]) -> list[object]:
    """Return the plain result, or `["unreadable"]`; any other error goes up and fails the test."""
    try:
        return plain(read())
    except UnreadableReply:
        return ["unreadable"]
