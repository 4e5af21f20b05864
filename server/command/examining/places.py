"""The folders for images and reports, and the address of the callbacks."""

import socket
import tempfile

from server.command.examining.finding import Finding, failed, off, right
from server.folders import reports_folder
from server.settings.settings import Settings
from server.systems import reserve_address
from tools.sentence import plural, sentence


def of_images(settings: Settings) -> Finding:
    """Whether the folder that pictures may come from can be read."""
    topic, folder = sentence("images"), settings.files.folder
    if folder is None:
        return off(topic, sentence("No folder for images is set: no MMS can be sent."))
    try:
        count = sum(1 for _ in folder.iterdir())
    except OSError:
        fix = sentence("Check CAMPAIGN_OPS_FILES__FOLDER and its permissions.")
        return failed(topic, sentence("{folder} cannot be read.", folder=str(folder)), fix)
    text = plural(
        "{folder} can be read; it holds {count} file.",
        "{folder} can be read; it holds {count} files.",
        count,
        folder=str(folder),
    )
    return right(topic, text)


def of_reports(settings: Settings) -> Finding:
    """Written to as a download would; a folder that is not there yet is made at the first download."""
    topic, folder = sentence("reports"), reports_folder(settings)
    try:
        nearest = next((each for each in (folder, *folder.parents) if each.exists()), folder)
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError:
        fix = sentence("Check CAMPAIGN_OPS_FILES__REPORTS and its permissions.")
        return failed(topic, sentence("{folder} cannot be written.", folder=str(folder)), fix)
    return right(topic, sentence("{folder} can be written.", folder=str(folder)))


def of_callbacks(settings: Settings) -> Finding:
    """Whether the receiver's address can be had; a taken port is what a running server looks like."""
    topic, wanted = sentence("callbacks"), settings.callbacks
    if not wanted.token.get_secret_value():
        return off(topic, sentence("Off: delivery is known only when it is asked for."))
    address = f"{wanted.host}:{wanted.port}"
    try:
        found = socket.getaddrinfo(wanted.host, wanted.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, place = found[0]
        with socket.socket(family, kind, protocol) as trial:
            reserve_address(trial)
            trial.bind(place)
    except OSError:
        text = sentence("{address} is taken by a running server, or cannot be had.", address=address)
        fix = sentence(
            "If no server runs, change CAMPAIGN_OPS_CALLBACKS__HOST or CAMPAIGN_OPS_CALLBACKS__PORT."
        )
        return off(topic, text, fix)
    return right(topic, sentence("{address} is free for the vendor's delivery reports.", address=address))
