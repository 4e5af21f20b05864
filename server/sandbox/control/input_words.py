"""What is wrong with a control request, in our words."""

from collections.abc import Iterable

from pydantic_core import ErrorDetails

_KINDS = {
    "float": "is not a number",
    "int": "is not a whole number",
    "bool": "write true or false",
    "string": "is not a text",
    "finite": "is not a number",
    "model": "the body is no JSON object",
}
"""By the first word of pydantic's type of error."""
_LIMITS = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le")}


def problem(error: ErrorDetails, known: Iterable[str]) -> str:
    """One mistake: the field and what to write; `known` are the fields there are."""
    place = ".".join(map(str, error["loc"]))
    return ": ".join(filter(None, (place, _words(error, known))))


def _words(error: ErrorDetails, known: Iterable[str]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _LIMITS:
        words, limit = _LIMITS[kind]
        return f"must be {words} {context[limit]:g}"
    match kind:
        case "value_error":
            return str(context["error"])
        case "missing":
            return "is needed"
        case "extra_forbidden":
            return f"no such field; there are {', '.join(known)}"
        case "literal_error":
            return f"write {str(context['expected']).replace(chr(39), '')}"
        case "string_pattern_mismatch":
            return f"must match {context['pattern']}"
        case "json_invalid":
            return "the body is no JSON object"
        case _:
            return _KINDS.get(kind.split("_")[0], "cannot be used")
