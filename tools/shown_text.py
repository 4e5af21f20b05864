"""A campaign's text as its question shows it: the template, and behind it its longest fillings."""

from collections.abc import Iterable

_FIRST = "\n\n#1\n"


def with_fillings(text: str, longest: Iterable[str]) -> str:
    """The template with the texts of those whose values make it longest."""
    return "\n\n".join(
        [text, *(f"#{number}\n{filled}" for number, filled in enumerate(dict.fromkeys(longest), 1))]
    )


def without_fillings(shown: str) -> str:
    """The template alone: fillings are people's own texts."""
    return shown.partition(_FIRST)[0]
