"""The phone that approves by answering a text, asked for where there is an account to text it from."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr, TypeAdapter, ValidationError

from server.command.terminal import Terminal
from server.settings.policy import approvers_phone, principal
from tools.sentence import Sentence, reason_of, sentence

Prompt = Callable[[Sentence], str]


def ask_for_phone(
    before: Mapping[str, Any], out: Terminal, prompt: Prompt, *, four_eyes: bool
) -> Mapping[str, Any]:
    """The settings of the approval with the phone; as they were where the person gives none."""
    out.say(sentence("A phone can approve sends by answering a text, which costs a point each time."))
    asked = (
        sentence("Mobile number that approves (empty: as it is)")
        if before.get("phone")
        else sentence("Mobile number that approves (empty: none)")
    )
    phone = _valid(asked, out, prompt, lambda typed: approvers_phone(SecretStr(typed)).get_secret_value())
    if not phone:
        return before
    if not four_eyes:
        return {**before, "phone": phone}
    whose = sentence("Whose phone it is, as list_actions names who asks, like local:chen (empty: no phone)")
    owner = _valid(whose, out, prompt, principal)
    return {**before, "phone": phone, "phone_owner": owner} if owner else before


def _valid(asked: Sentence, out: Terminal, prompt: Prompt, check: Callable[[str], str]) -> str:
    """What was typed, asked again until it is right; '' for nothing."""
    while True:
        try:
            return check(prompt(asked))
        except ValueError as error:
            out.say(reason_of(error))


def is_on(written: object) -> bool:
    """Whether a setting that is on or off is on, as a file or the environment writes it."""
    try:
        return TypeAdapter(bool).validate_python(written)
    except ValidationError:
        # The start says what is wrong with it.
        return False
