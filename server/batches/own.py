"""A caller's own batches, as the store chooses them."""

from server.ledger.whose import Whose
from server.store.batches import BatchFilter


def own(whose: Whose | None) -> BatchFilter:
    """Every batch of a caller; None: everybody's."""
    if whose is None:
        return BatchFilter()
    return BatchFilter(principal=whose.principal, elsewhere=whose.elsewhere)
