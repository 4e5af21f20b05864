"""The image of an MMS: known by its content, within the size that the platform takes (EVERY8D 1.2)."""

from dataclasses import dataclass
from typing import Literal

from tools.every8d.charging import MMS_LARGEST
from tools.operation import Surroundings
from tools.problems import InvalidArgumentError

ImageType = Literal["jpg", "png"]
_OPENINGS: tuple[tuple[bytes, ImageType], ...] = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image's content and TYPE, and the size of the whole MMS in bytes."""

    content: bytes
    type: ImageType
    size: int


def read_image(name: str, text: str, surroundings: Surroundings) -> Image:
    """The file of that name, checked together with the text that goes with it.

    Raises:
        InvalidArgumentError: no such file, neither JPEG nor PNG, or above 300 KB with the text.
    """
    content = surroundings.files.get(name)
    if content is None:
        raise InvalidArgumentError(
            "image", "there is no such file.", "Give the name of a file in the folder."
        )
    kinds: list[ImageType] = [kind for opening, kind in _OPENINGS if content.startswith(opening)]
    if not kinds:
        raise InvalidArgumentError(
            "image", "the content is neither JPEG nor PNG.", "Convert it to one of them."
        )
    size = len(content) + len(text.encode())
    if size > MMS_LARGEST:
        raise InvalidArgumentError("image", "above 300 KB together with the text.", "Make the image smaller.")
    return Image(content=content, type=kinds[0], size=size)
