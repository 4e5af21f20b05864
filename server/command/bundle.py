"""The start of the bundle for Claude Desktop: what was filled in of its form becomes settings.

A host hands over every field of the form. What nobody filled in comes as an empty text, as its own place in
the manifest, or as what JavaScript writes for nothing; no setting may be empty, so such a field is taken out.
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

from server.command import cli
from server.settings.file import NoAccountError, SettingsError, read_settings_file
from server.settings.layers import Place, name_of
from tools.sentence import Sentence, sentence


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form: the setting that it is, and its title, which is in both languages at once."""

    setting: Place
    title: str


FORM: Mapping[str, Field] = MappingProxyType(
    {
        "every8d_uid": Field(("every8d", "uid"), "EVERY8D account 帳號"),
        "every8d_password": Field(("every8d", "password"), "EVERY8D password 密碼"),
        "omis_login_name": Field(("omis", "login_name"), "OMIS account 帳號"),
        "omis_password": Field(("omis", "password"), "OMIS password 密碼"),
        "points_per_day": Field(("policy", "points_per_day"), "Points a day 每日點數上限"),
        "language": Field(("language",), "Language 語言: en, zh-TW"),
        "sandbox": Field(("sandbox",), "Try it without an account 不用帳號試用"),
    }
)
"""What the manifest's `user_config` asks for, by its names there."""
POINTS_OF_NOBODYS_CHOICE = 500
"""The limit of a day where neither the form nor the person's own file sets one.

No default of the form: a host would hand that over as if it had been filled in, over the person's own file.
"""
_SANDBOX = name_of(FORM["sandbox"].setting)
"""No setting: an option of the command line."""
_TITLES = {name_of(field.setting): field.title for field in FORM.values()}
_NOTHING = ("", "null", "undefined")
_NAME = re.compile("[A-Z0-9_]+")


def asked_as(name: str) -> str:
    """The place in the manifest that a host fills with what stands in this field."""
    return f"${{user_config.{name}}}"


def leave_out_what_was_not_given() -> None:
    """Take the fields that nobody filled in out of the environment, which child processes inherit."""
    for name, field in FORM.items():
        setting = name_of(field.setting)
        if os.environ.get(setting, "").strip() in (*_NOTHING, asked_as(name)):
            os.environ.pop(setting, None)


def options_of_the_form() -> list[str]:
    """Make settings of what was filled in, and return the options that it means."""
    leave_out_what_was_not_given()
    limit = FORM["points_per_day"].setting
    if name_of(limit) not in os.environ and not _stands_in_the_own_file(limit):
        os.environ[name_of(limit)] = str(POINTS_OF_NOBODYS_CHOICE)
    return ["--sandbox"] if os.environ.pop(_SANDBOX, "") == "true" else []


def _stands_in_the_own_file(setting: Place) -> bool:
    try:
        file = read_settings_file(None)
    except SettingsError:
        # The start says what is wrong with it.
        return False
    values: object = {} if file is None else file.values
    for name in setting:
        values = cast("Mapping[str, object]", values).get(name) if isinstance(values, Mapping) else None
    return values is not None


def in_the_forms_words(wrong: SettingsError) -> Iterator[str]:
    """What is wrong, for a person who sees the form and no names of the environment."""
    if isinstance(wrong, NoAccountError):
        titles = {name: field.title for name, field in FORM.items()}
        yield sentence(
            'No vendor account is given. In the settings of this extension fill in "{every8d_uid}" and '
            '"{every8d_password}", or "{omis_login_name}" and "{omis_password}", or all four; or switch on '
            '"{sandbox}".',
            **titles,
        )
        return
    for line in wrong.lines:
        yield line.then(_by_title) if isinstance(line, Sentence) else _by_title(line)


def _by_title(said: str) -> str:
    return _NAME.sub(lambda name: f'"{_TITLES[name[0]]}"' if name[0] in _TITLES else name[0], said)


def main() -> None:
    """The entry point: the command line's own, with the form's fields and in its words."""
    sys.argv += options_of_the_form()
    cli.main(in_the_forms_words)


if __name__ == "__main__":
    main()
