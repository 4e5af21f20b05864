"""The operator's rules of who approves and how, in plain words, for the person."""

from collections.abc import Iterator

from server.settings.layers import name_of
from server.settings.policy import ApprovalSettings
from tools.mobile import mask_mobile
from tools.sentence import Sentence, plural, sentence


def describe_approving(approval: ApprovalSettings) -> list[dict[str, str]]:
    """The rules in force with their settings' names, as `describe` has those of the policy."""
    return [{"setting": name_of(("approval", name)), "rule": said} for name, said in _words(approval)]


def _words(approval: ApprovalSettings) -> Iterator[tuple[str, Sentence]]:
    yield from _channels(approval)
    yield from _passkeys(approval)
    if approval.four_eyes:
        yield "four_eyes", sentence("Who asked for something cannot approve it.")
    yield from _phone(approval)
    yield from _typed(approval)


def _channels(approval: ApprovalSettings) -> Iterator[tuple[str, Sentence]]:
    if approval.mode == "out_of_band_only":
        yield "mode", sentence("Nothing is approved in a form of the chat.")
    if not approval.out_of_band:
        yield "out_of_band", sentence("Nothing is approved outside of the chat.")


def _passkeys(approval: ApprovalSettings) -> Iterator[tuple[str, Sentence]]:
    if approval.passkeys == "required":
        yield "passkeys", sentence("A passkey has to sign every approval by a person.")
        return
    above = approval.passkey_above_points
    if above is not None:
        said = sentence("Above {points} points a passkey has to sign the approval.", points=f"{above:,f}")
        yield "passkey_above_points", said
    if approval.passkey_for_destroy:
        said = sentence("A passkey has to sign the approval of what cannot be undone.")
        yield "passkey_for_destroy", said


def _phone(approval: ApprovalSettings) -> Iterator[tuple[str, Sentence]]:
    number = approval.phone.get_secret_value()
    if not number:
        return
    yield "phone", sentence("{phone} approves by answering a text.", phone=mask_mobile(number))
    most = f"{approval.phone_max_points:,f}"
    yield "phone_max_points", sentence("By a text: at most {points} points.", points=most)


def _typed(approval: ApprovalSettings) -> Iterator[tuple[str, Sentence]]:
    yield (
        "typed_above_recipients",
        plural(
            "Above {count:,} recipient a person types their number.",
            "Above {count:,} recipients a person types their number.",
            approval.typed_above_recipients,
        ),
    )
    points = f"{approval.typed_above_points:,f}"
    said = sentence("Above {points} points a person types the number of recipients.", points=points)
    yield "typed_above_points", said
