"""Where every setting in force came from: nobody may loosen a rule unseen."""

from collections.abc import Iterator, Sequence

from server.command.examining.finding import Finding, off, right
from server.settings.file import users_file
from server.settings.layers import ENVIRONMENT, SANDBOX, Origins
from tools.sentence import Sentence, sentence


def of_settings(origins: Origins) -> Iterator[Finding]:
    """A line for each place that sets something, and one for the file, also where there is none."""
    by_origin = origins.names_by_origin()
    for topic, origin in ((sentence("sandbox"), SANDBOX), (sentence("environment"), ENVIRONMENT)):
        if origin in by_origin:
            yield right(topic, sentence("sets {names}.", names=", ".join(by_origin[origin])))
    if origins.file is None:
        path = str(users_file())
        yield off(sentence("settings file"), sentence("There is none at {path}.", path=path))
    else:
        file = str(origins.file)
        yield right(sentence("settings file"), _file_sets(file, by_origin.get(file, ())))
    yield off(sentence("defaults"), sentence("Every other setting has its default."))


def _file_sets(file: str, names: Sequence[str]) -> Sentence:
    if not names:
        return sentence("{file} sets nothing that is in force.", file=file)
    return sentence("{file} sets {names}.", file=file, names=", ".join(names))
