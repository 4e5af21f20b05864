"""The store, and the audit in it."""

from collections.abc import AsyncGenerator

from server.command.common import person
from server.command.comparison import examined, put_back
from server.command.examining.finding import Finding, failed, off, right
from server.folders import folder_of, head_file_of
from server.ledger.notes import Note
from server.parts import Parts
from server.settings.settings import Settings
from server.store.engine import is_sqlite, read_url
from server.store.errors import StoreUnavailableError
from server.store.head_file import read_head
from server.store.key_file import KeyFileError
from tools.sentence import plural, reason_of, sentence


async def of_store(parts: Parts) -> Finding:
    """Opened, migrated, and written to: the line in the audit is the proof. Beside it, what a send needs."""
    topic = sentence("store")
    try:
        await parts.journal.record(Note(what="doctor", principal=person(), channel="terminal"))
        parts.journal.past.heads.check()
        await parts.journal.past.heads.until_nobody_writes()
        async with parts.journal.room():
            pass
        await parts.memory.keeper.seal()
    except StoreUnavailableError as error:
        fix = (
            sentence("Check CAMPAIGN_OPS_STORE__URL, and that the database runs.")
            if parts.settings.store.url.get_secret_value()
            else sentence("Check CAMPAIGN_OPS_STORE__FOLDER, its permissions and the free space.")
        )
        return failed(topic, reason_of(error), fix)
    if parts.journal.past.lost:
        fix = sentence(
            "Whatever costs or destroys is refused. Put the right store back, or run "
            "`campaign-ops-mcp audit accept-loss`."
        )
        return failed(topic, sentence("The past is lost: {loss}.", loss=parts.journal.past.lost), fix)
    return right(topic, sentence("{where} opens and can be written.", where=where(parts.settings)))


async def of_audit(parts: Parts) -> AsyncGenerator[Finding]:
    """The audit is intact, and the store is what it says; the database's own triggers are put back."""
    topic = sentence("audit")
    try:
        found = await examined(parts, read_head(head_file_of(parts.settings)))
        if found.missing:
            await put_back(parts, found.missing)
    except (StoreUnavailableError, KeyFileError) as error:
        yield failed(topic, reason_of(error))
        return
    for line in found.told():
        yield failed(topic, line)
    for line in found.not_compared():
        yield off(topic, line)
    if found.ok:
        text = plural(
            "{count:,} entry is intact, and the store is as it says.",
            "{count:,} entries are intact, and the store is as they say.",
            found.chain.entries,
        )
        yield right(topic, text)


def where(settings: Settings) -> str:
    """Where the store is. Never its URL itself, which holds the database's password."""
    written = settings.store.url.get_secret_value()
    if not written:
        return str(folder_of(settings))
    url = read_url(written)
    return str(url.database) if is_sqlite(url) else f"{url.host or 'local'}/{url.database}"
