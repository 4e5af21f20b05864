import base64
import re
from datetime import timedelta

import pytest

from tests.sandbox.probe import TAIWANESE, Probe

BATCH_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PICTURE = base64.b64encode(b"\xff\xd8" + bytes(1000)).decode()


async def test_a_send_answers_credit_sent_cost_unsent_and_batch(probe: Probe) -> None:
    credit, sent, cost, unsent, batch_id = await probe.send(f"{TAIWANESE},+886922333444", "繳費提醒")
    assert (credit, sent, cost, unsent) == ("9998.00", "2", "2", "0")
    assert BATCH_ID.fullmatch(batch_id)
    assert await probe.sent_texts() == [
        ("+886912345678", "繳費提醒", ""),
        ("+886922333444", "繳費提醒", ""),
    ]


@pytest.mark.parametrize(
    ("length", "points"),
    [
        (1, 1),
        (70, 1),
        (71, 2),
        (134, 2),
        (135, 3),
        (201, 3),
        (202, 4),
        (268, 4),
        (269, 5),
        (333, 5),
        (334, 6),
    ],
)
async def test_the_price_follows_the_table(probe: Probe, length: int, points: int) -> None:
    assert (await probe.send(text="字" * length))[2] == str(points)


async def test_an_emoji_counts_as_two_characters(probe: Probe) -> None:
    assert (await probe.send(text="😀" * 35))[2] == "1"
    assert (await probe.send(text="😀" * 36))[2] == "2"


async def test_an_international_number_costs_three_times_for_each_seventy_characters(probe: Probe) -> None:
    assert (await probe.send("+14155550100", "a" * 70))[2] == "3"
    assert (await probe.send("+14155550100", "a" * 71))[2] == "6"


async def test_an_international_number_is_free_and_500_where_the_account_has_it_off(probe: Probe) -> None:
    await probe.control("account", uid="sandbox", international=False)
    credit, sent, cost, _, batch_id = await probe.send("+14155550100")
    assert (credit, sent, cost) == ("10000.00", "1", "0")
    assert await probe.statuses(batch_id) == ["500"]


async def test_an_invalid_number_is_accepted_free_of_charge(probe: Probe) -> None:
    credit, sent, cost, _, batch_id = await probe.send("0212345678")
    assert (credit, sent, cost) == ("10000.00", "1", "0")
    assert await probe.statuses(batch_id) == ["-3"]
    assert await probe.sent_texts() == []


async def test_credit_that_runs_out_leaves_texts_unsent(probe: Probe) -> None:
    answer = await probe.send("0912345678,0912345679,0912345677", UID="empty", PWD="empty")
    assert answer[:4] == ["0.00", "2", "2", "1"]
    assert len(await probe.sent_texts()) == 2


async def test_older_hosts_write_costs_with_a_decimal(probe: Probe) -> None:
    assert (await probe.send(UID="legacy", PWD="legacy"))[2] == "1.0"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"UID": "nobody"}, "-100"),
        ({"PWD": "wrong"}, "-101"),
        ({"UID": ""}, "-300"),
        ({"PWD": ""}, "-300"),
        ({"UID": "locked", "PWD": "locked"}, "-999"),
        ({"MSG": ""}, "-24"),
        ({"DEST": ""}, "-27"),
        ({"DEST": "0912345678,,0922333444"}, "-27"),
        ({"DEST": " 886912345678"}, "-27"),
        ({"ST": "2026-01-01"}, "-28"),
        ({"ST": "20261399000000"}, "-28"),
        ({"EventID": "1"}, "-290"),
    ],
)
async def test_a_refused_send_answers_a_code_and_a_text(
    probe: Probe, fields: dict[str, str], code: str
) -> None:
    answered, text = await probe.send(**{"numbers": fields.pop("DEST", TAIWANESE), **fields})
    assert answered == code
    assert text
    assert (await probe.state())["batches"] == []


async def test_a_send_without_dest_is_minus_41(probe: Probe) -> None:
    assert (await probe.every8d("sendSMS", MSG="hi")).startswith("-41,")


async def test_ten_failed_logins_lock_the_account(probe: Probe) -> None:
    codes = [(await probe.send(PWD="wrong"))[0] for _ in range(11)]
    assert codes == ["-101"] * 10 + ["-999"]
    assert (await probe.send())[0] == "-999"


async def test_a_right_login_forgives_the_failed_ones(probe: Probe) -> None:
    for password in ["wrong"] * 9 + ["sandbox"] + ["wrong"] * 9:
        await probe.send(PWD=password)
    assert (await probe.send())[1] == "1"


async def test_names_have_no_case_and_a_prefix_is_accepted(probe: Probe) -> None:
    fields = {"uid": "sandbox", "pwd": "sandbox", "msg": "hi", "dest": TAIWANESE}
    response = await probe.http.post("/prepaid/api21/http/SENDSMS.ASHX", data=fields)
    assert response.text.startswith("9999.00,1,1,0,")
    assert (await probe.http.get("/API21/HTTP/getCredit.ashx", params=fields)).text == "9999.00"


async def test_the_filter_drops_what_was_sent_by_any_endpoint_within_a_day(probe: Probe) -> None:
    await probe.send("0900000001")
    first = await probe.every8d("sendSMS4FilterMessage", MSG="您好", DEST="0900000001,0900000002")
    assert first.split(",")[1:4] == ["1", "1", "0"]
    assert first.split(",")[5] == "0900000001"
    again = await probe.every8d("sendSMS4FilterMessage", MSG="您好", DEST="0900000001,0900000002")
    assert again == "-98,0900000001/0900000002"
    assert len(await probe.sent_texts()) == 2


async def test_the_filter_lets_a_number_through_once_in_a_call(probe: Probe) -> None:
    answer = await probe.every8d("sendSMS4FilterMessage", MSG="您好", DEST="0912345678,+886912345678")
    assert answer.split(",")[1:4] + answer.split(",")[5:] == ["1", "1", "0", "+886912345678"]


async def test_the_filter_knows_its_own_account_only(probe: Probe) -> None:
    await probe.send(UID="legacy", PWD="legacy")
    assert (await probe.every8d("sendSMS4FilterMessage", MSG="您好", DEST=TAIWANESE)).count(",") == 4


async def test_the_filter_answers_five_fields_when_nothing_was_filtered(probe: Probe) -> None:
    assert len((await probe.every8d("sendSMS4FilterMessage", MSG="您好", DEST=TAIWANESE)).split(",")) == 5


async def test_the_filter_forgets_after_a_day_and_knows_the_text(probe: Probe) -> None:
    await probe.send(TAIWANESE, "甲")
    other = await probe.every8d("sendSMS4FilterMessage", MSG="乙", DEST=TAIWANESE)
    await probe.advance(86_401)
    later = await probe.every8d("sendSMS4FilterMessage", MSG="甲", DEST="+886912345678")
    assert [answer.count(",") for answer in (other, later)] == [4, 4]


async def test_the_filter_does_not_count_an_erased_booking(probe: Probe) -> None:
    batch_id = await probe.batch(ST=await probe.compact_time(timedelta(hours=2)))
    assert await probe.every8d("eraseBooking", BID=batch_id) == "1,1"
    assert (await probe.every8d("sendSMS4FilterMessage", MSG="您好", DEST=TAIWANESE)).count(",") == 4


async def test_the_message_id_comes_back_as_the_sixth_field(probe: Probe) -> None:
    answer = await probe.every8d("sendSMSWithMsgID", MSG="hi", DEST=TAIWANESE, MSGID="00000000000000000001")
    assert answer.split(",")[5:] == ["00000000000000000001"]
    several = await probe.every8d("sendSMSWithMsgID", MSG="hi", DEST="0912345678,0922333444", MSGID="1")
    assert several.startswith("-27,")
    for wrong in ("", "x", "1", "1" * 19, "1" * 21, "１" * 20):
        answer = await probe.every8d("sendSMSWithMsgID", MSG="hi", DEST=TAIWANESE, MSGID=wrong)
        assert answer.startswith("-99,"), wrong


async def test_a_template_is_filled_for_each_recipient(probe: Probe) -> None:
    answer = await probe.param(
        [
            {"Mobile": TAIWANESE, "Param": "小明|2021/09/30|||", "Name": "明", "Mr": "a-1"},
            {"Mobile": "0922333444", "Param": "|2021/10/30|||", "Mr": "a-2"},
        ],
        template="客戶:%field1%於%field2%到期%field3%",
    )
    assert answer["Result"] is True
    assert answer["Status"] == "0"
    assert answer["Msg"].split(",")[:4] == ["9998.00", "2", "2", "0"]
    assert [text for _, text, _ in await probe.sent_texts()] == [
        "客戶:小明於2021/09/30到期",
        "客戶:於2021/10/30到期",
    ]


async def test_each_recipient_can_have_a_text_and_a_time_of_its_own(probe: Probe) -> None:
    later = await probe.compact_time(timedelta(hours=1))
    answer = await probe.param(
        [{"Mobile": TAIWANESE, "Param": "甲", "SendTime": later}, {"Mobile": "0922333444", "Param": "乙"}]
    )
    batch_id = answer["Msg"].split(",")[4]
    assert await probe.statuses(batch_id) == ["300", "0"]
    await probe.advance(60)
    assert await probe.statuses(batch_id) == ["300", "100"]


async def test_a_wrong_recipient_of_a_template_fails_alone(probe: Probe) -> None:
    answer = await probe.param(
        [
            {"Mobile": TAIWANESE, "Param": "三個|欄位|而已"},
            {"Mobile": TAIWANESE, "Param": "||||", "SendTime": "soon"},
            {"Mobile": TAIWANESE, "Param": "好||||"},
        ],
        template="%field1%",
    )
    assert await probe.statuses(answer["Msg"].split(",")[4]) == ["-1", "-6", "0"]
    assert (await probe.credit()) == "9999.00"


@pytest.mark.parametrize(
    ("recipients", "code"),
    [
        ([], "-41"),
        ([{"Mobile": "", "Param": "a"}], "-27"),
        ([{"Mobile": TAIWANESE, "Param": ""}], "-24"),
        (
            [
                {"Mobile": TAIWANESE, "Param": "a", "Mr": "1"},
                {"Mobile": "0922333444", "Param": "b", "Mr": "1"},
            ],
            "-1",
        ),
    ],
)
async def test_a_refused_personal_send_answers_json(
    probe: Probe, recipients: list[dict[str, str]], code: str
) -> None:
    answer = await probe.param(recipients)
    assert (answer["Result"], answer["Status"]) == (False, code)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"UID":1,"PWD":2}', b"\xff", b'{"UID":"\\ud800","PWD":"x"}']
)
async def test_a_body_that_is_no_order_answers_json(probe: Probe, body: bytes) -> None:
    response = await probe.http.post("/API21/HTTP/SendParamSMS.ashx", content=body)
    assert response.status_code == 200
    assert response.json()["Result"] is False


async def test_half_a_surrogate_pair_does_no_harm(probe: Probe) -> None:
    body = (
        b'{"UID":"sandbox","PWD":"sandbox","RecipientDataList":[{"Mobile":"0912345678","Param":"a\\ud800"}]}'
    )
    assert (await probe.http.post("/API21/HTTP/SendParamSMS.ashx", content=body)).json()["Result"] is True
    assert [text for _, text, _ in await probe.sent_texts()] == ["a\ufffd"]


@pytest.mark.parametrize(("size", "points"), [(1000, "3"), (50 * 1024, "5"), (200 * 1024, "5")])
async def test_an_mms_costs_by_its_size_with_the_text(probe: Probe, size: int, points: str) -> None:
    picture = base64.b64encode(bytes(size)).decode()
    fields = {"SB": "特價", "MSG": "看圖", "DEST": TAIWANESE, "ATTACHMENT": picture, "TYPE": "PNG"}
    assert (await probe.every8d("MMS/sendMMS", **fields)).split(",")[1:4] == ["1", points, "0"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"SB": ""}, "-303"),
        ({"ATTACHMENT": ""}, "-304"),
        ({"ATTACHMENT": "not base64!"}, "-304"),
        ({"TYPE": ""}, "-305"),
        ({"TYPE": "gif"}, "-305"),
        ({"ATTACHMENT": base64.b64encode(bytes(300 * 1024)).decode()}, "-314"),
        ({"DEST": ""}, "-27"),
    ],
)
async def test_a_refused_mms_answers_its_code(probe: Probe, fields: dict[str, str], code: str) -> None:
    complete = {
        "SB": "特價",
        "MSG": "看圖",
        "DEST": TAIWANESE,
        "ATTACHMENT": PICTURE,
        "TYPE": "jpg",
        **fields,
    }
    assert (await probe.every8d("MMS/sendMMS", **complete)).split(",")[0] == code


async def test_an_mms_is_not_sent_abroad(probe: Probe) -> None:
    fields = {"SB": "特價", "MSG": "看圖", "ATTACHMENT": PICTURE, "TYPE": "jpg"}
    answer = await probe.every8d("MMS/sendMMS", DEST=f"+14155550100,{TAIWANESE}", **fields)
    assert answer.split(",")[1:4] == ["2", "3", "0"]
    await probe.advance(31)
    body = await probe.every8d("MMS/getDeliveryStatus", BID=answer.split(",")[4])
    assert [row.split("\t")[4] for row in body.split("\n")[1:-1]] == ["-3", "700"]
