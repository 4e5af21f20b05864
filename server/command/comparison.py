"""How it is told that the store's tables are not what the audit says of them."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.store.comparing import Comparison

_WORDS = {
    "unknown": "that no entry of the audit knows: something other than this program inserted",
    "altered": "that are not as the audit's last entry about them says: something else edited",
    "gone": "that the audit knows and the store has not: something else deleted",
}
_WHAT_TO_DO = (
    "Until this is settled, neither what the ledger says was sent nor what the caps count can be relied on. "
    "Find out who writes the store, and compare with the vendor's own records. To go back, put a backup of "
    "the store in its place and run `campaign-ops-mcp audit accept-loss`."
)


def differences(comparisons: "Iterable[Comparison]") -> Iterator[str]:
    """A line for each kind of difference in each table."""
    for each in comparisons:
        for kind, words in _WORDS.items():
            found = getattr(each, kind)
            if found.count:
                yield f"{found.count:,} rows of {each.table} {words} them ({found})."


def told(comparisons: "Iterable[Comparison]") -> Iterator[str]:
    """The differences, what to do about them, and what could not be compared."""
    found = list(differences(comparisons))
    if found:
        yield "The store is NOT as the audit says."
        yield from found
        yield _WHAT_TO_DO
    for each in comparisons:
        if each.not_compared:
            yield f"{each.not_compared:,} rows of {each.table} of an earlier version are not compared."
