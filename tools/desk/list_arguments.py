"""What is wrong with a list, named by the argument in which the caller of an operation gave it."""

from tools.problems import InvalidArgumentError
from tools.sentence import sentence


def named_as(error: InvalidArgumentError, **names: str) -> InvalidArgumentError:
    """The same error under the operation's own name of the argument; `names` by those of a list."""
    name = names.get(error.field)
    if name is None:
        return error
    if error.field == "fields":
        problem = sentence("a {column} in it names no column of the list.")
        return InvalidArgumentError(name, problem, sentence("read_list shows their names."))
    return InvalidArgumentError(name, error.problem, error.fix)
