"""The 90 days of the practice platforms as data: what stands at the start, what happens when, and who visits when.

This is the ground truth. Each event says what it sets on the platform and what an archive that looks at the right
hours must find (or nothing, for noise); `state_at` gives the platform's state at any moment. Times are Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.demo.event import DemoPage, Event, Expected, Visit, Weather
from scrapers.model import Outcome, Reason, Role
from storage.model import ChangeClass, ChangeStatus, Severity

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 6, 1, 10, 0, tzinfo=SHANGHAI)
DAYS = 90


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of 2026 in Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


PAGES: tuple[DemoPage, ...] = (
    DemoPage("songguo-home", "松果小铺", "http://songguo.example/", Role.HOME),
    DemoPage("songguo-item", "松果小铺", "http://songguo.example/item/12", Role.PRODUCT),
    DemoPage("yunque-home", "云雀发卡", "https://yunque.test/", Role.HOME),
    DemoPage("yunque-buy", "云雀发卡", "https://yunque.test/buy/3", Role.PRODUCT),
    DemoPage("yunque-terms", "云雀发卡", "https://yunque.test/article/after-sale", Role.TERMS),
    DemoPage("xinghe-home", "星河卡盟", "https://www.xinghe-ka.test/", Role.NOTICE),
    DemoPage("xinghe-goods", "星河卡盟", "https://www.xinghe-ka.test/goods.asp?id=1024", Role.PRODUCT),
    DemoPage("xinghe-terms", "星河卡盟", "https://www.xinghe-ka.test/agreement.asp", Role.TERMS),
    DemoPage("xinghe88-home", "星河卡盟", "https://www.xinghe88.test/", Role.NOTICE),
    DemoPage("xinghe88-terms", "星河卡盟", "https://www.xinghe88.test/agreement.asp", Role.TERMS),
    DemoPage("xinghe99-home", "星河卡盟", "https://www.xinghe99.test/", Role.NOTICE),
    DemoPage("xinghe99-goods", "星河卡盟", "https://www.xinghe99.test/goods.asp?id=1024", Role.PRODUCT),
    DemoPage("release-home", "星河卡盟", "http://xinghe-fabu.example/", Role.RELEASE),
    DemoPage("vip-home", "自称星河卡盟", "https://www.xinghe-vip.test/", Role.NOTICE),
    DemoPage("vip-goods", "自称星河卡盟", "https://www.xinghe-vip.test/goods.asp?id=1024", Role.PRODUCT),
)

OLD_HOST, NEW_HOST, THIRD_HOST = "www.xinghe-ka.test", "www.xinghe88.test", "www.xinghe99.test"
RELEASE_HOST, IMPOSTOR_HOST = "xinghe-fabu.example", "www.xinghe-vip.test"

# What stands on 1 June. "" is off.
FIRST_STATE: Mapping[str, str] = {
    "songguo.price": "18.80",
    "songguo.warranty": "30 天",
    "songguo.description": "text",
    "songguo.refund": "退款申请审核通过后，24 小时内原路退回付款账户。",
    "songguo.home": "",  # maintenance
    "songguo.item": "",  # captcha
    "songguo.name": "",  # gone
    "yunque.price": "25.00",
    "yunque.tier": "23.50",
    "yunque.activation": "12 个月",
    "yunque.blink": "",
    "yunque.popup": "收到卡密后如有问题，请在 24 小时内联系客服，核实后予以退款或补发。",
    "yunque.reissue": "7 天",
    "yunque.evidence": "usage",  # the section in which the clause about evidence stands
    "yunque.risk": "",
    "yunque.wall": "",  # gate, missing, challenge
    "yunque.tls": "",  # broken
    "xinghe.price": "9.850",
    "xinghe.stock": "充足",
    "xinghe.mistake": "充值账号填写错误的，请在 2 小时内联系客服更正，未到账的予以退款。",
    "xinghe.refund": "yes",
    "xinghe.request": "请用户",
    "xinghe.court": "因本协议产生的争议，双方协商不成的，可以向用户住所地有管辖权的人民法院提起诉讼。",
    "xinghe.notice": "平台修改本协议的，应当提前 7 日在首页公告，用户不同意的可以注销账户并取回余额。",
    "xinghe.move": "",
    "xinghe.goods": "",  # login
    "xinghe.tls": "",  # expired
    "xinghe.old": "",  # redirect, refused, gone
    "xinghe.backup": "",
    "xinghe.second": "",  # the second domain: redirect, gone
    "xinghe.current": "www.xinghe88.test",  # what the release page names
}

_RULE = (ChangeClass.RULE,)
_HIGH = Severity.HIGH
_LESS_REFUND = ("refund_removed", "refund_narrowed")
_NO_REFUND = "虚拟商品具有可复制性，一经售出概不退换，下单即视为同意。"
_MOVE = "本站将于 2026 年 8 月 1 日起启用新域名 www.xinghe88.test，旧域名届时停止使用，请及时收藏。"
_BACKUP = "【防丢失】备用网址：www.xinghe99.test　永久地址发布页：xinghe-fabu.example，请收藏。"
_ARBITRATION = "因本协议产生的争议，应提交平台所在地仲裁委员会仲裁，仲裁裁决为终局裁决。"
_ANY_TIME = "平台有权随时修改本协议，修改后的协议一经公布立即生效，不再另行通知。"
_NO_CORRECTION = "充值账号填写错误的，损失由购买者自行承担，平台概不负责。"
_TO_BALANCE = "退款申请审核通过后，7 个工作日内退回站内余额，余额不支持提现。"

EVENTS: tuple[Event, ...] = (
    Event(
        at(6, 10), "songguo", "the price is raised a little", {"songguo.price": "19.90"},
        (Expected("songguo-item", (ChangeClass.PRICE,), "18.80", "19.90"),
         Expected("songguo-home", (ChangeClass.PRICE,), "18.80", "19.90")),
        also=("17.80", "18.90", "直充兑换码"),
    ),
    Event(
        at(6, 13, 2), "yunque", "the time to ask for a replacement shrinks from 7 days to 3, at night",
        {"yunque.reissue": "3 天"},
        (Expected("yunque-terms", _RULE, "7 天", "3 天", ("window_shortened",), _HIGH),),
    ),
    Event(
        at(6, 16, 8), "songguo", "the shop closes its front page for maintenance; items still answer",
        {"songguo.home": "maintenance"}, until=at(6, 16, 20),
        weather=(Weather("songguo-home", Outcome.BLOCKED, Reason.MAINTENANCE),
                 Weather("songguo-item", Outcome.COMPLETE)),
    ),
    Event(
        at(6, 18, 0), "xinghe", "goods can be seen after login only, for a day", {"xinghe.goods": "login"},
        until=at(6, 19, 0), weather=(Weather("xinghe-goods", Outcome.BLOCKED, Reason.LOGIN),),
    ),
    Event(
        at(6, 20, 3), "songguo", "the warranty in the description shrinks from 30 days to 7",
        {"songguo.warranty": "7 天"},
        (Expected("songguo-item", _RULE, "30 天", "7 天", ("warranty_cut",), _HIGH),),
    ),
    Event(
        at(6, 22, 0), "yunque", "every visitor is told to open the page in another browser", {"yunque.wall": "gate"},
        until=at(6, 23, 0), weather=(Weather("yunque-buy", Outcome.BLOCKED, Reason.GATE),),
    ),
    Event(
        at(6, 25, 1), "xinghe", "the refund clause is dropped from the long agreement; later clauses move up a number",
        {"xinghe.refund": ""},
        (Expected("xinghe-terms", _RULE, "退回原付款账户", "", ("refund_removed",), _HIGH),),
    ),
    Event(
        at(6, 28), "yunque", "a clause only moves to another section", {"yunque.evidence": "reissue"},
        (Expected("yunque-terms", (ChangeClass.MOVED,), "全程录屏", "全程录屏"),),
    ),
    Event(
        at(7, 2, 23), "yunque", "the pop-up notice changes silently", {"yunque.popup": _NO_REFUND},
        (Expected("yunque-home", _RULE, "核实后予以退款或补发", "一经售出概不退换", _LESS_REFUND, _HIGH),),
    ),
    Event(
        at(7, 4), "xinghe", "a sentence is worded anew and means the same", {"xinghe.request": "请您"},
        (Expected("xinghe-terms", (ChangeClass.WORDING,), "请用户妥善保管", "请您妥善保管"),),
    ),
    Event(
        at(7, 6, 0), "songguo", "the item asks for a captcha, for a day", {"songguo.item": "captcha"},
        until=at(7, 7, 0), weather=(Weather("songguo-item", Outcome.BLOCKED, Reason.CAPTCHA),),
    ),
    Event(
        at(7, 8, 4), "yunque", "cards must be activated within 6 months, no longer 12, says the purchase prompt",
        {"yunque.activation": "6 个月"},
        (Expected("yunque-buy", _RULE, "12 个月", "6 个月", ("validity_cut", "window_shortened"), Severity.MEDIUM),),
    ),
    Event(
        at(7, 9, 0), "xinghe", "the certificate runs out and is renewed a day late", {"xinghe.tls": "expired"},
        until=at(7, 10, 0), weather=(Weather("xinghe-goods", Outcome.COMPLETE, certificate_error=True),),
    ),
    Event(
        at(7, 9, 1), "xinghe", "the level price, with three decimals, rises", {"xinghe.price": "9.920"},
        (Expected("xinghe-goods", (ChangeClass.PRICE,), "9.850", "9.920"),),
    ),
    Event(
        at(7, 11), "xinghe", "the introduction in the frame turns a help into a refusal",
        {"xinghe.mistake": _NO_CORRECTION},
        (Expected("xinghe-goods", _RULE, "联系客服更正", "平台概不负责", ("liability_shifted", *_LESS_REFUND),
                  _HIGH),),
    ),
    Event(
        at(7, 12, 10), "yunque", "one of two servers shows a prompt of its own for three minutes",
        {"yunque.blink": "本商品一经售出，不退不换。"},
        (Expected("yunque-buy", _RULE, "", "不退不换", status=ChangeStatus.BLINKED),), until=at(7, 12, 10, 3),
    ),
    Event(
        at(7, 15, 3), "xinghe", "disputes no longer go to the user's court", {"xinghe.court": _ARBITRATION},
        (Expected("xinghe-terms", _RULE, "用户住所地", "仲裁委员会", ("jurisdiction_moved",), Severity.MEDIUM),),
    ),
    Event(
        at(7, 18, 0), "yunque", "the product is missing for a day, said with HTTP 200", {"yunque.wall": "missing"},
        until=at(7, 19, 0), weather=(Weather("yunque-buy", Outcome.BLOCKED, Reason.SOFT_404),),
    ),
    Event(
        at(7, 18, 8), "xinghe", "a new domain is announced", {"xinghe.move": _MOVE},
        (Expected("xinghe-home", (ChangeClass.RULE, ChangeClass.WORDING), "", "启用新域名", ("domain_announced",)),),
    ),
    Event(
        at(7, 20), "yunque", "a clause is added that puts every loss by a locked account on the buyer",
        {"yunque.risk": "因账号被封禁、风控或限制造成的一切损失由买家自行承担，本店不承担任何责任。"},
        (Expected("yunque-terms", _RULE, "", "本店不承担任何责任", ("liability_shifted",), _HIGH),),
    ),
    Event(
        at(7, 22, 0), "yunque", "the TLS handshake breaks for a day", {"yunque.tls": "broken"}, until=at(7, 23, 0),
        weather=(Weather("yunque-home", Outcome.FAILED, Reason.TLS),),
    ),
    Event(
        at(7, 25, 6), "songguo", "refunds go to the balance and take a week, says the notice",
        {"songguo.refund": _TO_BALANCE},
        (Expected("songguo-home", _RULE, "原路退回付款账户", "退回站内余额", (*_LESS_REFUND, "delivery_slower"),
                  Severity.MEDIUM),),
    ),
    Event(
        at(7, 27, 0), "songguo", "the name does not resolve for a day", {"songguo.name": "gone"}, until=at(7, 28, 0),
        weather=(Weather("songguo-item", Outcome.FAILED, Reason.DNS_NO_SUCH_NAME),),
    ),
    Event(
        at(8, 1, 0), "xinghe", "the old domain redirects to the new one", {"xinghe.old": "redirect"},
        (Expected("xinghe-home", (ChangeClass.OUTCOME,), "", "xinghe88.test", ("site_moved",), _HIGH),
         Expected("xinghe-terms", (ChangeClass.OUTCOME,), "", "xinghe88.test", ("site_moved",), _HIGH)),
        until=at(8, 20, 0),
    ),
    Event(
        at(8, 1, 12), "songguo", "the price is raised by a quarter", {"songguo.price": "25.00"},
        (Expected("songguo-item", (ChangeClass.PRICE,), "19.90", "25.00"),
         Expected("songguo-home", (ChangeClass.PRICE,), "19.90", "25.00")),
        also=("24.00", "直充兑换码"),
    ),
    Event(
        at(8, 3, 0), "yunque", "a browser check stands before the shop, for a day", {"yunque.wall": "challenge"},
        until=at(8, 4, 0), weather=(Weather("yunque-buy", Outcome.BLOCKED, Reason.CHALLENGE),),
    ),
    Event(
        at(8, 5, 2), "xinghe", "the agreement may now be rewritten without notice", {"xinghe.notice": _ANY_TIME},
        (Expected("xinghe88-terms", _RULE, "提前 7 日", "不再另行通知", ("unilateral_power_added",), _HIGH),),
    ),
    Event(
        at(8, 8), "yunque", "the price from ten pieces on rises", {"yunque.tier": "24.20"},
        (Expected("yunque-buy", (ChangeClass.PRICE,), "23.50", "24.20"),),
    ),
    Event(
        at(8, 10), "yunque", "after complaints the old time for replacements comes back", {"yunque.reissue": "7 天"},
        (Expected("yunque-terms", _RULE, "3 天", "7 天", ("window_extended",)),),
    ),
    Event(
        at(8, 14, 5), "songguo", "the description becomes a picture", {"songguo.description": "image"},
        (Expected("songguo-item", _RULE, "失效可免费换新", "", ("text_to_image",), Severity.MEDIUM),),
        also=("90 天内有效", "限兑换 2 张", "会员时长 31 天"),
    ),
    Event(
        at(8, 15, 6), "xinghe", "the second domain announces a third and a release page", {"xinghe.backup": _BACKUP},
        (Expected("xinghe88-home", (ChangeClass.RULE, ChangeClass.WORDING), "", "备用网址", ("domain_announced",)),),
    ),
    Event(
        at(8, 20, 0), "xinghe", "the old domain refuses connections", {"xinghe.old": "refused"}, until=at(8, 25, 0),
        weather=(Weather("xinghe-home", Outcome.FAILED, Reason.REFUSED),),
    ),
    Event(
        at(8, 22, 0), "xinghe", "the second domain sends its visitors on to the third", {"xinghe.second": "redirect"},
        (Expected("xinghe88-home", (ChangeClass.OUTCOME,), "", "xinghe99.test", ("site_moved",), _HIGH),),
        until=at(8, 27, 0),
    ),
    Event(
        at(8, 22, 1), "xinghe", "the release page names the third domain", {"xinghe.current": "www.xinghe99.test"},
        (Expected("release-home", (ChangeClass.WORDING, ChangeClass.RULE), "xinghe88",
                  "xinghe99"),),
    ),
    Event(
        at(8, 25, 0), "xinghe", "the old domain is gone from the DNS", {"xinghe.old": "gone"},
        weather=(Weather("xinghe-home", Outcome.FAILED, Reason.DNS_NO_SUCH_NAME),),
    ),
    Event(
        at(8, 27, 0), "xinghe", "the second domain is gone from the DNS", {"xinghe.second": "gone"},
        weather=(Weather("xinghe88-home", Outcome.FAILED, Reason.DNS_NO_SUCH_NAME),),
    ),
)  # fmt: skip

_LATER = (NEW_HOST, THIRD_HOST, RELEASE_HOST, IMPOSTOR_HOST)
_OLD_PAGES = tuple(page.key for page in PAGES if page.host not in _LATER)

# The days that are looked at; the days between are compressed. A grave finding is looked at again minutes later by
# the walk itself, as the schedule would do.
VISITS: tuple[Visit, ...] = (
    Visit(START, _OLD_PAGES),
    Visit(at(6, 5, 12), ("songguo-item", "yunque-buy", "yunque-home", "xinghe-home")),
    Visit(at(6, 11, 12), ("songguo-item", "songguo-home")),
    Visit(at(6, 14, 10), ("yunque-terms",)),
    Visit(at(6, 16, 12), ("songguo-home", "songguo-item")),
    Visit(at(6, 17, 12), ("songguo-home",)),
    Visit(at(6, 18, 12), ("xinghe-goods",)),
    Visit(at(6, 19, 12), ("xinghe-goods",)),
    Visit(at(6, 21, 10), ("songguo-item",)),
    Visit(at(6, 22, 12), ("yunque-buy",)),
    Visit(at(6, 26, 10), ("xinghe-terms",)),
    Visit(at(6, 29, 10), ("yunque-terms", "yunque-buy")),
    Visit(at(7, 3, 10), ("yunque-home",)),
    Visit(at(7, 5, 10), ("xinghe-terms",)),
    Visit(at(7, 6, 12), ("songguo-item",)),
    Visit(at(7, 7, 12), ("songguo-item",)),
    Visit(at(7, 9, 12), ("yunque-buy", "xinghe-goods")),
    Visit(at(7, 12, 10, 1), ("yunque-buy", "xinghe-goods")),
    Visit(at(7, 16, 10), ("xinghe-terms",)),
    Visit(at(7, 18, 12), ("yunque-buy", "xinghe-home")),
    Visit(at(7, 19, 12), ("yunque-buy", "xinghe-home")),
    Visit(at(7, 21, 10), ("yunque-terms",)),
    Visit(at(7, 22, 12), ("yunque-home",)),
    Visit(at(7, 23, 12), ("yunque-home", "xinghe-terms")),
    Visit(at(7, 26, 10), ("songguo-home",)),
    Visit(at(7, 27, 12), ("songguo-item",)),
    Visit(at(8, 2, 12), ("xinghe-home", "xinghe-terms", "xinghe88-home", "xinghe88-terms", "songguo-item")),
    Visit(at(8, 3, 12), ("yunque-buy",)),
    Visit(at(8, 6, 10), ("xinghe88-terms",)),
    Visit(at(8, 9, 10), ("yunque-buy",)),
    Visit(at(8, 11, 10), ("yunque-terms",)),
    Visit(at(8, 15, 10), ("songguo-item", "xinghe88-home")),
    Visit(at(8, 21, 12), ("xinghe-home", "xinghe88-home", "release-home")),
    Visit(at(8, 23, 12), ("xinghe88-home", "xinghe99-home", "xinghe99-goods", "release-home")),
    Visit(at(8, 26, 12), ("xinghe-home", "xinghe99-goods", "vip-home", "vip-goods")),
    Visit(at(8, 27, 12), ("xinghe88-home",)),
    Visit(
        at(8, 29, 10), ("yunque-terms", "yunque-buy", "songguo-home", "songguo-item", "xinghe99-home", "release-home")
    ),
)


def page_of(key: str) -> DemoPage:
    """The watched page of this key."""
    return next(page for page in PAGES if page.key == key)


def hosts() -> tuple[str, ...]:
    """All host names of the practice platforms."""
    return tuple(dict.fromkeys(page.host for page in PAGES))


def state_at(moment: datetime) -> dict[str, str]:
    """The whole state of all platforms at a moment: the first state, the events since then, and the stock of the day.

    An event that has passed again leaves what stood before it.
    """
    state = dict(FIRST_STATE)
    for event in EVENTS:
        if event.at <= moment and (event.until is None or moment < event.until):
            state.update(event.sets)
    day = max(0, (moment - START) // timedelta(days=1))
    state["songguo.stock"] = str(40 + (174 - day * 37) % 190)
    state["yunque.stock"] = str(20 + (66 - day * 13) % 90)
    return state
