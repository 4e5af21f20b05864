"""`campaign-ops-mcp approvals`: what waits for a person, and the decision with the same typed proof."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from server.command.common import FAILED, OK, parts_of, person
from server.command.options import Config, Sandbox, run
from server.command.states import state_in_words
from server.command.terminal import Terminal, is_a_terminal
from server.command.texts import say_texts
from server.gate.approval import proves
from server.gate.words.questions import as_it_stands, render
from server.gate.words.texted import texted
from server.ledger.book import Book
from server.ledger.deciding import Decision
from server.ledger.passkeys import PasskeyError
from server.ledger.refusals import ApprovalRefusedError
from server.parts import utc_now
from server.settings.own_command import own_command
from server.settings.settings import Settings
from server.store.actions import ALTERED, State
from server.store.errors import StoreUnavailableError
from tools.operation import Preview
from tools.sentence import Sentence, reason_of, sentence, together
from tools.taipei import iso

if TYPE_CHECKING:
    from server.store.actions import Action

_POLL_SECONDS = 1.0
_ELSEWHERE = sentence("What `serve --sandbox` has is shown with --sandbox.")
"""The assistant says only `campaign-ops-mcp approvals`."""
_SIGNED = sentence("A passkey has to sign it.")
_STILL_WAITS = sentence("It was not decided, and still waits.")


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
    at_a_terminal: bool = True
    """Whether a person can be sitting there: a pipe says no more than a no."""


async def approvals(wanted: Wanted) -> int:
    """List, decide, or watch; exit code 0 unless a decision could not be made."""
    async with parts_of(wanted.config, sandbox=wanted.sandbox) as parts:
        desk = ApprovalsDesk(
            book=parts.book,
            terminal=Terminal(parts.settings.language),
            settings=parts.settings,
            elsewhere="" if wanted.sandbox else _ELSEWHERE,
            can_approve=wanted.at_a_terminal,
        )
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
class ApprovalsDesk:
    """What waits, and the person who decides on it."""

    book: Book
    terminal: Terminal
    settings: Settings
    elsewhere: str
    """Where else to look, or ''."""
    can_approve: bool = True
    """Whether a yes counts here."""
    by_itself: bool = False
    """Whether the command goes on with what is approved, and no assistant has to repeat a call."""
    left: Sentence = _STILL_WAITS
    """What is said where the person ends the command at a question."""

    def both(self) -> int:
        """A yes and a no at once: a no is never passed over."""
        said = sentence("--approve and --deny were both given. Nothing was decided; give one of them.")
        self.terminal.say(said)
        return FAILED

    async def walk(self) -> int:
        """Show each waiting action and ask for the decision."""
        waiting = await self.book.waiting()
        if not waiting:
            self.terminal.say(together(sentence("Nothing waits for an approval."), self.elsewhere))
        for action in waiting:
            await self.decide(action)
        return OK

    async def watch(self) -> int:
        """As `walk`, and stays for new ones until interrupted."""
        seen: set[str] = set()
        self.terminal.say(sentence("Watching for approvals; end with Ctrl-C."))
        while True:
            for action in await self.book.waiting():
                if action.id not in seen:
                    seen.add(action.id)
                    await self.decide(action)
            await anyio.sleep(_POLL_SECONDS)

    async def decide(self, action: "Action") -> None:
        """Show one action, and do with it what the person types."""
        await self._show(action)
        if hindrance := self.hindrance(action):
            self.terminal.say(hindrance)
            typed = await self.terminal.ask(sentence("n to deny, Enter to leave it: "), left=self.left)
        else:
            typed = await self.terminal.ask(_what_to_type(action.proof), left=self.left)
        if typed.strip().lower() in ("n", "no"):
            await self.deny(action.id)
        elif typed.strip():
            await self.approve(action.id, typed)
        else:
            self.terminal.say(sentence("Left waiting."))

    async def _show(self, action: "Action") -> None:
        asked = Preview.model_validate_json(action.preview)
        preview = as_it_stands(asked, action.created_at, utc_now())
        self.terminal.headline(
            sentence("{id}  {tool}  by {who}", id=action.id, tool=action.tool, who=action.principal)
        )
        self.terminal.say(render(preview, self.settings.language))
        by_text = await self.book.asked_by_text(action.id)
        if by_text is not None:
            for said in texted(action, by_text, utc_now(), iso):
                self.terminal.say(said)
        self.terminal.say(sentence("Expires at {time}", time=iso(action.expires_at)))

    async def approve(self, action_id: str, typed: str) -> int:
        """Approve with the typed proof; without one, `y` or the id itself."""
        action = await self.book.get(action_id)
        if action is None:
            return self._no_such(action_id)
        if not self.can_approve:
            return self._fail(together(_no_terminal(action.id), self._page(action.id)))
        accepted = proves(action.proof, typed) if action.proof else typed.strip().lower() in ("y", "yes")
        if not accepted and str(action.state) == "proposed":
            await self._show(action)
            return self._fail(together(_not_proven(action.id, typed), self._how(action)))
        decision = Decision(by=person(), channel="terminal")
        try:
            approved = await self.book.approve(action.id, decision)
        except StoreUnavailableError as error:
            return self._fail(
                sentence("{id} was not approved: {reason}", id=action.id, reason=reason_of(error))
            )
        except ApprovalRefusedError as error:
            said = sentence("{id} was not approved: {reason}", id=action.id, reason=error.why)
            where = self._page(action.id) if isinstance(error, PasskeyError) else ""
            return self._fail(together(said, where))
        if approved is None:
            now = await self.book.get(action.id)
            return self._fail(_too_late(action.id, altered=now is not None and now.reason == ALTERED))
        if self.by_itself:
            said = sentence("{id} is approved.", id=action.id)
        else:
            said = sentence(
                "{id} is approved. The assistant repeats the same call to carry it out.", id=action.id
            )
        self.terminal.say(said)
        return OK

    async def texts(self, action_id: str, page: int) -> int:
        """Every different text of an action, as it will go out."""
        action = await self.book.get(action_id)
        if action is None:
            return self._no_such(action_id)
        return OK if say_texts(self.terminal, action, page) else FAILED

    async def deny(self, action_id: str) -> int:
        """Deny; nothing is done."""
        action = await self.book.get(action_id)
        if action is None:
            return self._no_such(action_id)
        decision = Decision(by=person(), channel="terminal", reason="denied in the terminal")
        try:
            denied = await self.book.deny(action.id, decision)
        except StoreUnavailableError as error:
            return self._fail(
                sentence("{id} was not denied: {reason}", id=action.id, reason=reason_of(error))
            )
        if denied is None:
            now = await self.book.get(action.id) or action
            return self._fail(
                sentence(
                    "{id} was not denied: too late, it is {state} already.",
                    id=action.id,
                    state=state_in_words(State(now.state)),
                )
            )
        self.terminal.say(sentence("{id} is denied. Nothing is done.", id=action.id))
        return OK

    def _no_such(self, action_id: str) -> int:
        return self._fail(together(sentence("There is no action {id}.", id=action_id), self.elsewhere))

    def _how(self, action: "Action") -> str:
        """How to approve what the question shows, without being asked."""
        if hindrance := self.hindrance(action):
            return hindrance
        words = f"approvals --approve {action.id} --proof {action.proof or 'y'}"
        command = own_command(self.settings, words)
        return sentence("To approve what is shown above: `{command}`.", command=command)

    def hindrance(self, action: "Action") -> str:
        """Why a yes of this person does not count here, and where one does; '' where it counts."""
        refused = self.book.never_counts(action, person())
        if refused is not None:
            return sentence("You cannot approve it: {reason}", reason=refused.why)
        return together(_SIGNED, self._page(action.id)) if self.book.passkeys.needs(action) else ""

    def _page(self, action_id: str) -> Sentence:
        """Where a passkey can sign."""
        command = own_command(self.settings, "console")
        return sentence(
            "Open the page with `{command}` and decide on {id} there.", command=command, id=action_id
        )

    def _fail(self, line: str) -> int:
        self.terminal.say(line)
        return FAILED


def _what_to_type(proof: str) -> Sentence:
    if proof:
        return sentence("type {proof!r} to approve, n to deny, Enter to leave it: ", proof=proof)
    return sentence("y to approve, n to deny, Enter to leave it: ")


def _no_terminal(action_id: str) -> Sentence:
    return sentence(
        "{id} was not approved: a yes counts in a real terminal alone, not from a pipe.", id=action_id
    )


def _not_proven(action_id: str, typed: str) -> Sentence:
    if typed:
        return sentence("{id} was not approved: what was typed is not the proof.", id=action_id)
    return sentence("{id} was not approved: nothing was typed as its proof.", id=action_id)


def _too_late(action_id: str, *, altered: bool) -> Sentence:
    if altered:
        return sentence(
            "{id} was not approved: it was changed in the store by something other than this program.",
            id=action_id,
        )
    return sentence("{id} was not approved: it is decided or expired already.", id=action_id)


def approvals_command(  # noqa: PLR0913 - each is an option of the command line
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help=sentence("Stay, and show new ones as they come."))
    ] = False,
    approve: Annotated[str, typer.Option(help=sentence("Approve this action; needs --proof."))] = "",
    deny: Annotated[str, typer.Option(help=sentence("Deny this action."))] = "",
    proof: Annotated[
        str, typer.Option(help=sentence("What the question asks to type; y where it asks nothing."))
    ] = "",
    texts: Annotated[str, typer.Option(help=sentence("Show every different text of this action."))] = "",
    page: Annotated[int, typer.Option(min=1, help=sentence("Of the texts."))] = 1,
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
        at_a_terminal=is_a_terminal(),
    )
    raise SystemExit(run(partial(approvals, wanted)))
