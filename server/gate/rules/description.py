"""The operator's rules in plain words, for the person and for the assistant."""

from collections.abc import Callable, Collection, Iterator, Mapping

from server.gate.rules.blocked_file import read_blocked_file
from server.gate.rules.policy import entry_host
from server.settings.layers import name_of
from server.settings.policy import PolicySettings, QuietHours
from tools.cleaning import quote
from tools.mobile import mask_mobile
from tools.sentence import Sentence, plural, sentence


def describe(policy: PolicySettings) -> dict[str, object]:
    """Return the rules in force in plain words with their settings' names, and the settings that set none.

    Numbers are masked; of a file only its name and how many numbers it holds.
    """
    words = {name: text for name, text in _words(policy) if text}
    unset = sorted(name_of(("policy", name)) for name in PolicySettings.model_fields if name not in words)
    rules = [{"setting": name_of(("policy", name)), "rule": text} for name, text in words.items()]
    return {"rules": rules, "without_a_rule": unset}


def _words(policy: PolicySettings) -> Iterator[tuple[str, str]]:
    yield "read_only", sentence("Only tools that look can be used.") if policy.read_only else ""
    yield "disabled_tools", _list(_switched_off, policy.disabled_tools)
    yield "blocked_numbers", _list(_never_to, _masks(policy.blocked_numbers))
    yield "blocked_numbers_file", _file_words(policy)
    at_once = sentence("Whoever asks for nothing more is blocked at once.")
    yield "block_opt_outs", at_once if policy.block_opt_outs else ""
    yield "opt_out_words", _list(_opting_out, policy.opt_out_words)
    yield "countries", _list(_only_to, policy.countries)
    for name, words in _CAPS.items():
        cap = getattr(policy, name)
        yield name, "" if cap is None else words(str(cap))
    yield from _undo_words(policy)
    yield "quiet_hours", _quiet_words(policy.quiet_hours) if policy.quiet_hours else ""
    sender = policy.required_sender_name.strip()
    yield "required_sender_name", _holding(quote(sender, limit=40)) if sender else ""
    hosts, phones = policy.allowed_url_hosts, policy.allowed_phone_numbers
    yield "allowed_url_hosts", "" if hosts is None else _hosts_words(hosts)
    yield "allowed_phone_numbers", "" if phones is None else _phones_words(_masks(phones))
    domains = _list(_copies_to, policy.allowed_email_domains)
    yield "allowed_email_domains", domains or sentence("No copy goes by e-mail.")
    yield from _test_words(policy)


def _list(words: Callable[[str], Sentence], items: Collection[str]) -> str:
    return words(", ".join(items)) if items else ""


def _switched_off(names: str) -> Sentence:
    return sentence("These tools are switched off: {names}.", names=names)


def _never_to(numbers: str) -> Sentence:
    return sentence("Never sent to: {numbers}.", numbers=numbers)


def _only_to(countries: str) -> Sentence:
    return sentence("Only sent to numbers of: {countries}.", countries=countries)


def _copies_to(domains: str) -> Sentence:
    return sentence("Copies by e-mail may go only to: {domains}.", domains=domains)


def _opting_out(words: str) -> Sentence:
    return sentence("Replies that opt out, besides the known ones: {words}.", words=words)


def _holding(name: str) -> Sentence:
    return sentence("Every text must hold {name}.", name=name)


def _quiet_words(hours: QuietHours) -> Sentence:
    return sentence(
        "Nothing is sent from {start} to {end} ({zone}).",
        start=f"{hours.start:%H:%M}",
        end=f"{hours.end:%H:%M}",
        zone=hours.time_zone,
    )


def _undo_words(policy: PolicySettings) -> Iterator[tuple[str, str]]:
    if not policy.undo_minutes:
        return
    yield (
        "undo_minutes",
        plural(
            "A larger send at once can be taken back for {count} minute.",
            "A larger send at once can be taken back for {count} minutes.",
            policy.undo_minutes,
        ),
    )
    yield (
        "undo_above_recipients",
        plural(
            "Larger: to more than {count} recipient.",
            "Larger: to more than {count} recipients.",
            policy.undo_above_recipients,
        ),
    )


def _hosts_words(hosts: Collection[str]) -> Sentence:
    if not hosts:
        return sentence("Texts may hold no URLs.")
    return sentence("Texts may hold only these URLs: {hosts}.", hosts=", ".join(map(entry_host, hosts)))


def _phones_words(numbers: Collection[str]) -> Sentence:
    if not numbers:
        return sentence("Texts may hold no phone numbers.")
    return sentence("Texts may hold only these phone numbers: {numbers}.", numbers=", ".join(numbers))


_CAPS: Mapping[str, Callable[[str], Sentence]] = {
    "points_per_call": lambda cap: sentence("At most {cap} points a call.", cap=cap),
    "points_per_day": lambda cap: sentence("At most {cap} points a day.", cap=cap),
    "points_per_month": lambda cap: sentence("At most {cap} points a month.", cap=cap),
    "recipients_per_call": lambda cap: sentence("At most {cap} recipients a call.", cap=cap),
    "recipients_per_day": lambda cap: sentence("At most {cap} recipients a day.", cap=cap),
    "texts_per_recipient_per_day": lambda cap: sentence(
        "At most {cap} texts a day to one recipient.", cap=cap
    ),
    "calls_per_minute": lambda cap: sentence(
        "At most {cap} calls a minute that change something; a decline counts as one.", cap=cap
    ),
}


def _masks(numbers: Collection[str]) -> list[str]:
    return [mask_mobile(number) for number in numbers]


def _file_words(policy: PolicySettings) -> str:
    path = policy.blocked_numbers_file
    if path is None:
        return ""
    file = read_blocked_file(path)
    if file.problem:
        return sentence("Nothing is sent: {problem} ({file}).", problem=file.problem, file=path.name)
    return plural(
        "Never sent to the {count} number in {file}.",
        "Never sent to the {count} numbers in {file}.",
        len(file.numbers),
        file=path.name,
    )


def _test_words(policy: PolicySettings) -> Iterator[tuple[str, str]]:
    if not (policy.test_numbers and policy.test_recipients):
        return
    numbers = ", ".join(_masks(policy.test_numbers))
    yield (
        "test_numbers",
        sentence("Small sends to these numbers need no approval: {numbers}.", numbers=numbers),
    )
    most = policy.test_recipients
    yield (
        "test_recipients",
        plural("Small: at most {count} recipient.", "Small: at most {count} recipients.", most),
    )
    yield "test_points", sentence("Small: at most {points} points.", points=str(policy.test_points))
