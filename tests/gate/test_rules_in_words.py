"""The rules in words name every rule that is in force, and no number."""

import json
from datetime import time
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from server.gate.rules.approving import describe_approving
from server.gate.rules.description import describe
from server.settings.policy import ApprovalSettings, PolicySettings, QuietHours
from tests.gate.intents import MOBILE, OTHER


def test_the_description_names_every_rule_and_no_number(tmp_path: Path) -> None:
    file = tmp_path / "blocked.txt"
    file.write_text("0912345678\n0987654321\n", "utf-8")
    policy = PolicySettings(
        read_only=True,
        disabled_tools=("send_mms",),
        points_per_call=Decimal(100),
        points_per_day=Decimal(1000),
        blocked_numbers=(MOBILE,),
        blocked_numbers_file=file,
        block_opt_outs=True,
        opt_out_words=("TD",),
        countries=("TW",),
        quiet_hours=QuietHours(start=time(22), end=time(8)),
        required_sender_name="王品",
        allowed_url_hosts=("https://SHOP.tw/sale",),
        allowed_phone_numbers=(),
        test_numbers=(OTHER,),
        test_recipients=1,
        test_points=Decimal(2),
        undo_minutes=3,
        undo_above_recipients=50,
    )
    told = json.dumps(describe(policy), ensure_ascii=False)
    assert describe(policy)["without_a_rule"] == [
        "CAMPAIGN_OPS_POLICY__POINTS_PER_MONTH",
        "CAMPAIGN_OPS_POLICY__RECIPIENTS_PER_CALL",
        "CAMPAIGN_OPS_POLICY__RECIPIENTS_PER_DAY",
        "CAMPAIGN_OPS_POLICY__TEXTS_PER_RECIPIENT_PER_DAY",
    ]
    assert all(f"CAMPAIGN_OPS_POLICY__{name.upper()}" in told for name in PolicySettings.model_fields)
    for words in (
        "At most 100 points a call.",
        "A larger send at once can be taken back for 3 minutes.",
        "Larger: to more than 50 recipients.",
        "Never sent to the 2 numbers in blocked.txt.",
        "Nothing is sent from 22:00 to 08:00 (Asia/Taipei).",
        "Texts may hold no phone numbers.",
        "Texts may hold only these URLs: shop.tw.",
        "Never sent to: 0912***678.",
        "「王品」",
    ):
        assert words in told
    assert not any(number in told for number in ("912345678", "987654321", str(tmp_path)))


def test_the_description_says_when_the_file_stops_all_sends(tmp_path: Path) -> None:
    told = json.dumps(describe(PolicySettings(blocked_numbers_file=tmp_path / "blocked.txt")))
    assert "Nothing is sent: the file cannot be read (blocked.txt)." in told


def test_who_approves_and_how_is_named_with_its_setting_and_no_number() -> None:
    strict = ApprovalSettings(
        mode="out_of_band_only",
        passkey_above_points=Decimal(2500),
        passkey_for_destroy=True,
        four_eyes=True,
        phone=SecretStr(MOBILE),
        phone_owner="local:chen",
        phone_max_points=Decimal(300),
        typed_above_recipients=1200,
    )
    told = {each["setting"]: each["rule"] for each in describe_approving(strict)}
    assert told == {
        "CAMPAIGN_OPS_APPROVAL__MODE": "Nothing is approved in a form of the chat.",
        "CAMPAIGN_OPS_APPROVAL__PASSKEY_ABOVE_POINTS": (
            "Above 2,500 points a passkey has to sign the approval."
        ),
        "CAMPAIGN_OPS_APPROVAL__PASSKEY_FOR_DESTROY": (
            "A passkey has to sign the approval of what cannot be undone."
        ),
        "CAMPAIGN_OPS_APPROVAL__FOUR_EYES": "Who asked for something cannot approve it.",
        "CAMPAIGN_OPS_APPROVAL__PHONE": "0912***678 approves by answering a text.",
        "CAMPAIGN_OPS_APPROVAL__PHONE_MAX_POINTS": "By a text: at most 300 points.",
        "CAMPAIGN_OPS_APPROVAL__TYPED_ABOVE_RECIPIENTS": (
            "Above 1,200 recipients a person types their number."
        ),
        "CAMPAIGN_OPS_APPROVAL__TYPED_ABOVE_POINTS": (
            "Above 500 points a person types the number of recipients."
        ),
    }
    for approval, rule in (
        (ApprovalSettings(passkeys="required"), "A passkey has to sign every approval by a person."),
        (ApprovalSettings(out_of_band=False), "Nothing is approved outside of the chat."),
    ):
        assert rule in [each["rule"] for each in describe_approving(approval)]
