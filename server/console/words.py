"""A page in its reader's language: the browser's first, then that of the settings."""

from collections.abc import Callable

from starlette.requests import Request

from server.languages.catalogue import Language, in_language
from tools.sentence import Sentence, Value

LANGUAGE_COOKIE = "campaign_ops_language"
LANGUAGES: dict[str, Language] = {"zh": "zh-TW", "en": "en"}
"""By the first part of what a browser asks for."""
Say = Callable[[str], str]


def language_of(request: Request, otherwise: Language) -> Language:
    """What the reader chose, else what the browser prefers of what there is, else the settings' language."""
    asked = request.headers.get("accept-language", "")
    for wish in (request.cookies.get(LANGUAGE_COOKIE, ""), *sorted(asked.split(","), key=_weight)):
        known = LANGUAGES.get(wish.split(";")[0].strip().lower().split("-")[0])
        if known is not None:
            return known
    return otherwise


def sayer(language: Language) -> Say:
    """Says our sentences in this language, and any other text as it stands."""
    return lambda said: in_language(said, language)


def template_words(language: Language) -> dict[str, Callable[..., str]]:
    """`_` and `_n` of a template: a sentence that is written out there, and one with two forms."""

    def one(template: str, **values: Value) -> str:
        return in_language(Sentence.of(template, "", 1, values), language)

    def many(single: str, several: str, count: int, **values: Value) -> str:
        return in_language(Sentence.of(single, several, count, {"count": count, **values}), language)

    return {"_": one, "_n": many}


def _weight(wish: str) -> float:
    """The browser's order of wishes, the strongest first; what cannot be read comes last."""
    _, _, quality = wish.partition(";q=")
    try:
        return -float(quality) if quality else -1.0
    except ValueError:
        return 0.0
