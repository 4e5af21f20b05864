"""A number of things, as a sentence says it."""


def many(count: int, thing: str, things: str = "") -> str:
    """`1 batch`, `2 batches`: `things` is given where it is not the word with an s."""
    return f"{count} {thing if count == 1 else things or f'{thing}s'}"
