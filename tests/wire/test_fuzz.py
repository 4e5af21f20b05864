"""Damaged samples through every decoder, for a bounded time: a typed result or UnreadableReply."""

import os
import random
import time

from tests.wire.examples import DECODERS, Sample, load_samples, outcome

# 3 s in `make test`; the long run sets 60.
SECONDS = float(os.environ.get("TEST_FUZZ_SECONDS", "3"))
PIECES = [
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b",",
    b"\t",
    b"\r\n",
    b"<",
    b"<!DOCTYPE",
    b"&",
    b'"',
    b"{",
    b"-",
    b"9" * 40,
]


def damaged(body: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(body))
        until = min(len(body), at + chance.randint(0, 8))
        piece = chance.choice([b"", body[at:until] * 2, chance.randbytes(2), *PIECES])
        body = body[:at] + piece + body[until:]
    return body


def test_a_damaged_reply_is_a_typed_result_or_unreadable_in_every_decoder() -> None:
    seed = int(os.environ.get("TEST_FUZZ_SEED", "1"))
    chance = random.Random(seed)
    samples: list[Sample] = load_samples()
    bodies = [sample.body for sample in samples]
    seen: set[str] = set()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        body = damaged(chance.choice(bodies), chance)
        for read in DECODERS.values():
            seen.add(str(outcome(lambda read=read, body=body: read(body))[0]))
    # Proves that the damage reaches past the first check: each kind of result was seen.
    assert {"unreadable", "refusal", "receipt", "page", "node", "table"} <= seen
