"""What a cell of a consent column says. Only a plain yes is one."""

import re
from typing import Literal

from tools.cleaning import without_hidden
from tools.lists.cells import Cell, text_of
from tools.opt_outs import same_words

_YES = frozenset(
    re.findall(
        r"\S+",
        "y yes true 1 ok on v o ✓ ✔ ☑ ✅ 是 有 同意 已同意 我同意 願意 我願意 接受 接收 訂閱 已訂閱 可 要",
    )
)
_NO = frozenset(re.findall(r"\S+", "n no false 0 off x ✗ ✘ ☒ ❌ ✖ 否 無 不 不可 不要"))
_REFUSAL = frozenset(
    re.findall(
        r"\S+",
        "不同意 未同意 我不同意 不願意 不接受 不接收 拒絕 拒收 已拒收 退訂 已退訂 未訂閱 不訂閱 "
        "取消訂閱 已取消訂閱",
    )
)
"""Who says so wants nothing, under whichever heading."""


def read_consent(cell: Cell, *, opts_out: bool = False) -> Literal["yes", "no", "unclear"]:
    """What the cell says; under a heading that asks who wants nothing (`opts_out`), the other way round.

    There an empty cell is no objection.
    """
    written = without_hidden(text_of(cell)).strip()
    word = same_words(written) or written
    if word in _REFUSAL:
        return "no"
    if word in _YES:
        return "no" if opts_out else "yes"
    if word in _NO or (opts_out and not word):
        return "yes" if opts_out else "no"
    return "unclear"
