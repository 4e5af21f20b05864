"""Which replies ask for nothing to be sent any more: the whole reply must say so."""

import pytest

from tools.opt_outs import is_opt_out, same_words

OPT_OUTS = """
退訂
取消訂閱
取消
拒收
不要再傳
STOP
UNSUBSCRIBE
N
stop
Stop.
n
ｎ
Ｎ
ＳＴＯＰ
Ｓ Ｔ Ｏ Ｐ
S T O P
退 訂
退　訂！
「退訂」
退訂。
退訂，謝謝
請退訂
麻煩幫我退訂，謝謝您
您好，我要退訂
我要取消訂閱
請取消訂閱 謝謝
不好意思，請幫我取消訂閱簡訊
取消，謝謝
請取消
N 謝謝
回覆N
回 N
N!!!
STOP 謝謝
回覆STOP
Please stop
STOP please, thanks
STOP ✋
🙏退訂🙏
拒收廣告
拒收廣告簡訊
我拒收
拒絕接收
請不要再傳簡訊給我
麻煩不要再傳了
不要再傳訊息來了，謝謝
請勿再傳
別再傳了
别再发了
不要再發了
請不要再寄簡訊過來
不想再收到簡訊
我不想收到你們的廣告
以後不要再傳
停止發送
請停止傳送簡訊
可以退訂嗎
請問如何退訂？
怎麼取消訂閱
退订
取消订阅
不要再传了
請將我的號碼移除
請從名單中移除
刪除我的手機號碼
請將0912345678退訂
unsubscribe
Unsubscribe me please
please unsubscribe me from this list
unsub
STOP ALL
stop texting me
Stop sending me messages
don't text me again
Do not contact me
Remove me from your list
opt out
OPT-OUT
Opt me out
no more messages
No more texts please
退訂 STOP
取消訂閱，不要再傳了，謝謝
回N退訂
STOP
  取消訂閱
取消簡訊
取消接收廣告簡訊
停止
請停止，謝謝
想退訂
請協助退訂
退訂會員簡訊
拒收此類簡訊
拒收商業簡訊
我不要簡訊
不再接收
不同意接收廣告
請勿擾
請將我移除
請刪除我的資料
退訂唷
UNSUBCRIBE
I'd like to unsubscribe
please don't send me any more messages
stop it
stop msg
CANCEL
Quit.
END
""".strip().splitlines()

NEAR_MISSES = """
不取消
不要取消
STOP by the shop tomorrow
N號出口
不要取消我的預約
取消預約
我要取消訂單
請幫我取消明天的訂位
取消訂位
可以取消嗎
取消了嗎
已取消
還是取消吧
不退訂
我沒有要退訂
不想退訂
不要退訂
請不要幫我退訂
別取消訂閱
取消退訂
被退訂了怎麼辦
退訂成功了嗎
退訂金
訂金可以退嗎
退訂房間
拒收包裹
包裹拒收了
貨到拒收會怎樣
不要再傳錯了
不要再傳給別人
不要再傳照片了
再傳一次
請再傳一次給我
沒收到，請再傳
不要
不用
No
No thanks
Not now
N95口罩還有嗎
N/A
Y/N
Non
Don't stop
Non-stop
stopped by yesterday
Nonstop flight?
can you stop at 7-11
The bus stop is here
stop loss at 500
stop it, you are too kind
I did not unsubscribe
don't unsubscribe me
How many unsubscribed?
好
Y
ＯＫ
收到
謝謝
請問
你好
1
9
👍
……
我要
簡訊
取消取貨改宅配
幾點開始？
請回電
不要再打折了嗎
停止營業了嗎
不用寄了
請不要寄
n號
停止嗎
請停止扣款
停止收費
不要簡訊通知，請改打電話
請把我加回去
刪除訂單資料
勿擾模式怎麼開
取消，改約週五
cancel my appointment
weekend
The end of the month
Please quit smoking
stop it there
""".strip("\n").splitlines()


@pytest.mark.parametrize("reply", OPT_OUTS)
def test_a_reply_that_opts_out_is_recognised(reply: str) -> None:
    assert is_opt_out(reply)


@pytest.mark.parametrize("reply", [*NEAR_MISSES, "", " ", "退訂" * 200])
def test_a_reply_that_says_something_else_is_none(reply: str) -> None:
    assert not is_opt_out(reply)


def test_the_tables_are_as_long_as_promised() -> None:
    assert len(set(OPT_OUTS)) >= 60
    assert len(set(NEAR_MISSES)) >= 40


@pytest.mark.parametrize("reply", ["TD", "ｔｄ", "請TD謝謝", "回覆 td"])
def test_a_word_of_the_operator_counts_like_ours(reply: str) -> None:
    assert not is_opt_out(reply)
    assert is_opt_out(reply, ["TD"])


def test_a_word_of_the_operator_within_a_text_proves_nothing() -> None:
    assert not is_opt_out("TD銀行在哪裡", ["TD"])
    assert not is_opt_out("好", ["！"])


@pytest.mark.parametrize("start", ["請", "退訂", "我要退訂", "stop", "不要再傳給我", "n"])
def test_a_long_reply_is_read_in_one_pass(start: str) -> None:
    assert not is_opt_out((start * 200)[:199] + "x")


def test_replies_that_say_the_same_are_alike() -> None:
    assert same_words("Ｏ Ｋ！") == same_words("ok.") == "ok"
