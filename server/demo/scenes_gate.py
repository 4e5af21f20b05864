"""The gate's part of the session: out of band, a replay, an unknown outcome, a cap, and the audit."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import anyio

from server.demo.client import Answer, Reaction
from server.demo.expectations import Expectation, asked, done, not_called, texts_more
from server.demo.steps import Event, Memory, Stage, Step, agrees, calls, kept
from tools.sentence import sentence

_ONE = ["0912345678"]
_TWO = ["0955666777", "0966777888"]
_NIGHT = "【示範】夜間維護已完成。"
_LOST = "【示範】您的包裹已送達。"
_SEND_PAGE = "sendSMS.ashx"
_LONG = "【示範】" + "這一則簡訊很長，會拆成好幾則計費。" * 12


_AT_A_TERMINAL = (
    "import sys, anyio; from server.command.approvals import Wanted, approvals; "
    "sys.exit(anyio.run(approvals, Wanted(approve=sys.argv[1], proof='y')))"
)


def _answers_by_itself(_memory: Memory) -> Reaction:
    """A host that declines in the person's name, faster than any person could."""
    return Reaction(action="decline", at_once=True)


async def _approve_in_a_terminal(stage: Stage) -> Answer:
    """As a terminal would: from the pipe that a played command has, no yes counts."""
    words = ("approvals", "--approve", stage.memory["waiting"], "--proof", "y")
    return await _run(stage, [sys.executable, "-c", _AT_A_TERMINAL, stage.memory["waiting"]], *words)


async def _verify(stage: Stage) -> Answer:
    return await _command(stage, "audit", "verify")


async def _command(stage: Stage, *arguments: str) -> Answer:
    """The person runs a command in another terminal, on the same store."""
    return await _run(stage, stage.home.command(*arguments), *arguments)


async def _run(stage: Stage, command: list[str], *arguments: str) -> Answer:
    ended = await anyio.run_process(
        command,
        check=False,
        stderr=subprocess.STDOUT,
        cwd=stage.home.folder,
        env=stage.home.environment(),
    )
    said = ended.stdout.decode("utf-8", "replace").strip()
    facts = {"said": said, "exit": ended.returncode}
    return Answer(
        did=sentence("(in a terminal) campaign-ops-mcp {words}", words=" ".join(arguments)), facts=facts
    )


def _fact(name: str, value: object, says: str) -> Expectation:
    return Expectation(says=says, holds=lambda seen: seen.facts[name] == value)


def _said(facts: Mapping[str, Any]) -> str:
    return str(facts["said"])


_EXIT_0 = _fact("exit", 0, sentence("the command succeeded"))

OUT_OF_BAND = (
    Step(
        title=sentence("A host answers for the person: that counts as nobody"),
        does=calls("send_sms", text=_NIGHT, recipients=_ONE),
        person=_answers_by_itself,
        shows=lambda facts: f"{facts['message']} The person has to {facts['person_does']}.",
        expects=(
            _fact("outcome", "approval_required", sentence("an approval in a terminal is required")),
            texts_more(0),
            not_called(_SEND_PAGE),
        ),
        keeps={"waiting": "action_id"},
    ),
    Step(
        title=sentence("The person approves in another terminal"),
        does=_approve_in_a_terminal,
        shows=_said,
        expects=(_EXIT_0, texts_more(0)),
    ),
    Step(
        title=sentence("The assistant repeats exactly the same call"),
        does=calls("send_sms", text=_NIGHT, recipients=_ONE),
        shows=lambda facts: sentence(
            "{sent} accepted for {points} points", sent=facts["sent"], points=facts["points"]
        ),
        expects=(asked(0), done(), texts_more(1)),
    ),
    Step(
        title=sentence("And once more: the first result is told again, nothing is sent"),
        does=calls("send_sms", text=_NIGHT, recipients=_ONE),
        shows=lambda facts: str(facts["message"]),
        expects=(
            Expectation(says=sentence("replayed"), holds=lambda seen: seen.facts["replayed"]),
            texts_more(0),
            not_called(_SEND_PAGE),
        ),
    ),
)

UNKNOWN = (
    Step(
        title=sentence("The connection breaks after the vendor took the send"),
        first=Event(
            says=sentence("the vendor's next answer to a send gets lost"),
            happens=lambda sandbox: sandbox.fail(_SEND_PAGE, "reset_after"),
        ),
        does=calls("send_sms", text=_LOST, recipients=_TWO),
        person=agrees,
        shows=lambda facts: str(facts["message"]),
        expects=(
            asked(1),
            _fact("outcome", "unknown", sentence("said to be unknown")),
            texts_more(len(_TWO)),
        ),
        keeps={"lost": "action_id"},
    ),
    Step(
        title=sentence("The same call again does not send again"),
        does=calls("send_sms", text=_LOST, recipients=_TWO),
        shows=lambda facts: str(facts["next"]),
        expects=(
            _fact("outcome", "unknown", sentence("still unknown")),
            texts_more(0),
            not_called(_SEND_PAGE),
        ),
    ),
    Step(
        title=sentence("What does the evidence say?"),
        does=calls("reconcile_action", action_id=kept("lost")),
        shows=lambda facts: " ".join(facts["evidence"]),
        expects=(_fact("state", "unknown", sentence("a hint is no proof")), texts_more(0)),
    ),
    Step(
        title=sentence("A safe retry: who had the text is skipped"),
        does=calls("retry_safely", action_id=kept("lost")),
        person=agrees,
        shows=lambda facts: str(facts["note"]),
        expects=(
            asked(1),
            Expectation(
                says=sentence("both had it"),
                holds=lambda seen: len(seen.facts["filtered_numbers"]) == len(_TWO),
            ),
            texts_more(0),
        ),
    ),
    Step(
        title=sentence("So the first one arrived"),
        does=calls("get_action", action_id=kept("lost")),
        shows=lambda facts: f"{facts['state']}: {facts['reason']}",
        expects=(_fact("state", "succeeded", sentence("reconciled")),),
    ),
)

CAP = (
    Step(
        title=sentence("A cap refuses, before anybody is asked"),
        does=calls("send_sms", text=_LONG, recipients=[*_ONE, *_TWO]),
        person=agrees,
        shows=lambda facts: str(facts["message"]),
        expects=(
            asked(0),
            _fact("code", "policy_refused", sentence("refused by policy")),
            texts_more(0),
            not_called(_SEND_PAGE),
        ),
    ),
)

AUDIT = (
    Step(
        title=sentence("Every decision is in the audit, and nothing was changed in it"),
        does=_verify,
        shows=_said,
        expects=(
            _EXIT_0,
            Expectation(
                says=sentence("intact"),
                holds=lambda seen: any(word in seen.facts["said"] for word in ("is intact", "完整")),
            ),
        ),
    ),
)
