"""The page for people to try: both vendors, a campaign in mid-flight, and two requests that wait."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import anyio

from server.demo.client import Assistant, Person, Reaction, assistant_over_stdio
from server.demo.home import DemoError, Home, temporary_home
from server.demo.list_file import LIST, RECIPIENTS
from server.demo.sandbox_control import Sandbox, sandbox_process
from server.demo.worker_process import working
from server.languages.catalogue import in_language
from server.settings.language import language_of
from server.settings.own_program import typed
from server.systems import until_signal
from tools.sentence import sentence

_TEXT = "【示範】{姓名}您好，您的帳單 {到期日} 到期，請記得繳費。"
_PAGE, _SLOW_SECONDS = "SendParamSMS.ashx", 20.0
_DELIVERED_SECONDS = 60.0
_ANSWERED = {"0933222111": "退訂", "0922333444": "請問可以改到下午嗎？"}
"""Who had a text before, and what they answered: somebody opts out."""
_INVITED = "【示範】明日上午十點會員說明會，歡迎參加。"
_NOBODY = Reaction(action="accept", at_once=True)
"""A host that answers for the person: what it was asked waits on the page."""
_WAITING: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (
        "send_sms",
        {
            "text": "【示範】您的訂單已出貨，預計明天送達。",
            "recipients": ["0920000100", "0920000101", "0920000102"],
        },
    ),
    ("terminate_launch", {"launch_id": "1182"}),
)


async def play_console() -> int:
    """Set everything up, open the page, and leave it to the person until Ctrl-C."""
    async with anyio.create_task_group() as group:
        group.start_soon(_cancel_on_signal, group.cancel_scope)
        async with temporary_home(shows_page=True) as home:
            await _stand(home)
        group.cancel_scope.cancel()
    return 0


async def _cancel_on_signal(scope: anyio.CancelScope) -> None:
    await until_signal()
    scope.cancel()


async def _stand(home: Home) -> None:
    person = Person()
    async with (
        sandbox_process(home) as sandbox,
        assistant_over_stdio(home, sandbox.url, person) as assistant,
        working(home) as worker,
    ):
        await sandbox.report_to(home.callback_url)
        await sandbox.slow(_PAGE, _SLOW_SECONDS)
        await worker.runs()
        await _have_answers(assistant, person, sandbox)
        await _begin_campaign(assistant, person)
        for tool, arguments in _WAITING:
            person.begin(_NOBODY)
            await assistant.call(tool, arguments)
        # It opens the browser, and says where the page is.
        opened = await anyio.run_process(
            home.command("console"),
            stdin=subprocess.DEVNULL,
            stdout=None,
            stderr=None,
            env=home.environment(),
            cwd=home.folder,
            check=False,
        )
        if opened.returncode:
            raise DemoError("the page could not be opened")
        again = typed(["console", "--config", str(home.settings_file)])
        said = sentence("Another link: {command}\nCtrl-C ends it.\n", command=again)
        sys.stdout.write(in_language(said, language_of(None)))
        sys.stdout.flush()
        await anyio.sleep_forever()


async def _have_answers(assistant: Assistant, person: Person, sandbox: Sandbox) -> None:
    person.begin(Reaction(action="accept"))
    await assistant.call("send_sms", {"text": _INVITED, "recipients": [*_ANSWERED]})
    await sandbox.advance(_DELIVERED_SECONDS)
    for mobile, said in _ANSWERED.items():
        await sandbox.answer(mobile, said)


async def _begin_campaign(assistant: Assistant, person: Person) -> None:
    plan = await assistant.call("plan_campaign", {"name": "繳費提醒", "list": LIST, "text": _TEXT})
    if "campaign_id" not in plan.facts:
        raise DemoError("the campaign could not be planned")
    person.begin(Reaction(action="accept", typed=str(RECIPIENTS)))
    await assistant.call("start_campaign", {"campaign_id": plan.facts["campaign_id"]})
