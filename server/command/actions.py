"""`campaign-ops-mcp actions`: the ledger in a terminal, and closing an unknown outcome by hand."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from server.command.common import FAILED, OK, parts_of, person
from server.command.options import ActionId, Config, Sandbox, run
from server.command.states import state_in_words
from server.command.terminal import terminal
from server.gate.entries import words_of
from server.ledger.book import Settled
from server.logs.number_masking import mask_numbers
from server.store.actions import ActionFilter, State
from tools.sentence import plural, sentence
from tools.taipei import iso

_SHOWN = 50


async def show(config: Path | None, state: str, *, sandbox: bool) -> int:
    """List the newest actions."""
    out = terminal(config)
    if state and state not in set(State):
        out.say(sentence("There is no such state. The states: {states}.", states=", ".join(State)))
        return FAILED
    wanted = ActionFilter(state=State(state) if state else None)
    async with parts_of(config, sandbox=sandbox) as parts:
        await parts.memory.catch_up_if_possible()
        found = await parts.book.listed(wanted, 1, _SHOWN, [])
    out.columns(
        (
            action.id,
            state_in_words(action.state, erased=action.id in found.erased),
            iso(action.created_at),
            action.tool,
            action.target,
            mask_numbers(words_of(action)),
        )
        for action in found.actions
    )
    shown = len(found.actions)
    out.say(plural("{shown} of {count} action", "{shown} of {count} actions", found.total, shown=shown))
    return OK


async def close(config: Path | None, action_id: str, state: str, *, sandbox: bool) -> int:
    """Close an unknown outcome, as the person who knows says. Only a person can."""
    out = terminal(config)
    if state not in (State.SUCCEEDED, State.FAILED):
        out.say(sentence("--as takes succeeded or failed. Nothing was closed."))
        return FAILED
    settled = Settled(
        state=State.SUCCEEDED if state == State.SUCCEEDED else State.FAILED,
        by=person(),
        how="closed by hand in the terminal",
    )
    async with parts_of(config, sandbox=sandbox) as parts:
        entry = await parts.book.get(action_id)
        closed = None if entry is None else await parts.book.reconcile(entry.id, settled)
    if closed is None:
        out.say(
            sentence(
                "Nothing was closed: there is no such action, its outcome is not unknown, a safe retry of it "
                "is still open (settle that one first), or its worker may still send it (wait four minutes)."
            )
        )
        return FAILED
    out.say(sentence("{id} is closed as {state}.", id=closed.id, state=state_in_words(State(state))))
    return OK


def actions_list(
    *,
    state: Annotated[
        str,
        typer.Option(
            help=sentence(
                "Only those in this state: proposed, approved, denied, expired, dispatching, succeeded, "
                "failed or unknown."
            )
        ),
    ] = "",
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """List the newest actions of the ledger."""
    raise SystemExit(run(partial(show, config, state, sandbox=sandbox)))


def actions_close(
    action_id: ActionId,
    *,
    state: Annotated[str, typer.Option("--as", help=sentence("succeeded or failed"))],
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Close an action of unknown outcome by hand."""
    raise SystemExit(run(partial(close, config, action_id, state, sandbox=sandbox)))
