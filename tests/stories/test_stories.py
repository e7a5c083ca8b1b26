"""The acceptance stories: what each buyer is told first, what is refused, and a pack that a stranger can verify."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stories.story import ADDRESS, FIRM, NEW_TERMS, OLD_TERMS, PRODUCT, Story, make_story, shift

STAR = "星河卡盟"
HISTORY = (
    ("2026-11-01", OLD_TERMS),
    ("2026-11-09", OLD_TERMS),
    ("2026-11-12", NEW_TERMS),
    ("2026-11-13", NEW_TERMS),
)
BILL = (
    f"微信支付 账单详情\n商户全称：{FIRM}\n金额：50.00元\n"
    "交易单号：4200002211202611101234567890\n支付时间：2026-11-10 14:31\n"
)
KEY = "QWER-7T2K-ZX90-MN4B"
CHAT = (
    f"2026-11-10 16:00 我：卡密 {KEY} 提示未激活，请换同面值的或者退款，请在24小时内书面答复\n"
    "2026-11-10 16:20 客服：虚拟商品一经售出概不退换，激活费是官方收的，补30元才给用\n"
)


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[str], Story]:
    """Open a story's case, with nothing in the archive."""

    def open_story(name: str) -> Story:
        story = make_story(tmp_path / name, name)
        story.open_case()
        return story

    return open_story


def order_of(plan: dict[str, Any]) -> list[str]:
    return [step["channel"] for step in plan["steps"]]


def blocked(plan: dict[str, Any], channel: str) -> list[str]:
    (step,) = (step for step in plan["steps"] if step["channel"] == channel)
    return [one["field"] for one in step["blocked"]]


def text_of(folder: Path) -> str:
    """All text files of a pack."""
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.txt")))


def verify(story: Story, folder: Path) -> dict[str, Any]:
    result = story.market.run("verify", str(folder), "--json")
    told = json.loads(result.stdout)
    assert isinstance(told, dict)
    return told


def test_a_dead_card_with_an_activation_fee_from_page_to_a_verified_pack(tmp_path: Path) -> None:
    story = make_story(tmp_path, "activation_fee")
    story.watch(STAR, "xh88.test", terms=HISTORY, product=PRODUCT)
    story.look_up("xh88.test")
    told = story.open_case()
    assert [one["kind"] for one in told["case"]["facts"]["demands"]], "what may be asked is proposed"
    story.add("wallet_bill", "账单.txt", BILL)
    story.add("chat", "聊天.txt", CHAT)
    plan = story.plan()
    assert order_of(plan)[:2] == ["platform", "wechat_pay"]
    assert blocked(plan, "p12315") == []
    letter = story.letter("p12315")
    assert FIRM in letter and ADDRESS in letter and "50.00" in letter
    assert "间隔期间未观察" in letter, "what the page said is told as it is known"
    assert "构成诈骗" not in letter and "第二十条第" not in letter
    excuses = story.market.run("case", "excuses", story.case).output
    assert "一经售出概不退换" in excuses
    folder = story.pack("p12315")
    assert KEY not in text_of(folder) and KEY.replace("-", "") not in text_of(folder)
    report = verify(story, folder)
    assert report["verdict"] in ("intact", "cannot_say"), report
    checked = [check for one in report["targets"][0]["subjects"] for check in one["checks"]]
    assert checked and not [check for check in checked if check["status"] == "failed"]
    victim = sorted(path for path in folder.rglob("*.txt"))[0]
    victim.write_bytes(victim.read_bytes()[:-1] + b"!")
    assert verify(story, folder)["verdict"] == "altered"


def test_a_used_key_and_a_robot_that_cannot_refund(tell: Callable[[str], Story]) -> None:
    story = tell("steam_used")
    plan = story.plan()
    assert order_of(plan)[:2] == ["platform", "alipay"]
    assert "respondent.address" in blocked(plan, "p12315"), "who sold is not known yet"
    missing = story.ask("case", "missing", story.case)
    assert "use_trace" in json.dumps(missing), "whether and when the key was used decides whose fault it is"
    excuses = story.market.run("case", "excuses", story.case).output
    assert "无法退款" in excuses


def test_a_gift_that_was_taken_back_after_it_was_confirmed(tell: Callable[[str], Story]) -> None:
    plan = tell("gift_taken_back").plan()
    assert order_of(plan)[:2] == ["platform", "alipay"]


def test_a_balance_that_may_not_be_taken_out_is_asked_back_as_prepaid(tell: Callable[[str], Story]) -> None:
    story = tell("frozen_balance")
    told = story.ask("case", "show", story.case)
    assert "release" in json.dumps(told), "the balance is asked for, not the whole payment"
    assert "3000" in json.dumps(told)
    assert "预付" in "\n".join(story.plan()["notes"])


def test_paid_and_no_key_goes_to_the_wallet_by_its_number(tell: Callable[[str], Story]) -> None:
    story = tell("paid_no_key")
    plan = story.plan()
    assert order_of(plan)[:2] == ["platform", "wechat_pay"]
    assert blocked(plan, "wechat_pay") == []
    letter = story.letter("payment")
    assert len(letter) <= 1200 and "4200002211202611221234567890" in letter.replace(
        shift("2026-11-22").replace("-", ""), "20261122"
    )


def test_a_package_that_does_not_work_is_promised_nothing(tell: Callable[[str], Story]) -> None:
    story = tell("small_package")
    notes = "\n".join(story.plan()["notes"])
    assert "没有材料显示卖家对此作过承诺" in notes and "七日无理由" in notes
    letter = story.letter("demand")
    assert "七日无理由" not in letter and "三倍" not in letter


def test_an_advertisement_without_a_time_before_the_orders_supports_no_fraud(tell: Callable[[str], Story]) -> None:
    story = tell("many_topups")
    plan = story.plan()
    assert "不能证明下单时已有这项宣传" in "\n".join(plan["notes"])
    refused = story.market.run("case", "letter", story.case, "demand")
    assert refused.exit_code == 6 and "具体的请求" in refused.output, "nothing is left to ask for"
    letter = story.letter("police")
    assert "119273.00" in letter.replace(",", "") and "三倍" not in letter and "认为返利没有到账" in letter


def test_a_deposit_to_unfreeze_goes_to_the_police_first(tell: Callable[[str], Story]) -> None:
    story = tell("unfreeze_deposit")
    plan = story.plan()
    assert order_of(plan)[:2] == ["police", "transfer_report"]
    assert "unfreeze_fee" in [flag["id"] for flag in plan["flags"]]
    assert "platform" not in order_of(plan), "nobody bargains with a fraud"
    letter = story.letter("police")
    assert "3800" in letter.replace(",", "") and "可能涉及" in letter and "构成诈骗" not in letter


def test_a_reseller_is_no_consumer(tell: Callable[[str], Story]) -> None:
    story = tell("reseller")
    plan = story.plan()
    assert {"p12315", "market_complaint", "consumer_assoc"} <= {one["channel"] for one in plan["unsuited"]}
    letter = story.letter("demand", draft=True)  # how much of the goods he got is not told
    assert "消费者权益保护法" not in letter and "民法典" in letter
    refused = story.market.run("pack", story.case, "--channel", "p12315", "--out", str(story.market.folder / "p"))
    assert refused.exit_code != 0 and "生活消费" in refused.output


def test_faked_orders_get_no_pack(tell: Callable[[str], Story]) -> None:
    story = tell("faked_orders")
    assert story.plan()["refused"] and "律师" in "\n".join(story.plan()["notes"])
    refused = story.market.run("pack", story.case, "--channel", "alipay", "--out", str(story.market.folder / "p"))
    assert refused.exit_code != 0 and "刷单" in refused.output
    assert not (story.market.folder / "p").exists()


def test_a_child_speaks_through_its_guardian(tell: Callable[[str], Story]) -> None:
    story = tell("minor")
    assert "监护人" in "\n".join(story.plan()["notes"])
    letter = story.letter("demand")
    assert "林建国" in letter and "法定代理人" in letter


def test_a_personal_code_has_no_merchant_dispute(tell: Callable[[str], Story]) -> None:
    plan = tell("personal_code").plan()
    assert {"wechat_pay", "alipay"} <= {one["channel"] for one in plan["unsuited"]}
    assert "transfer_report" in order_of(plan)


def test_a_platform_that_went_is_followed_to_its_new_domain(tmp_path: Path) -> None:
    story = make_story(tmp_path, "gone_and_back")
    story.watch(STAR, "xh88.test", terms=HISTORY[:2], product=PRODUCT)
    story.watch(STAR, "xh89.test", terms=(("2026-11-14", NEW_TERMS), ("2026-11-15", NEW_TERMS)))
    story.open_case()
    plan = story.plan()
    assert order_of(plan)[:2] == ["platform", "alipay"], "it is there, under another name"
    assert "xh89.test" in json.dumps(plan, ensure_ascii=False)
    shown = story.ask("case", "show", story.case)
    assert "xh89.test" in json.dumps(shown), "the pages of the new domain belong to the same platform"


def test_a_shop_on_a_platform_is_asked_for_through_the_platform(tell: Callable[[str], Story]) -> None:
    plan = tell("shop_on_platform").plan()
    mends = [one["mend"] for step in plan["steps"] for one in step["blocked"] if one["field"].startswith("respondent")]
    assert any("平台" in mend for mend in mends)


def test_a_buyer_who_archived_nothing_is_led_from_five_questions_to_a_pack(tmp_path: Path) -> None:
    story = make_story(tmp_path, "quick")
    words = ("--platform", "小云发卡 https://xiaoyun.test/buy/3", "--order", "XY2211", "--paid", "50元 微信",
             "--what", "付款成功一直不发卡密", "--when", shift("2026-11-22") + " 21:00", "--no-capture")  # fmt: skip
    told = story.ask("quick", *words)
    found = re.search(r"k-[0-9TZ]+-[0-9a-z]{8}", json.dumps(told))
    assert found, told
    story.case = found[0]
    assert 0 < len(told["seller"]["chat"]) <= 100 and len(told["payment"]["text"]) <= 300
    story.add("wallet_bill", "账单.txt", BILL)
    result = story.market.run("case", "set", story.case, "buyer.name=林小明", "buyer.phone=13800138000",
                              "orders.1.payment_no=4200002211202611101234567890", "payment=微信商户",
                              "purpose=自用")  # fmt: skip
    assert result.exit_code == 0, result.output
    folder = story.pack("wechat_pay")
    assert verify(story, folder)["verdict"] in ("intact", "cannot_say")
