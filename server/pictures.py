"""Pictures as PNG, made by a process of their own.

The library holds the interpreter while it reads the machine's fonts: every other call would wait for that.
"""

import subprocess
from functools import partial
from subprocess import CalledProcessError

import anyio

from server.languages.catalogue import Language, in_language
from server.own_python import as_process
from tools.export_desk import Draw
from tools.problems import Problem, RefusedError

_SHOWS = {"en": "a", "zh-TW": "送達"}
"""What the fonts must have for a language."""
_ELSE: Language = "en"
_FAILED = Problem(
    code="not_drawn",
    message="Nothing was saved: the chart could not be drawn on this machine.",
    next="The answers of summarize_delivery and get_points_statement have all that a chart shows.",
)


async def drawn_in(language: Language, draw: Draw) -> tuple[bytes, Language]:
    """The picture, and the language of its words: English where no font has what the other one needs.

    Raises:
        RefusedError: it cannot be drawn here.
    """
    for spoken in dict.fromkeys((language, _ELSE)):
        if content := await _rasterised(draw(partial(in_language, language=spoken)), _SHOWS[spoken]):
            return content, spoken
    raise RefusedError(_FAILED)


async def _rasterised(svg: str, shows: str) -> bytes:
    """The PNG; nothing where these characters cannot be shown."""
    command = as_process("server.rasteriser", shows, isolated=True)
    try:
        ended = await anyio.run_process(command, input=svg.encode(), stderr=subprocess.DEVNULL)
    except (OSError, CalledProcessError):
        raise RefusedError(_FAILED) from None
    return ended.stdout
