"""What an answer costs, counted with o200k."""

import json
from pathlib import Path

from tests.clients.node import run_node
from tests.e2e.house import Facts

_COUNT = Path(__file__).resolve().parents[2] / "scripts" / "count_tokens.mjs"


async def tokens_of(facts: Facts) -> int:
    """The tokens of an answer's text."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    code, output = await run_node(_COUNT, given={"answer": text})
    assert code == 0
    return json.loads(output)["answer"]
