"""`python -m server.sandbox [--port N]`."""

import argparse
import contextlib
import sys

import anyio

from server.sandbox.run import serve_sandbox


def _say_ready(url: str) -> None:
    sys.stderr.write(f"sandbox ready at {url}\n")
    sys.stderr.flush()


async def _serve(port: int) -> None:
    await serve_sandbox(port, on_ready=_say_ready)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m server.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (default) takes a free one")
    with contextlib.suppress(KeyboardInterrupt):
        anyio.run(_serve, parser.parse_args().port)


if __name__ == "__main__":
    main()
