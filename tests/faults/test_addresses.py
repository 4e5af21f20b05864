"""A vendor's host with several addresses: one that refuses, or does not answer, keeps no send back."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.front_door import RECEIPT, SEND, SENDING, front_door, posts
from tests.faults.scripted import HOST, ScriptedVendor, whole

NAME = "localhost"
ELSEWHERE = "127.0.0.2"

Another = Callable[[int], list[socket.socket]]


def nobody(_port: int) -> list[socket.socket]:
    """The address refuses."""
    return []


def silence(port: int) -> list[socket.socket]:
    """The address lets whoever connects hang: its queue is full."""
    taken = [socket.create_server((ELSEWHERE, port), backlog=0)]
    for _ in range(4):
        caller = socket.socket()
        caller.setblocking(False)  # noqa: FBT003 - the library has it so
        caller.connect_ex((ELSEWHERE, port))
        taken.append(caller)
    return taken


@pytest.mark.parametrize("another", [nobody, silence])
async def test_a_send_goes_to_the_address_that_answers(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch, another: Another
) -> None:
    real = socket.getaddrinfo

    def both(host: Any, *more: Any, **options: Any) -> Any:
        if host not in (NAME, NAME.encode()):
            return real(host, *more, **options)
        return [where for each in (ELSEWHERE, HOST) for where in real(each, *more, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    vendor.plays[SENDING] = whole(RECEIPT)
    account = {"base_url": f"http://{NAME}:{vendor.port}", "uid": "scripted", "password": "scripted"}
    taken = another(vendor.port)
    try:
        async with front_door(vendor, no_settings, every8d=account) as session:
            told = await session.told("send_sms", SEND)
    finally:
        for each in taken:
            each.close()
    assert (told.facts["outcome"], posts(vendor)) == ("done", 1)
