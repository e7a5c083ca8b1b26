"""What a story says against answers, pages and chats of its own case stops it; what only looks so does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED, make_facts, make_file, make_item
from letters.lettercase import make_page, make_version

from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.filing_words import find_clause
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, Demand, DemandKind, Meant, Order, ProblemKind, Respondent

SETTINGS = ComplaintSettings()
SELLER = Respondent("杭州某某网络科技有限公司", "浙江省杭州市西湖区文三路100号")
WHOLE = {"demands": (Demand(DemandKind.REFUND, Decimal(100)),)}
SAYS = {
    "misread": (
        "页面上有写土耳其区，我下单的时候没注意看",
        "是我没看清",
        "我买的时候没仔细看说明",
        "当时没注意看详情页的地区",
        "怪我自己大意，没看说明",
        "我选错了区服",
    ),
    "came_part": (
        "期间11月6号到过一次5块钱",
        "先到了30元，剩下的没给",
        "只到账了3个月",
        "到账了20块",
        "先发了两张",
        "给我充了10天",
    ),
    "bought_by": (
        "我爸买的卡",
        "这卡是我妈下的单",
        "我老公在网上买的",
        "朋友买的",
        "是他付的款",
        "我对象昨天买的",
    ),
    "unanswered": (
        "找客服一直没有人理我",
        "客服一直不回复",
        "发消息从来没人理",
        "没有收到任何回复",
        "客服始终不理",
        "至今没人回应",
    ),
    "page_denies": (
        "卖家页面没写是共享的",
        "网站上根本没有写要录屏",
        "商品页没说不能退",
        "规则里没有要求录屏",
        "没看到页面写土区",
        "详情页从没提过手续费",
    ),
    "earns": (
        "在饭店打工一年多了",
        "自己挣钱自己花",
        "用自己的工资买的号",
        "他靠自己打工养活自己",
        "辍学去打工了",
    ),
}
SAYS_NOT = {
    "misread": (
        "下单的时候页面没有写是土区",
        "当时没看到有写区域",
        "客服说是我没看清",
        "下单时没想到会这样",
        "我没看到发货短信",
        "客服说是我看错了",
        "卡密看不清",
        "买的时候没注意到账时间以外没有别的问题",
    ),
    "came_part": (
        "充了100元一直没到",
        "到了11月12号还是没有",
        "收到了1条短信",
        "等了3天",
        "说好到账100元",
        "付了50元",
        "到账时间3天",
        "过了2个小时",
        "客服说给我发了3张",
    ),
    "bought_by": (
        "我给我爸买的卡",
        "帮朋友买的",
        "我用我老婆的微信付的款",
        "朋友推荐我买的",
        "我妈让我买的",
        "同学也买过",
        "送朋友的",
        "替我妈买的点卡",
        "我和朋友买的",
    ),
    "unanswered": (
        "后面就不回了",
        "后来没人理",
        "换了三个都不行，后面就不回了",
        "第二天就不理我了",
        "再也没人回",
        "不回头",
        "不理解规则",
        "客服说没人退过",
    ),
    "page_denies": (
        "页面写的是年卡",
        "页面没有公司地址",
        "商品没有发货",
        "网站打不开",
        "客服没说",
        "页面上写了7天质保",
    ),
    "earns": (
        "我在上班，孩子自己在家",
        "用压岁钱买的",
        "家长上班没在家",
        "我白天上班",
    ),
}


def told(story: str, *, chat: str = "", pages: tuple[str, ...] = (), **facts: object) -> CaseFile:
    items = [make_item("wallet_bill", text="商户全称：杭州某某网络科技有限公司\n金额：50.00元\n")]
    if chat:
        items.append(replace(make_item("chat", text=chat, text_source="chat"), id="i-more"))
    file = make_file(**{"respondent": SELLER, "what_happened": f"{story}。", **facts})
    seen = [make_version(f"c-{n}", ORDERED + timedelta(days=n), *pages) for n in (-1, 1)] if pages else []
    return replace(file, items=tuple(items), pages=(make_page(seen[0], seen[1]),) if seen else ())


def stops(file: CaseFile, channel: str = "p12315") -> dict[str, str]:
    return {one.field: one.why for one in check_before_filing(file, channel, SETTINGS).blocks}


@pytest.mark.parametrize(("row", "story"), [(row, one) for row, listed in SAYS.items() for one in listed])
def test_a_story_that_says_it_is_read(row: str, story: str) -> None:
    assert find_clause(replace(make_facts(), what_happened=f"{story}。"), row, f"{row}_unless")


@pytest.mark.parametrize(("row", "story"), [(row, one) for row, listed in SAYS_NOT.items() for one in listed])
def test_a_story_that_only_looks_so_is_not(row: str, story: str) -> None:
    assert not find_clause(replace(make_facts(), what_happened=f"{story}。"), row, f"{row}_unless")


@pytest.mark.parametrize(
    ("story", "page"),
    [
        ("卖家页面没写是共享的", "365天，账号密码发货，多人共享，勿改密码。"),
        ("网站上根本没有写要录屏", "点卡售出前请开启录屏，无录屏一律不予售后。"),
        ("商品页没说不能退", "虚拟商品售出概不退换。"),
        ("页面没写限区", "土耳其区使用，请确认账号区域。"),
        ("规则里从没提过手续费", "退款收取5%手续费。"),
    ],
)
@pytest.mark.parametrize("channel", ["p12315", "platform", "heimao", "police", "court"])
def test_a_denial_of_what_the_own_captures_show_stops(story: str, page: str, channel: str) -> None:
    found = stops(told(story, pages=(page,)), channel)
    assert page.rstrip("。")[:10] in found["story.page"]
    cleared = told(story, pages=(page,), meant=(Meant(story, "指的是下单前我看到的页面"),))
    assert "story.page" not in stops(cleared, channel)


@pytest.mark.parametrize(
    ("story", "page"),
    [
        ("卖家页面没写是共享的", "独享账号，质保30天。"),
        ("网站上根本没有写要录屏", "卡密无效包换。"),
        ("商品页没说不能退", "支持七天退款。"),
        ("页面没有写公司地址", "多人共享，请录屏。"),
        ("页面写的是独享", "独享账号。"),
    ],
)
def test_a_denial_that_no_capture_contradicts_stands(story: str, page: str) -> None:
    assert "story.page" not in stops(told(story, pages=(page,)))


def test_a_silence_that_the_chat_does_not_show_stops() -> None:
    asked = "2026-11-10 16:00 我：卡密无效，请退款\n"
    silent = asked + "2026-11-10 16:01 自动回复：您好，客服忙\n"
    spoken = asked + "2026-11-11 10:00 客服小七：请提供卡号后四位，我给您查\n"
    story = "卡密无效，找客服一直没有人理我"
    assert "story.silence" in stops(told(story, chat=spoken), "heimao")
    assert "story.silence" not in stops(told(story, chat=silent), "heimao")
    assert "story.silence" not in stops(told("卡密无效，客服后来就不回了", chat=spoken), "heimao")


def test_who_misread_the_page_does_not_say_that_the_goods_are_not_as_shown() -> None:
    own = "2026-11-10 16:00 我：能不能换一张\n2026-11-10 16:11 我：是我没看清，但码还没用\n"
    wrong = {"problem": ProblemKind.WRONG_GOODS}
    assert "story.own_slip" in stops(told("兑换提示地区不对", chat=own, **wrong))
    theirs = own.replace("我：是我没看清", "客服：是您没看清")
    assert "story.own_slip" not in stops(told("兑换提示地区不对", chat=theirs, **wrong))


def test_what_came_in_part_is_not_told_as_nothing() -> None:
    chat = "2026-11-04 10:10 我：话费没到，请退款\n2026-11-06 12:00 客服：先给您到5元，剩下分批\n"
    late = {"problem": ProblemKind.TOPUP_MISSING, "delivered": Answer.NO, "received_at": None}
    for channel in ("p12315", "heimao", "police"):
        assert "5元" in stops(told("说好72小时到账", chat=chat, **late), channel)["delivered"]
        assert "delivered" not in stops(told("充了100元一直没到", **late), channel)


def test_two_buyers_in_one_paper_are_asked_apart() -> None:
    assert "我爸买的卡" in stops(told("我爸买的卡，他说充不进去"), "platform")["own_trade"]
    assert "own_trade" not in stops(told("我给我爸买的卡，他说充不进去"), "platform")


@pytest.mark.parametrize(
    ("story", "chat"),
    [
        ("卡没问题，想退掉一张50元", ""),
        ("一张坏了，我要求退一张", ""),
        ("一张坏了", "2026-11-10 16:00 我：退一张\n"),
        ("一张坏了，只要求退50元", ""),
        ("一张坏了", "2026-11-10 16:00 我：请退50元\n"),
    ],
)
def test_who_asks_for_less_does_not_demand_all(story: str, chat: str) -> None:
    orders = (Order("A1", "点卡", Decimal(100), 2, ORDERED, ORDERED),)
    assert "demand" in stops(told(story, chat=chat, orders=orders, **WHOLE))


@pytest.mark.parametrize(
    "story", ["两张都坏了，请退两张", "请退100元", "客服说最多退50元", "已经退了一张", "付了100元，请退款"]
)
def test_who_asks_for_all_may_demand_it(story: str) -> None:
    orders = (Order("A1", "点卡", Decimal(100), 2, ORDERED, ORDERED),)
    assert "demand" not in stops(told(story, orders=orders, **WHOLE))


@pytest.mark.parametrize(
    ("story", "chat"),
    [
        ("我要求按50元发货", ""),
        ("页面写的是50元", "2026-11-10 16:35 我：请按50元发货\n"),
        ("我要求换一张", ""),
        ("卡不能用", "2026-11-10 16:35 我：能不能补发一张\n"),
        ("我希望他们把货发给我，要求发卡", ""),
    ],
)
def test_who_asked_for_goods_is_told_that_the_paper_asks_for_money(story: str, chat: str) -> None:
    money = (Demand(DemandKind.REFUND, Decimal(50)),)
    file = told(story, chat=chat, demands=money)
    assert "请求里没有这一项" in "\n".join(check_before_filing(file, "p12315", SETTINGS).warnings)
    both = told(story, chat=chat, demands=(Demand(DemandKind.DELIVER), Demand(DemandKind.REPLACE), *money))
    assert "请求里没有这一项" not in "\n".join(check_before_filing(both, "p12315", SETTINGS).warnings)


@pytest.mark.parametrize(
    "story",
    ["请换一张或者要求退款", "客服让我换一张", "我不要换卡", "要求退款", "对方说可以补发"],
)
def test_who_asked_for_money_or_nothing_is_told_nothing(story: str) -> None:
    file = told(story, demands=(Demand(DemandKind.REFUND, Decimal(50)),))
    assert "请求里没有这一项" not in "\n".join(check_before_filing(file, "p12315", SETTINGS).warnings)


@pytest.mark.parametrize(
    "story",
    [
        "客服承认卡是他们偷换过的",
        "店主亲口说这批卡是假的",
        "卖家私下说卡是二手的",
        "老板坦白卡密卖过两次",
        "对方承认了发错货",
    ],
)
def test_an_admission_that_no_line_bears_out_is_no_public_word(story: str) -> None:
    what = story.replace("承认了", "承认").split("承认")[-1].split("说")[-1].removeprefix("老板坦白")
    bare, shown = told(story), told(story, chat=f"2026-11-10 16:30 客服：{what}\n")
    assert "story.admission" in stops(bare, "heimao") and "story.admission" not in stops(shown, "heimao")
    assert "story.admission" not in stops(bare, "p12315")


@pytest.mark.parametrize(
    "story", ["客服不承认卡有问题", "卖家没有承认发错", "客服说不退", "他们否认卖过两次", "我承认没有录屏"]
)
def test_who_admitted_nothing_is_no_admission(story: str) -> None:
    assert "story.admission" not in stops(told(story), "heimao")
