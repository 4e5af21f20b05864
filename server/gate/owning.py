"""Whose things these are: over HTTP with tokens, each principal sees and acts on its own alone.

A batch belongs to whose send got it. What was sent elsewhere (no action of ours has the batch) belongs to the
local user, and to the token that the settings name. Launches and jobs are the account's own, and so shared.
"""

from typing import Any

from server.gate.caller import TOKEN, Caller, token_principal
from server.gate.words.sentences import no_such_batch
from server.ledger.book import Book
from server.ledger.whose import Whose
from server.settings.settings import HttpSettings
from tools.desk_operation import AnyOperation
from tools.operation import Params
from tools.problems import RefusedError

BATCH_ARGUMENT = "batch_id"
"""The one name under which an operation takes a batch; a test holds every operation to it."""


def batch_of(params: Params) -> str | None:
    """The batch that the arguments name."""
    # A model that is asked for what it has not takes long to say so.
    return getattr(params, BATCH_ARGUMENT) if BATCH_ARGUMENT in type(params).model_fields else None


class Owning:
    """What belongs to whom, by the settings."""

    def __init__(self, settings: HttpSettings, book: Book) -> None:
        self._settings = settings
        self._book = book

    def limits_of(self, principal: str) -> Whose | None:
        """Which batches are this principal's; None where everything is everybody's."""
        if self._settings.shared or not self._settings.tokens:
            return None
        named = token_principal(self._settings.owner_of_foreign)
        return Whose(principal=principal, elsewhere=principal == named or not principal.startswith(TOKEN))

    def shelf_of(self, principal: str) -> str | None:
        """The folder below that of the reports in which this principal's are; None where all are read."""
        if self.limits_of(principal) is None:
            return None
        return principal.removeprefix(TOKEN) if principal.startswith(TOKEN) else ""

    async def check(self, operation: AnyOperation, params: Any, caller: Caller) -> None:
        """What every call passes before anything is asked of a vendor.

        Raises:
            RefusedError: the named batch is another's, or one that does not exist: the same words.
            StoreUnavailableError: whose it is cannot be told now.
        """
        batch_id = batch_of(params)
        if not batch_id or operation.vendor is None:
            # The desk's own lists show a principal's actions alone.
            return
        whose = self.limits_of(caller.principal)
        if whose is not None and not await self._book.batch_belongs(batch_id, whose):
            raise RefusedError(no_such_batch(operation))
