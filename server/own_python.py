"""A module of this program as a process of its own, in the Python that runs it."""

import re
import sys
from pathlib import Path

PACKAGES = Path(__file__).parents[1]
"""Where our packages are found, so that a process runs the same code from any folder."""
SAID_URL = re.compile(r"http://\S+")
"""Where a process of ours says that it listens, in whatever language."""
_FROM = """
import runpy, sys
packages, module = sys.argv[1:3]
del sys.argv[1:3]
if packages not in sys.path:
    sys.path.insert(0, packages)
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def as_process(module: str, *words: str, isolated: bool = False) -> list[str]:
    """The command that runs a module of ours with these words.

    It imports the very packages that this process runs, also where they are not installed, and nothing from
    the folder that it is started in. Isolated: nothing that the environment or the user added either.
    """
    return [sys.executable, "-I" if isolated else "-P", "-c", _FROM, str(PACKAGES), module, *words]
