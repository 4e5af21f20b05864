"""The text that asks an approver's phone, and what its owner may answer (EVERY8D 1.1 and 2.4).

No tool that anybody calls: the gate sends it about what waits for a person.
"""

import re
import unicodedata
from dataclasses import replace

from tools.every8d.send_sms import SEND_SMS

SEND_APPROVAL_TEXT = replace(
    SEND_SMS,
    name="send_approval_text",
    title="Ask the approver by a text",
    description="Ask the approver's phone about an action that waits.",
)
HIDDEN_CODE = "****"
"""What stands for the code wherever the text is kept."""
NO, NOTHING = "no", ""
_NOS = frozenset({"n", "不同意"})
_CODE = re.compile("(?:同意)?([0-9]+)")


def read_answer(text: str) -> str:
    """What a reply says: the digits of a code, `no`, or '' where it says neither.

    Width, letter case and spaces do not count, nor 同意 before the code; nothing else is understood.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).casefold()
    if plain in _NOS:
        return NO
    found = _CODE.fullmatch(plain)
    return NOTHING if found is None else found[1]
