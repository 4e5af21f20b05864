"""The one error of all decoders."""


class UnreadableReply(ValueError):  # noqa: N818 (the name says what the reply is; callers read it as a state)
    """A reply does not have the shape that its document gives.

    The text says in our words what was expected. It never quotes the reply: a reply can hold mobile
    numbers, and what a stranger typed. For a call that spends or destroys, the outcome is unknown.
    """
