"""A client for the sandbox over real HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import httpx2 as httpx

LOGIN = {"UID": "sandbox", "PWD": "sandbox"}
MANAGER = {"ManagerLoginName": "sandbox", "ManagerPassword": "sandbox"}
TAIWANESE = "0912345678"


def parse_xml(document: str | bytes) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - the sandbox's own answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    http: httpx.AsyncClient

    async def every8d(self, endpoint: str, **fields: str) -> str:
        response = await self.http.post(f"/API21/HTTP/{endpoint}.ashx", data={**LOGIN, **fields})
        assert response.status_code == 200
        return response.text

    async def send(self, numbers: str = TAIWANESE, text: str = "您好", **fields: str) -> list[str]:
        body = await self.every8d("sendSMS", **{"SB": "", "MSG": text, "DEST": numbers, "ST": "", **fields})
        return body.strip().split(",")

    async def batch(self, numbers: str = TAIWANESE, text: str = "您好", **fields: str) -> str:
        return (await self.send(numbers, text, **fields))[4]

    async def compact_time(self, ahead: timedelta) -> str:
        now = datetime.fromisoformat((await self.state())["clock"]["now"])
        return (now + ahead).strftime("%Y%m%d%H%M%S")

    async def param(self, recipients: list[dict[str, str]], template: str = "") -> dict[str, Any]:
        body = {**LOGIN, "SB": "", "MSG": template, "RETRYTIME": 1440, "RecipientDataList": recipients}
        return (await self.http.post("/API21/HTTP/SendParamSMS.ashx", json=body)).json()

    async def rows(self, batch_id: str, page: str = "", **fields: str) -> list[list[str]]:
        body = await self.every8d("getDeliveryStatus", BID=batch_id, PNO=page, **fields)
        return [line.split("\t") for line in body.split("\n")[1:-1]]

    async def statuses(self, batch_id: str) -> list[str]:
        return [row[4] for row in await self.rows(batch_id)]

    async def omis(self, page: str, **fields: str) -> httpx.Response:
        return await self.http.post(f"/WebAPI/{page}.aspx", data={**MANAGER, **fields})

    async def tasks(self, **fields: str) -> str:
        return (await self.omis("TaskManager", **fields)).text

    async def reports(self, **fields: str) -> str:
        return (await self.omis("ManageReport", **fields)).text

    async def control(self, name: str, **values: object) -> dict[str, Any]:
        response = await self.http.post(f"/_sandbox/{name}", json=values)
        assert response.status_code == 200, response.text
        return response.json()

    async def advance(self, seconds: float) -> None:
        await self.control("clock", advance_seconds=seconds)

    async def state(self) -> dict[str, Any]:
        return (await self.http.get("/_sandbox/state")).json()

    async def log(self) -> list[dict[str, Any]]:
        return (await self.http.get("/_sandbox/log")).json()

    async def sent_texts(self) -> list[tuple[str, str, str]]:
        state = await self.state()
        return [
            (message["mobile"], message["text"], batch["subject"])
            for batch in state["batches"]
            for message in batch["messages"]
            if message["sent"]
        ]

    async def credit(self, login: Mapping[str, str] = LOGIN) -> str:
        return await self.every8d("getCredit", **login)
