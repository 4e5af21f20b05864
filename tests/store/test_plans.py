"""A statement is compiled once for as long as it lives, and no longer kept than that."""

import gc
import weakref
from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest
from sqlalchemy import Executable, Select, bindparam, delete, insert, select, update

from server.store.database import DatabaseStore
from server.store.members import members
from server.store.plans import Connection, Found
from server.store.schema import ACTIONS, META

Built = tuple[Executable, dict[str, object]]


def of_a_state() -> Built:
    return select(ACTIONS.c.id, ACTIONS.c.created_at).where(ACTIONS.c.state == "proposed"), {}


def of_a_list() -> Built:
    return select(ACTIONS).where(ACTIONS.c.id.in_(bindparam("those", expanding=True))), {"those": ["a", "b"]}


def a_change() -> Built:
    return update(ACTIONS).where(ACTIONS.c.id == "a").values(reason="b"), {}


def a_change_that_answers() -> Built:
    return update(ACTIONS).where(ACTIONS.c.id == "a").values(reason="b").returning(ACTIONS.c.id), {}


def a_deletion_of_a_list() -> Built:
    return delete(META).where(META.c.name.in_(bindparam("those", expanding=True))), {"those": ["a", "b"]}


def an_addition() -> Built:
    return insert(META).from_select(["name", "value"], select(META.c.name, META.c.value)), {}


BUILDS = [of_a_state, of_a_list, a_change, a_change_that_answers, a_deletion_of_a_list, an_addition]


@pytest.mark.parametrize("build", BUILDS)
async def test_a_statement_that_one_call_built_is_let_go(
    store: DatabaseStore, build: Callable[[], Built]
) -> None:
    """A server answers for months: what each list leaves behind would fill its memory."""

    def ask(conn: Connection) -> list[weakref.ref[Executable]]:
        built = [build() for _ in range(3)]
        for statement, values in built:
            assert list(conn.execute(statement, values)) == []
        return [weakref.ref(statement) for statement, _ in built]

    left = await store.write(ask)
    gc.collect()
    assert [statement() for statement in left] == [None] * 3


async def test_a_statement_that_stays_is_compiled_once_for_all_connections(
    store: DatabaseStore, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays = of_a_state()[0]
    compiled: list[object] = []
    as_ever = cast("Any", Select).compile

    def counted(self: object, **how: Any) -> Any:
        compiled.append(self)
        return as_ever(self, **how)

    monkeypatch.setattr(Select, "compile", counted)
    other = DatabaseStore(store_url)
    for asked in (store, other, store):
        await asked.read(lambda conn: conn.execute(stays))
    await other.close()
    assert compiled.count(stays) == 1


async def test_lists_of_whatever_length_are_few_statements(
    store: DatabaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is kept, compiled here and prepared in the driver: long lists of all lengths would fill both."""
    statement = select(META.c.name).where(META.c.name.in_(bindparam("those", expanding=True)))
    there = [f"name {number}" for number in range(0, 300, 7)]
    asked: set[str] = set()

    def ask(conn: Connection) -> None:
        as_ever = conn.run

        def counted(sql: str, values: Sequence[Any]) -> Found:
            asked.add(sql)
            return as_ever(sql, values)

        conn.execute(insert(META), [{"name": name, "value": ""} for name in there])
        monkeypatch.setattr(conn, "run", counted)
        for length in range(300):
            those = [f"name {number}" for number in range(length)]
            assert set(conn.scalars(statement, {"those": those})) == set(there) & set(those)

    await store.write(ask)
    assert len(asked) <= 11


async def test_a_list_is_one_value_and_each_of_its_members_is_found(store: DatabaseStore) -> None:
    """Also one that JSON writes in another way, and however many they are."""
    names = ["plain", 'a "quote"', "back\\slash", "換行\n", "😀", "", *map(str, range(3000))]
    wanted = members("wanted")
    asked = select(META.c.name).join(wanted, wanted.c.value == META.c.name)

    def work(conn: Connection) -> list[str]:
        conn.execute(insert(META), [{"name": f"kept {each}", "value": ""} for each in names])
        given = [f"kept {each}" for each in (*names, "not there")]
        return conn.scalars(asked, {"wanted": given}).all()

    assert sorted(await store.write(work)) == sorted(f"kept {each}" for each in names)
