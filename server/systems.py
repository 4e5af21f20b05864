"""What differs between operating systems, in one place."""

import os
import re
import shlex
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_ROOT = 0
_PLAIN = re.compile(r"[\w.:\\/-]+")
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH

if sys.platform == "win32":

    def shell_line(words: Sequence[str], environment: Mapping[str, str]) -> str:
        """A command as it is typed in PowerShell, with what it needs in the environment."""
        settings = [f"$env:{name}={_quoted(value)}; " for name, value in environment.items()]
        program, *arguments = words
        called = program if program.replace("-", "").isalnum() else f"& {_quoted(program)}"
        shown = [each if _PLAIN.fullmatch(each) else _quoted(each) for each in arguments]
        return "".join(settings) + " ".join([called, *shown])

    def _quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    def why_not_trusted(path: Path) -> str:
        """Always empty: who may write stands in access lists here, which are not read (docs/systems.md)."""
        return ""

else:

    def shell_line(words: Sequence[str], environment: Mapping[str, str]) -> str:
        """A command as it is typed in a shell, with what it needs in the environment."""
        settings = [f"{name}={shlex.quote(value)} " for name, value in environment.items()]
        return "".join(settings) + shlex.join(words)

    def why_not_trusted(path: Path) -> str:
        """Who besides the user and root could change the file or put another in its place; empty for nobody.

        The folders above count, and so do those of what a link points to: whoever may write one of them can
        replace what is in it, unless its sticky bit stands.

        Raises:
            OSError: the file is not there, or cannot be looked at.
        """
        if problem := _why_not_private(path):
            return problem
        folders = dict.fromkeys([*path.parents, *path.resolve(strict=True).parents])
        return next(filter(None, (_why_not_private(folder) for folder in folders)), "")

    def _why_not_private(path: Path) -> str:
        status = path.stat()
        if status.st_uid not in (_ROOT, os.geteuid()):
            return f"{path} belongs to another user. Give it to the user who runs this program"
        sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
        if status.st_mode & _OTHERS_WRITE and not sticky:
            return f"others may write {path}. Run `chmod go-w '{path}'`"
        return ""
