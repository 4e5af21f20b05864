"""Magic numbers: the last three digits of a Taiwanese mobile decide its final status."""

from server.sandbox.state.messages import DELIVERED, HANDED_OVER, SENT_MMS, Kind

_DOMESTIC = "+886"
_SAME_STATUS = (100, 101, 102, 103, 104, 105, 106, 107, 301, 500, 700, 777, 888)
_NEGATIVE = {f"{900 + number}": -number for number in (1, 2, 3, 4, 5, 6, 8, 10)}
_SMS_FATES = {"000": HANDED_OVER, **{str(status): status for status in _SAME_STATUS}, **_NEGATIVE}
_MMS_FATES = _NEGATIVE
_REPLIES = "999"


def final_status(kind: Kind, mobile: str) -> int:
    """The status that a message to this number ends with; 0 when it never ends."""
    usual, fates = (DELIVERED, _SMS_FATES) if kind == "sms" else (SENT_MMS, _MMS_FATES)
    if not mobile.startswith(_DOMESTIC):
        return usual
    return fates.get(mobile[-3:], usual)


def will_reply(mobile: str) -> bool:
    """Whether the recipient answers by itself."""
    return mobile.startswith(_DOMESTIC) and mobile.endswith(_REPLIES)
