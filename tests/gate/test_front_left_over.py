"""What a program was to replace before it gave a text is pointed out before anybody pays for it."""

import pytest

from tests.e2e.house import Facts, House
from tests.gate.servers import SEND, fronted

NAME = "【王品】"
PLACEHOLDER = (
    "The text holds what looks like a placeholder (as %field1% or {{name}}): it goes out as it stands."
)
HTML = "The text holds what looks like HTML (as &amp; or <br>): it goes out as it stands."
ESCAPE = "The text holds what looks like an escape (as \\n): it goes out as it stands."
LEFT_OVER = {
    "%field1%您好": PLACEHOLDER,
    "%NAME%您好": PLACEHOLDER,
    "{{name}}您好": PLACEHOLDER,
    "{{ 姓名 }}您好": PLACEHOLDER,
    "${name}您好": PLACEHOLDER,
    "{first_name}您好": PLACEHOLDER,
    "{姓名}您好": PLACEHOLDER,
    "{ 到期 日 }到期": PLACEHOLDER,
    "｛姓名｝您好": PLACEHOLDER,
    "[[name]]您好": PLACEHOLDER,
    "<%= name %>您好": PLACEHOLDER,
    "Q&amp;A": HTML,
    "A&#38;B": HTML,
    "您好<br/>謝謝": HTML,
    "第一行\\n第二行": ESCAPE,
    "\\u60a8好": ESCAPE,
}


async def warnings(house: House, tool: str, arguments: Facts, language: str = "en") -> list[str]:
    async with fronted(house, language=language) as session:
        facts = await session.facts(tool, {**arguments, "dry_run": True})
    return facts["preview"]["warnings"]


@pytest.mark.parametrize("era", ["auto"], indirect=True)
async def test_what_was_left_in_a_text_is_pointed_out(house: House) -> None:
    for text, warning in LEFT_OVER.items():
        assert await warnings(house, "send_sms", {**SEND, "text": NAME + text}) == [warning]


@pytest.mark.parametrize("era", ["auto"], indirect=True)
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("send_sms_deduplicated", {**SEND, "text": f"{NAME}{{{{name}}}}"}),
        ("send_sms_with_message_id", {"recipient": "0912345678", "text": f"{NAME}{{{{name}}}}"}),
        ("send_personalized_sms", {"recipients": [{"mobile": "0912345678", "text": f"{NAME}{{{{name}}}}"}]}),
    ],
)
async def test_every_send_points_it_out(house: House, tool: str, arguments: Facts) -> None:
    assert PLACEHOLDER in await warnings(house, tool, arguments)


@pytest.mark.parametrize("era", ["auto"], indirect=True)
@pytest.mark.parametrize("text", ["9折50%優惠%數有限", "A & B; C&D", "C:/n", "3<5>2", "{1}", "滿100%送20%"])
async def test_ordinary_signs_are_no_left_overs(house: House, text: str) -> None:
    assert await warnings(house, "send_sms", {**SEND, "text": NAME + text}) == []
