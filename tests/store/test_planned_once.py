"""SQLite plans a statement once: to plan one takes as long as to run it many times."""

from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from server.store.sqlite import SqliteConnection

JOINED = "SELECT a.name FROM meta AS a JOIN meta AS b ON b.value = a.name WHERE a.name = ?"
BY_PLACE = "SELECT name FROM meta WHERE name > ? ORDER BY value LIMIT ?"


@pytest.mark.parametrize(("sql", "values"), [(JOINED, ["a"]), (BY_PLACE, ["a", 1])])
@pytest.mark.parametrize("reads", [True, False])
def test_a_statement_with_values_is_planned_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str, values: list[Any], *, reads: bool
) -> None:
    asked = list[object]()

    def allow(*what: object) -> int:
        """Asked whenever a statement is planned."""
        asked.append(what)
        return apsw.SQLITE_OK

    def watch(driver: Any) -> None:
        driver.authorizer = allow

    monkeypatch.setattr(apsw, "connection_hooks", [watch])
    path = str(tmp_path / "store.sqlite3")
    with closing(SqliteConnection(path)) as writer:
        writer.run("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)", ())
        with closing(SqliteConnection(path, reads=reads)) as conn:
            before = len(asked)
            conn.run(sql, values)
            planned = len(asked)
            conn.run(sql, values)
            assert before < planned == len(asked)
