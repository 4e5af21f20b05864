"""A program that prints what it was given: `python -m tests.quick_start.mirror WORD …`."""

import atexit
import json
import os
import sys
import threading

SEEN = {
    "pid": os.getpid(),
    "parent": os.getppid(),
    "leads_its_session": os.getsid(0) == os.getpid(),
    "folder": os.getcwd(),  # noqa: PTH109 - as it is told by the system
    "environment": dict(os.environ),
    "words": sys.argv[1:],
    "typed": sys.stdin.read(),
    "files": len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - with the one that lists them
    "threads": threading.active_count(),
    "imported": "server.command.serve" in sys.modules,
}

if __name__ == "__main__":
    atexit.register(print, "said at the end", file=sys.stderr)
    print(json.dumps(SEEN))  # noqa: T201
    print("said apart", file=sys.stderr)  # noqa: T201
    if "wait" in sys.argv:
        sys.stdout.flush()
        threading.Event().wait()
    sys.exit(3)
