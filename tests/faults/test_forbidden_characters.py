"""OMIS sends what XML forbids: a look is answered without it, an action's outcome is unknown."""

from pathlib import Path

import pytest

from server.demo.rows import rows_of
from tests.e2e.eras import Era
from tests.faults.front_door import front_door
from tests.faults.scripted import ScriptedVendor, whole

TASKS = "TaskManager.aspx"
LAUNCH = {"launch_id": "1182"}


@pytest.mark.parametrize("era", ["auto", "legacy"])
@pytest.mark.parametrize("forbidden", ["\x0b", "\0"], ids=["vertical TAB", "NUL"])
async def test_a_name_with_a_control_character_is_read_and_an_action_is_not_believed(
    no_settings: Path, vendor: ScriptedVendor, era: Era, forbidden: str
) -> None:
    name = f"<NAME>新{forbidden}年</NAME>"
    record = f"<LAUNCHID>1182</LAUNCHID><STATUS>3</STATUS><ERRORCODE>0</ERRORCODE>{name}"
    vendor.plays[TASKS] = whole(f"<OMIS>{record}</OMIS>", content_type="text/xml; charset=utf-8")
    omis = {"base_url": f"http://localhost:{vendor.port}", "login_name": "s", "password": "scripted"}
    async with front_door(vendor, no_settings, era=era, omis=omis) as session:
        looked = await session.facts("query_launch", LAUNCH)
        assert rows_of(looked)[0]["other"] == {"name": "新年"}
        assert "left out of this answer: 1." in looked["note"]
        paused = await session.facts("pause_launch", LAUNCH)
    assert paused["outcome"] == "unknown"
