"""`campaign-ops-mcp approvals`: what waits for a person, and the decision with the same typed proof."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer
from rich.console import Console

from server.command.common import FAILED, OK, console, parts_of, person
from server.command.options import Config, Sandbox, run
from server.command.texts import page_of, texts_of
from server.gate.approval import proves
from server.gate.words.questions import render
from server.ledger.book import Book
from server.ledger.deciding import Decision
from server.settings.own_command import own_command
from server.settings.settings import Settings
from server.store.actions import ALTERED
from server.store.errors import StoreUnavailableError
from tools.cleaning import quote
from tools.operation import Preview
from tools.taipei import iso

if TYPE_CHECKING:
    from server.store.actions import Action

_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line asked for."""

    watch: bool = False
    approve: str = ""
    deny: str = ""
    proof: str = ""
    texts: str = ""
    page: int = 1
    sandbox: bool = False
    config: Path | None = None


async def approvals(wanted: Wanted) -> int:
    """List, decide, or watch; exit code 0 unless a decision could not be made."""
    async with parts_of(wanted.config, sandbox=wanted.sandbox) as parts:
        elsewhere = "" if wanted.sandbox else " here (that of `serve --sandbox` is shown with --sandbox)"
        desk = _Desk(book=parts.book, console=console(), settings=parts.settings, elsewhere=elsewhere)
        if wanted.approve and wanted.deny:
            return desk.both()
        if wanted.approve:
            return await desk.approve(wanted.approve, wanted.proof)
        if wanted.deny:
            return await desk.deny(wanted.deny)
        if wanted.texts:
            return await desk.texts(wanted.texts, wanted.page)
        if wanted.watch:
            return await desk.watch()
        return await desk.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    book: Book
    console: Console
    settings: Settings
    elsewhere: str
    """Where else to look; the assistant says only `campaign-ops-mcp approvals`."""

    def both(self) -> int:
        """A yes and a no at once: a no is never passed over."""
        self.console.print("--approve and --deny were both given. Nothing was decided; give one of them.")
        return FAILED

    async def walk(self) -> int:
        """Show each waiting action and ask for the decision."""
        waiting = await self.book.waiting()
        if not waiting:
            self.console.print(f"Nothing waits for an approval{self.elsewhere}.")
        for action in waiting:
            await self._decide(action)
        return OK

    async def watch(self) -> int:
        """As `walk`, and stays for new ones until interrupted."""
        seen: set[str] = set()
        self.console.print("Watching for approvals; end with Ctrl-C.")
        while True:
            for action in await self.book.waiting():
                if action.id not in seen:
                    seen.add(action.id)
                    await self._decide(action)
            await anyio.sleep(_POLL_SECONDS)

    async def _decide(self, action: "Action") -> None:
        self._show(action)
        wanted = f"type {action.proof!r} to approve" if action.proof else "y to approve"
        typed = await anyio.to_thread.run_sync(
            self.console.input, f"{wanted}, n to deny, Enter to leave it: ", abandon_on_cancel=True
        )
        if typed.strip().lower() in ("n", "no"):
            await self.deny(action.id)
        elif typed.strip():
            await self.approve(action.id, typed)
        else:
            self.console.print("Left waiting.")

    def _show(self, action: "Action") -> None:
        preview = Preview.model_validate_json(action.preview)
        self.console.rule(f"{action.id}  {action.tool}  by {action.principal}")
        self.console.print(render(preview, self.settings.language))
        self.console.print(f"Expires at {iso(action.expires_at)}")

    async def approve(self, action_id: str, typed: str) -> int:
        """Approve with the typed proof; without one, `y` or the id itself."""
        action = await self.book.get(action_id)
        if action is None:
            return self._fail(f"There is no action {action_id}{self.elsewhere}.")
        accepted = proves(action.proof, typed) if action.proof else typed.strip().lower() in ("y", "yes")
        if not accepted and str(action.state) == "proposed":
            self._show(action)
            what = "what was typed is not the proof" if typed else "nothing was typed as its proof"
            return self._fail(f"{action.id} was not approved: {what}. {self._how(action)}")
        decision = Decision(by=person(), channel="terminal")
        try:
            approved = await self.book.approve(action.id, decision)
        except StoreUnavailableError as error:
            return self._fail(f"{action.id} was not approved: {error}")
        if approved is None:
            now = await self.book.get(action.id)
            altered = now is not None and now.reason == ALTERED
            why = f"it was {ALTERED}" if altered else "it is decided or expired already"
            return self._fail(f"{action.id} was not approved: {why}.")
        self.console.print(f"{action.id} is approved. The assistant repeats the same call to carry it out.")
        return OK

    async def texts(self, action_id: str, page: int) -> int:
        """Every different text of an action, as it will go out."""
        action = await self.book.get(action_id)
        if action is None:
            return self._fail(f"There is no action {action_id}{self.elsewhere}.")
        texts = texts_of(action)
        shown, pages = page_of(texts, page)
        if page > pages:
            return self._fail(f"{action.id} has {len(texts)} different texts on {pages} pages.")
        for number, text in shown:
            self.console.print(f"Text {number} of {len(texts)}: {quote(text, limit=4 * len(text) + 4)}")
        if page < pages:
            self.console.print(f"Page {page} of {pages}; the next with --page {page + 1}.")
        return OK

    async def deny(self, action_id: str) -> int:
        """Deny; nothing is done."""
        action = await self.book.get(action_id)
        if action is None:
            return self._fail(f"There is no action {action_id}{self.elsewhere}.")
        decision = Decision(by=person(), channel="terminal", reason="denied in the terminal")
        if await self.book.deny(action.id, decision) is None:
            now = await self.book.get(action.id) or action
            return self._fail(f"{action.id} was not denied: too late, it is {now.state} already.")
        self.console.print(f"{action.id} is denied. Nothing is done.")
        return OK

    def _how(self, action: "Action") -> str:
        """How to approve what the question shows, without being asked."""
        words = f"approvals --approve {action.id} --proof {action.proof or 'y'}"
        return f"To approve what is shown above: `{own_command(self.settings, words)}`."

    def _fail(self, line: str) -> int:
        self.console.print(line)
        return FAILED


def approvals_command(  # noqa: PLR0913 - each is an option of the command line
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and show new ones as they come.")] = False,
    approve: Annotated[str, typer.Option(help="Approve this action; needs --proof.")] = "",
    deny: Annotated[str, typer.Option(help="Deny this action.")] = "",
    proof: Annotated[str, typer.Option(help="What the question asks to type; y where it asks nothing.")] = "",
    texts: Annotated[str, typer.Option(help="Show every different text of this action.")] = "",
    page: Annotated[int, typer.Option(min=1, help="Of the texts.")] = 1,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """List what waits for a person, and approve or deny it."""
    wanted = Wanted(
        watch=watch,
        approve=approve,
        deny=deny,
        proof=proof,
        texts=texts,
        page=page,
        sandbox=sandbox,
        config=config,
    )
    raise SystemExit(run(partial(approvals, wanted)))
