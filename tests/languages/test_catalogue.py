"""The catalogue has each sentence of the code and no other, with the same places for values."""

import ast
import re
from string import Formatter

import pytest
from typer import core, rich_utils

from scripts import sentences
from server.command.usage import TYPERS
from server.languages.catalogue import in_language
from tests.languages.po import catalogue
from tools.sentence import Sentence, plural, sentence, together

TRANSLATED = catalogue()
WITHOUT_CHINESE = {
    ("{first}, {more}", ""),
    ("{reason}: {count}", ""),
    ("{mark} {said}", ""),
    ("{number} {title}", ""),
    ("{state} ({why})", ""),
    ("✗ {why}", ""),
    ("every8d or omis", ""),
    ("{first} {second}", ""),
    ("{first} and {second}", ""),
    ("{first} to {last}", ""),
    ("{first}; {second}", ""),
    ("{field}: {problem}", ""),
    ("{field}: {problem} {fix}", ""),
    ("{name}: {said}", ""),
    ("{setting}: {rule} ({origin})", ""),
    ("{what}.", ""),
    ("{where}: {said}", ""),
    ("{who} ({way})", ""),
    ("{reason}.", ""),
    ("「{word}」", ""),
    ("“{text}”", ""),
    ("{what}, {notes}", ""),
    ("{effect}?", ""),
    ("{question} [y/n] ", ""),
    ("{setting} in {file}", ""),
    ("{id}  {tool}  {state}", ""),
    ("{time}  {state}", ""),
}
"""What is put together of other sentences, and holds no word of its own."""


def places(template: str) -> list[tuple[str, str, str | None]]:
    """The places for values, with how each is written."""
    parsed = Formatter().parse(template)
    return sorted((name, spec or "", conversion) for _, name, spec, conversion in parsed if name is not None)


def test_every_sentence_of_the_code_is_in_the_catalogue_and_no_other() -> None:
    assert set(TRANSLATED) == set(sentences.found())


def test_every_sentence_has_its_chinese() -> None:
    without = {key for key, said in TRANSLATED.items() if not re.search("[㐀-鿿]", said)}
    assert without <= WITHOUT_CHINESE
    assert all(TRANSLATED.values())


def test_no_chinese_sentence_ends_in_the_punctuation_of_the_other_language() -> None:
    assert [said for said in TRANSLATED.values() if re.search("[㐀-鿿][.,:;!?]", said)] == []


def test_both_languages_have_the_same_places_for_values() -> None:
    for (one, many), said in TRANSLATED.items():
        if "{{" in one:
            assert "{{" in said
            continue
        assert places(said) == places(many or one), one
        assert {name for name, *_ in places(one)} <= {name for name, *_ in places(many or one)}, one


def test_what_a_command_would_type_stands_in_both_languages() -> None:
    for (one, many), said in TRANSLATED.items():
        assert sorted(re.findall("`[^`]+`", many or one)) == sorted(re.findall("`[^`]+`", said))
        assert set(re.findall(r"CAMPAIGN_OPS_\w+|--[a-z]+", one)) == set(
            re.findall(r"CAMPAIGN_OPS_\w+|--[a-z]+", said)
        )


def test_a_sentence_that_is_not_written_out_is_found() -> None:
    for code in ("sentence(text)", "sentence('a' + b)", "plural('a', many, 2)", "sentence(f'{a}')"):
        with pytest.raises(sentences.NoTemplateError):
            list(sentences.in_code(code, "a.py"))
    (found,) = sentences.in_code("plural('{count} a', '{count} as', n)", "a.py")
    assert found.key == ("{count} a", "{count} as")


def test_every_place_for_a_value_gets_one() -> None:
    """Of what the code calls: a place without a value would fail when it is said."""
    for path in (
        *sorted(sentences.ROOT.glob("server/**/*.py")),
        *sorted(sentences.ROOT.glob("tools/**/*.py")),
    ):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in ("sentence", "plural"):
                continue
            texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
            given = {each.arg for each in node.keywords}
            if not given or None in given:
                continue
            wanted = {name for text in texts for name, *_ in places(str(text))}
            assert wanted - {"count"} == given - {"count"}, (path, node.lineno)


def test_what_a_person_is_asked_and_what_is_wrong_with_settings_are_sentences() -> None:
    """A bare text in their place would be English whatever the language."""
    bare = [
        (path.name, node.lineno)
        for path in (*sentences.ROOT.glob("tools/**/*.py"), *sentences.ROOT.glob("server/settings/*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        for value in _for_people(node, of_settings=path.parent.name == "settings")
        if isinstance(value, ast.Constant | ast.JoinedStr)
    ]
    assert bare == []


def _for_people(call: ast.Call, *, of_settings: bool) -> list[ast.expr]:
    name = getattr(call.func, "id", "")
    if of_settings and name in ("ValueError", "Mistake", "SettingsError"):
        return call.args[:1]
    return [each.value for each in call.keywords if each.arg == "effect" and name in ("Preview", "Send")]


def test_what_is_put_in_is_data_whatever_stands_in_it() -> None:
    hostile = "{0.__class__} {name} %s Nothing was sent."
    assert sentence("There is no action {id}.", id=hostile) == f"There is no action {hostile}."
    assert in_language(sentence("There is no action {id}.", id=hostile), "zh-TW") == f"沒有動作 {hostile}。"
    assert in_language(sentence("{where}: {said}", where="Nothing was sent.", said="x"), "zh-TW").startswith(
        "Nothing was sent."
    )


def test_a_sentence_within_a_sentence_is_said_in_its_language() -> None:
    inner = plural("{count} hour", "{count} hours", 2)
    said = together(sentence("Nothing was sent."), sentence("Expires at {time}", time=inner))
    assert said == "Nothing was sent. Expires at 2 hours"
    assert in_language(said, "zh-TW") == "未發送任何訊息。有效期限 2 小時"


def test_one_is_one_and_several_are_several() -> None:
    counted = [plural("{count} page", "{count} pages", number) for number in (0, 1, 2)]
    assert counted == ["0 pages", "1 page", "2 pages"]
    assert [in_language(each, "zh-TW") for each in counted] == ["0 頁", "1 頁", "2 頁"]


def test_what_is_no_sentence_of_ours_stays_as_it_is() -> None:
    assert in_language("Nothing was sent.", "zh-TW") == "Nothing was sent."
    assert in_language(Sentence.of("nobody wrote this", "", 1, {}), "zh-TW") == "nobody wrote this"
    assert in_language(Sentence.of("", "", 1, {}), "zh-TW") == ""


def test_typer_still_says_what_the_catalogue_has_for_it() -> None:
    """What it looks up with gettext; a new version may say it otherwise, and then in English again."""
    said = {value for value in vars(rich_utils).values() if isinstance(value, str)}
    source = "".join(str(constant) for constant in _constants(core.__file__))
    known = [each for each in TYPERS if each not in said and each not in source]
    assert set(known) <= {"Show this message and exit."}


def _constants(file: str | None) -> list[object]:
    assert file is not None
    with open(file, encoding="utf-8") as code:  # noqa: PTH123 - a module's own file
        return [node.value for node in ast.walk(ast.parse(code.read())) if isinstance(node, ast.Constant)]
