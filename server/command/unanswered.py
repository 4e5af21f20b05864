"""What a command raises where a person ends it at a question."""

from tools.sentence import Sentence


class UnansweredError(Exception):
    """A person ended the command at a question; `left` says what did not happen."""

    def __init__(self, left: Sentence) -> None:
        super().__init__(left)
        self.left = left
