"""Numbers as the store keeps them: sealed many at once, each by itself."""

import base64

import pytest

from server.batches.numbers import NumberSeal, SealedNumberError, Who

KEY = bytes(range(32))
THOSE = [Who(f"+8869{number:08}", "王小明") for number in range(50)]


def test_many_are_sealed_in_their_order_and_only_for_their_place() -> None:
    seal = NumberSeal(KEY)
    sealed = seal.seal_each(THOSE, "BATCH-ONE")
    assert [seal.open(each, "BATCH-ONE") for each in sealed] == THOSE
    with pytest.raises(SealedNumberError):
        seal.open(sealed[0], "BATCH-TWO")


def test_each_of_many_is_sealed_with_a_nonce_of_its_own() -> None:
    """Two under one nonce would give each other away."""
    sealed = NumberSeal(KEY).seal_each(THOSE, "BATCH-ONE")
    assert len({base64.b64decode(each)[:12] for each in sealed}) == len(THOSE)
