"""What the person at the terminal reads. Every text is masked here, whatever it came from."""

import json
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from server.demo.expectations import Seen, Verdict
from server.demo.steps import Step
from server.languages.catalogue import Language, in_language
from server.logs.number_masking import mask_numbers
from tools.sentence import sentence

_PIPED_WIDTH = 110
_LONGEST = 400
_MEANWHILE = sentence("meanwhile")
_ASSISTANT = sentence("assistant")
_ASKED = sentence("asked")
_PERSON = sentence("person")
_ANSWER = sentence("answer")


class Transcript:
    """Prints a session step by step."""

    def __init__(self, console: Console | None = None, language: Language = "en") -> None:
        self._language: Language = language
        self._console = console or Console(highlight=False)
        if not self._console.is_terminal:
            self._console.width = _PIPED_WIDTH

    def opening(self, sandbox_url: str) -> None:
        """What is running."""
        self._line(sentence("Both vendors are simulated at {url}. Nothing real is sent.", url=sandbox_url))
        self._line(sentence("The server's answers are for the assistant, in English."))

    def step(self, number: int, step: Step, seen: Seen, verdicts: Sequence[Verdict]) -> None:
        """One step: what was done, asked and answered, what came back, and whether it is right."""
        rows: list[tuple[str, str]] = [(_MEANWHILE, step.first.says)] if step.first else []
        rows.append((_ASSISTANT, seen.answer.did))
        for each in seen.asked:
            rows += [(_ASKED, each.question.replace("\n", " | ")), (_PERSON, each.answer)]
        rows.append((_ANSWER, _shown(step, seen)))
        self._step(number, step.title, rows, verdicts)

    def broken(self, number: int, step: Step, verdict: Verdict) -> None:
        """A step that could not be played."""
        self._step(number, step.title, [], [verdict])

    def failure(self, why: str, server_log: Sequence[str] = ()) -> None:
        """The session could not go on; the end of the server's log says more."""
        self._line(sentence("✗ {why}", why=why), "bold red")
        for line in server_log:
            self._line(f"  {line.strip()[:_LONGEST]}")

    def interrupted(self) -> None:
        """The person ended it."""
        self._line("")
        self._line(sentence("The demo was ended. Nothing real was sent, and nothing of it is left."))

    def closing(self, verdicts: Sequence[Verdict], seconds: float) -> None:
        """How it ended."""
        wrong = sum(not verdict.ok for verdict in verdicts)
        said = sentence(
            "{held} of {all} expectations held, in {seconds} s.",
            held=len(verdicts) - wrong,
            all=len(verdicts),
            seconds=f"{seconds:.1f}",
        )
        self._line("")
        mark = "✗" if wrong or not verdicts else "✓"
        self._line(sentence("{mark} {said}", mark=mark, said=said), "bold red" if wrong else "bold green")
        self._line(
            sentence(
                "The page for people, with a campaign under way and two requests that wait: "
                "`make demo-console` (`campaign-ops-mcp demo --console`)."
            )
        )

    def _step(
        self, number: int, title: str, rows: Sequence[tuple[str, str]], verdicts: Sequence[Verdict]
    ) -> None:
        self._line("")
        self._line(sentence("{number} {title}", number=f"{number:2}", title=title), "bold")
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=12, justify="right", style="dim")
        grid.add_column(overflow="fold")
        for name, value in rows:
            grid.add_row(self._said(name), Text(self._said(value)))
        for verdict in verdicts:
            grid.add_row(*self._marked(verdict))
        self._console.print(grid)

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Text(self._said(text), style=style), soft_wrap=True)

    def _marked(self, verdict: Verdict) -> tuple[Text, Text]:
        style = "green" if verdict.ok else "bold red"
        return Text("✓" if verdict.ok else "✗", style=style), Text(self._said(verdict.says), style=style)

    def _said(self, text: str) -> str:
        return mask_numbers(in_language(text, self._language))


def _shown(step: Step, seen: Seen) -> str:
    """The step's own words; an answer of another shape as it came."""
    facts = seen.facts
    if seen.answer.is_error and "message" in facts:
        return f"{facts['message']} [{facts.get('code', '?')}]"
    try:
        return step.shows(facts)
    except (LookupError, TypeError, ValueError, AttributeError):
        return json.dumps(dict(facts), ensure_ascii=False, default=str)[:_LONGEST]
