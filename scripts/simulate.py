"""Plays simulated worlds, one for each seed, and tells which of them broke an invariant.

`make simulate SEEDS=20000` plays many; `make simulate START=17 SEEDS=1` replays seed 17 and prints its trace.
"""

import argparse
import gc
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.simulation.world import Run, run

_CHUNK = 20
_SHOWN = 20


def main() -> int:
    """Play the seeds; 1 when any broke an invariant."""
    parser = argparse.ArgumentParser(
        description="Play simulated worlds of the gate, the ledger and a lossy vendor."
    )
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1_000, help="how many seeds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes")
    asked = parser.parse_args()
    if asked.seeds == 1:
        return _replay(asked.start)
    return _play(range(asked.start, asked.start + asked.seeds), asked.jobs)


def _replay(seed: int) -> int:
    _quiet()
    found = run(seed)
    print("\n".join(found.lines))
    print("\n".join(found.violations) or f"seed {seed}: no violation")
    return 1 if found.violations else 0


def _play(seeds: range, jobs: int) -> int:
    chunks = [seeds[at : at + _CHUNK] for at in range(0, len(seeds), _CHUNK)]
    began, said, played, posts, answers = time.monotonic(), 0.0, 0, 0, 0
    broken: list[Run] = []
    with ProcessPoolExecutor(jobs, initializer=_quiet) as pool:
        for runs in pool.map(_chunk, chunks):
            played += len(runs)
            posts += sum(found.posts for found in runs)
            answers += sum(found.answers for found in runs)
            fresh = [found for found in runs if found.violations]
            broken += fresh
            for found in fresh[: _SHOWN if len(broken) < _SHOWN else 0]:
                print(f"seed {found.seed}: {found.violations[0]}", flush=True)
            if time.monotonic() - began > said:
                said += 10
                print(f"{played} of {len(seeds)} seeds, {len(broken)} broken", flush=True)
    rate = played / (time.monotonic() - began)
    print(f"{played} seeds, {rate:.0f} seeds/s on {jobs} processes: {answers} answers, {posts} POSTs")
    _tell(broken)
    return 1 if broken else 0


def _chunk(seeds: Sequence[int]) -> list[Run]:
    return [run(seed, traced=False) for seed in seeds]


def _quiet() -> None:
    logging.disable(logging.CRITICAL)
    gc.set_threshold(200_000, 20, 20)


def _tell(broken: list[Run]) -> None:
    print(f"{len(broken)} seeds broke an invariant")
    kinds = Counter(found.kind() for found in broken)
    for kind, count in kinds.most_common(_SHOWN):
        first = next(found.seed for found in broken if found.kind() == kind)
        print(f"{count:6}  {kind}\n        make simulate START={first} SEEDS=1")


if __name__ == "__main__":
    sys.exit(main())
