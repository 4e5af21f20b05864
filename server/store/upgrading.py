"""Running the missing migrations. Alembic, which is slow to import, stands here alone."""

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from server.store.errors import StoreUnavailableError
from tools.sentence import sentence


def upgrade(conn: Connection) -> None:
    """Bring the schema to the newest, in the connection's transaction.

    Raises:
        StoreUnavailableError: the store was written by a newer version.
    """
    with as_file(files("server.store") / "migrations") as folder:
        config = Config(attributes={"connection": conn})
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise StoreUnavailableError(
                sentence("the store was written by a newer version of this program. Update the program.")
            ) from None
