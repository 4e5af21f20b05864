"""What a database does with text that is not ASCII."""

import pytest

from server.store.errors import StoreUnavailableError
from server.store.opening import open_runner
from tests.store.postgres_server import Postgres


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_does_not_keep_text_as_utf8_is_refused_and_its_encoding_named(
    postgres: Postgres, encoding: str
) -> None:
    name = f"odd_{encoding.lower()}"
    how = f"ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    postgres.execute("postgres", f"CREATE DATABASE {name} {how}")
    with pytest.raises(StoreUnavailableError) as refused:
        open_runner(postgres.url(name))
    assert str(refused.value) == (
        f"the store could not be opened (the database's encoding is {encoding}, and has to be UTF8)."
    )
