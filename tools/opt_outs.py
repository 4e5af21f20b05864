"""Replies that say "send me nothing any more": the whole reply must say it, politely or not.

A word somewhere in a text proves nothing (`STOP by the shop tomorrow`, `不要取消我的預約`), so a reply is one
when nothing is left of it besides the wish itself, the politeness around it and what it is about. Whatever is
not understood is no opt-out here: a person reads it among the replies.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from enum import Enum
from functools import cache

_LONGEST = 200
"""Characters of a reply that can be one; longer ones say something else as well."""
_TRADITIONAL = str.maketrans(
    "订阅閲传发请谢烦简讯给别帮广单从删码号绝后这骚扰", "訂閱閱傳發請謝煩簡訊給別幫廣單從刪碼號絕後這騷擾"
)
"""The simplified characters of the words below, and a variant that some keyboards write."""

_POLITE = """
您好 你好 哈囉 嗨 hi hello 不好意思 抱歉 對不起 拜託 請 煩請 麻煩 麻煩您 麻煩你 幫我 幫忙 協助 我要 我想
我想要 要 想 謝謝 謝謝您 謝謝你 謝啦 謝了 感謝 感恩 多謝 3q thanks thx ty thankyou please pls plz ok
回 回覆 輸入 回傳 sorry iwantto iwouldliketo idliketo
"""
_ABOUT = """
我 我的 你 您 你們 您們 貴公司 將 把 以後 今後 之後 再 再也 全部 都 所有 通通 一律 立刻 立即 馬上 現在
直接 希望 可以 可否 能否 能不能 可不可以 能 是否 已 已經 如何 怎麼 怎樣 請問 這 這個 這些 這種 此 的 了 吧
喔 哦 唷 啊 啦 囉 呢 嗎 好嗎 嘛 簡訊 訊息 短信 訊 廣告 行銷 促銷 商業 會員 類 垃圾 通知 優惠 資訊 內容 電子報
服務 給我 過來 來 到 手機 手機號碼 號碼 電話 門號 sms mms text texts texting message messages ads spam
any more me my number from your the this list all now again immediately service you to of
"""
_SURE = (
    "退訂",
    "退訂閱",
    "(?:取消|解除|停止|終止)(?:訂閱|訂戶|接收|收訊)",
    "(?:取消|停止|拒絕|終止)(?:接收|收)?(?:所有|任何|你們的|這種|此類)?(?:廣告|行銷|促銷)?(?:簡訊|訊息|短信|廣告|電子報)",
    "(?:不|不要|不想|不用|不需)(?:再)?訂閱",
    "拒收",
    "拒絕(?:接收|收|再收|收訊)",
    "(?:不要|別|勿|請勿|不用|不必|不需要|停止|不准|不許)再?(?:一直)?(?:傳送|發送|寄(?:簡訊|訊息|廣告|電子報)|傳|發|打擾|騷擾)",
    "(?:不再|不同意)(?:接收|收到)",
    "(?:不要|不需要)(?:廣告|行銷|促銷)?(?:簡訊|訊息|短信)",
    "勿擾",
    "(?:不要|不想|不願|不希望|不願意|不需要)(?:再|繼續)?(?:收到?|接收|接到)",
    "(?:從|自)?(?:你們|您們)?的?(?:名單|清單)(?:中|內|上|裡)?(?:移除|刪除|剔除)",
    "(?:移除|刪除|移出|退出)我?的?(?:手機|電話)?(?:名單|號碼|門號)",
    "(?:移除|刪除)我的(?:資料|個資|電話|手機)",
    "(?:將|把|幫)我(?:移除|刪除|除名|剔除)",
    "(?:手機|電話)?(?:號碼|門號)(?:從名單)?(?:中|內)?(?:移除|刪除)",
    "unsub?s?cribe",
    "unsub",
    "stopall",
    "stop(?:texting|sending|messaging|contacting|sms|spamming|messages|msgs?|texts|spam)",
    "opt(?:me)?out",
    "(?:take|remove)(?:me|mynumber)(?:off|from)?",
    "cancel(?:my)?subscription",
    "(?:dont|donot|never)(?:text|message|contact|send|sms)",
    "no(?:more)(?:messages|texts|sms|ads|spam)",
)
_BARE = ("取消(?!退訂|拒收|拒絕)", "停止", "stop(?:it)?", "n", "cancel", "quit", "end")
"""Words that mean much else besides: nothing but politeness may stand around them. Carriers abroad
have to obey the English ones (CTIA)."""
_PHONE = "(?:886|0)9[0-9]{8}"
_WORDS = {
    "polite": _POLITE.split(),
    "about": (*_ABOUT.split(), _PHONE),
    "bare": _BARE,
    "sure": _SURE,
}


def is_opt_out(text: str, own_words: Collection[str] = ()) -> bool:
    """Whether a reply asks for nothing to be sent any more; `own_words` count like 取消 and N."""
    if len(text) > _LONGEST:
        return False
    said = same_words(text)
    own = [word for word in map(same_words, own_words) if word]
    # What can have been said up to each place: a reply is read in one pass, however it is built.
    reached: list[set[_Said]] = [set() for _ in range(len(said) + 1)]
    reached[0].add(_Said.POLITENESS)
    for at, states in enumerate(reached):
        if states:
            for kind, end in _words_at(said, at, own):
                reached[end] |= {_NEXT[kind][state] for state in states}
    return not reached[-1].isdisjoint((_Said.BARE_WORD, _Said.WISH))


def same_words(text: str) -> str:
    """Letters and digits alone, of one width and case: `Ｓ Ｔ Ｏ Ｐ！` is `stop`. Alike replies share it."""
    seen = unicodedata.normalize("NFKC", text).casefold().translate(_TRADITIONAL)
    return "".join(char for char in seen if unicodedata.category(char)[0] in "LN")


class _Said(Enum):
    """What a reply has said so far."""

    POLITENESS = 0
    SOMETHING = 1
    BARE_WORD = 2
    WISH = 3


_NEXT: dict[str, dict[_Said, _Said]] = {
    "polite": {each: each for each in _Said},
    "about": dict.fromkeys(_Said, _Said.SOMETHING) | {_Said.WISH: _Said.WISH},
    "bare": dict.fromkeys(_Said, _Said.BARE_WORD)
    | {_Said.SOMETHING: _Said.SOMETHING, _Said.WISH: _Said.WISH},
    "sure": dict.fromkeys(_Said, _Said.WISH),
}
"""What a word of each kind makes of what was said before it."""


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    """Compiled for the first reply: every start of a server would pay for it."""
    return {kind: tuple(map(re.compile, words)) for kind, words in _WORDS.items()}


def _words_at(said: str, at: int, own_words: Collection[str]) -> Iterator[tuple[str, int]]:
    """Every word that begins at this place: its kind and where it ends."""
    for kind, patterns in _patterns().items():
        for pattern in patterns:
            if found := pattern.match(said, at):
                yield kind, found.end()
    yield from (("bare", at + len(word)) for word in own_words if said.startswith(word, at))
