"""The process that makes a PNG of an SVG: one comes in, the other goes out (`server/pictures.py`)."""

import sys
from xml.etree import ElementTree as ET

from resvg_py import svg_to_bytes

_ZOOM = 2
"""Two pixels to each of the picture: sharp on the screens of today, and on paper."""
_NOBODYS = "\U000fffff"
"""A character that no font has."""


def main() -> None:
    """Read, draw, write: nothing where a character of the argument is in no font of this machine."""
    picture = sys.stdin.buffer.read().decode()
    fonts = ET.fromstring(picture).get("font-family", "")  # noqa: S314 - our own picture
    if all(_one(each, fonts) != _one(_NOBODYS, fonts) for each in sys.argv[1]):
        sys.stdout.buffer.write(svg_to_bytes(picture, zoom=_ZOOM))


def _one(character: str, fonts: str) -> bytes:
    text = f'<text y="16" font-size="16">{character}</text>'
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" font-family="{fonts}">'
    return svg_to_bytes(f"{frame}{text}</svg>")


if __name__ == "__main__":
    main()
