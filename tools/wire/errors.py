"""The errors of all decoders."""


class UnreadableReply(ValueError):  # noqa: N818 (the name says what the reply is; callers read it as a state)
    """A reply does not have the shape that its document gives.

    The text says in our words what was expected. It never quotes the reply: a reply can hold mobile
    numbers, and what a stranger typed. For a call that spends or destroys, the outcome is unknown.
    """


class ForeignReply(ValueError):  # noqa: N818 (as above)
    """A reply can be read, and cannot be the answer to this call: what became of the call is unknown.

    The text says why, in our words.
    """
