"""A question finds its tool, whichever way a host divides Chinese into terms."""

from collections.abc import Sequence
from typing import get_args

import pytest

from tests.finding.bm25 import Divide, Index, bigrams, both, unigrams
from tests.finding.questions import Language, Part, Question, every_text, questions
from tools.catalog import every_operation
from tools.operation import Risk

FIRST = 5
LEAST_OF_A_LANGUAGE = 120
BARS: dict[Language, float] = {"en": 0.90, "zh": 0.90}
DIVISIONS: tuple[Divide, ...] = (bigrams, unigrams, both)
PARTS: tuple[Part, ...] = get_args(Part)
RISKS = {operation.name: operation.risk for operation in every_operation()}

each_division = pytest.mark.parametrize("divide", DIVISIONS, ids=lambda divide: divide.__name__)
each_part = pytest.mark.parametrize("part", PARTS)
each_language = pytest.mark.parametrize("language", get_args(Language))


def _all(language: Language) -> list[Question]:
    return [question for part in PARTS for question in questions(language, part)]


def _lost(index: Index, asked: Sequence[Question]) -> list[str]:
    """The questions that have no right tool among the first five."""
    return [each.words for each in asked if not each.right & {*index.nearest(each.words)[:FIRST]}]


@each_division
@each_language
@each_part
def test_a_right_tool_is_among_the_first_five(language: Language, part: Part, divide: Divide) -> None:
    asked = questions(language, part)
    lost = _lost(Index(every_text(), divide), asked)
    assert 1 - len(lost) / len(asked) >= BARS[language], lost


@each_division
@each_language
def test_no_question_that_only_asks_finds_first_what_destroys(language: Language, divide: Divide) -> None:
    index = Index(every_text(), divide)
    only_ask = [each for each in _all(language) if all(RISKS[tool] is Risk.READ for tool in each.right)]
    firsts = {each.words: index.nearest(each.words)[:1] for each in only_ask}
    assert {
        words: first for words, first in firsts.items() if first and RISKS[first[0]] is Risk.DESTROY
    } == {}


@each_language
def test_there_are_enough_questions_and_each_is_asked_once(language: Language) -> None:
    words = [each.words for each in _all(language)]
    assert len(words) == len(set(words)) >= LEAST_OF_A_LANGUAGE


@each_language
@each_part
def test_every_tool_is_asked_for_in_every_part(language: Language, part: Part) -> None:
    assert {tool for each in questions(language, part) for tool in each.right} == set(RISKS)


@each_language
def test_the_gauge_notices_descriptions_that_say_nothing(language: Language) -> None:
    names = {name: name.replace("_", " ") for name in RISKS}
    asked = _all(language)
    assert 1 - len(_lost(Index(names, bigrams), asked)) / len(asked) < BARS[language]
