"""The words and forms of address by which shops name their pages: rules, notices, contact, lists, what stays closed.

Data for `scrapers/discover.py`: kinds of headings in simplified and traditional Chinese and in English, no shop's own.
"""

from __future__ import annotations

import re

from scrapers.model import Role

LONGEST_LABEL = 24
"""A longer text on a link is a sentence, not the name of a page."""


def _any_of(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.I)


def _path_with(*words: str) -> re.Pattern[str]:
    """One of these words as a step or parameter of an address, an ending such as .html after it or not."""
    return re.compile(rf"(?:^|[/_.=-])(?:{'|'.join(words)})(?=$|[/_.=&-])", re.I)


# Ordered from the most telling to the least: the first that fits counts.
ROLE_WORDS: tuple[tuple[Role, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        Role.RELEASE,
        _any_of(
            "发布页|發佈頁|导航页|導航頁|地址发布",
            "(?:备用|最新|永久|備用)(?:网址|域名|地址|线路|站|網址)",
            "防(?:丢失|走失|失联|迷路)",
        ),
        _path_with("release", "fabu(?:ye)?", "fby", "daohang", "dizhi"),
    ),
    (
        Role.TERMS,
        _any_of(
            "(?:用户|服务|注册|交易|平台|买家|购买|会员|商家|使用|寄售|分站|代理).{0,4}(?:规范|须知|条例|政策)",
            "协议|條款|条款|協議|協定|规则|規則|隐私|隱私|免责|免責",
            "售后|售後|退[款换货]|换货|補發|补发|质保|质量保障|交易保障|买家保障",
            "购[买物]?.{0,2}须知|购买说明|购买帮助",
            "帮助(?:中心|文档)?$|常见问题|常見問題|新手(?:指南|帮助)|使用(?:帮助|教程)",
            "terms|agreement|privacy|refund|polic(?:y|ies)|^faqs?$|^help$|rules",
        ),
        _path_with(
            "terms?", "tos", "agreement", "protocol", "xieyi", "tiaokuan", "privacy", "polic(?:y|ies)", "refunds?",
            "after-?sales?", "shouhou", "rules?", "guize", "disclaimer", "help", "faq", "service-?terms", "xuzhi",
        ),
    ),
    (
        Role.NOTICE,
        _any_of(
            "公告|通知|站内(?:消息|通知)|最新动态|新闻|资讯|更新日志",
            "notice|announcements?|news|bulletin",
        ),
        _path_with("notices?", "announce(?:ments?)?", "gonggao", "news", "bulletin", "blog", "tongzhi"),
    ),
    (
        Role.CONTACT,
        _any_of(
            "联系|聯[系繫]|客服|投诉|投訴|举报|舉報|关于(?:我们|本站)|關於",
            "营业执照|营業執照|经营资质|主体信息|平台信息",
            "contact|about(?: us)?$|support|complain",
        ),
        _path_with(
            "contact(?:-?us)?", "about(?:-?us)?", "kefu", "support", "complain(?:ts?)?", "tousu", "lianxi", "guanyu",
            "licen[cs]e",
        ),
    ),
)  # fmt: skip

LIST_WORDS = _any_of(
    "全部商品|所有商品|商品(?:列表|分类|中心|大厅)|分类|商城|下一页|更多商品|查看更多",
    "^\\d{1,3}$|^next$|categor|^all$|^products?$|^shop$",
)
LIST_PATH = re.compile(
    r"(?:^|/)(?:cat|cate|category|categories|catalog|group|groups|list|goods-?list|products?|goods|shop|store|c|class"
    r"|type|sort)(?=$|[/.?])|[?&](?:cid|tid|cat|cate|category|categoryid|gid|page|p|type|classid)=",
    re.I,
)
ONE_PRODUCT = re.compile(
    r"(?:^|/)(?:buy|item|items|product|products|goods|detail|commodity|p|g)/(?!(?:index|list|group|cat)\b)[^/?]+/?$"
    r"|(?:goods|product|item|detail|buy|show)\.(?:asp|aspx|php|html?)\?|[?&](?:pid|goods_?id|product_?id)=",
    re.I,
)

REFUSED_WORDS = re.compile(
    r"^(?:(?:用户|会员|账号|商户|立即|免费|快捷|手机)?(?:登[录陆]|登錄|登入|注册|註冊)(?:[/|、·]?(?:登[录陆]|注册))?"
    r"|退出(?:登录)?|安全退出|注销(?:账号|账户)?|签到|(?:账户|余额|在线|我要|立即)?充值(?:余额|中心)?|(?:申请|我要)?提现"
    r"|(?:去|立即)?(?:结算|付款|支付)|(?:加入|我的)?购物车|(?:个人|会员|用户)中心|我的(?:订单|账户|账号)?"
    r"|(?:忘记|找回)密码|(?:商户|店铺|分站)?(?:后台|后台管理|管理后台)|(?:商户|商家|供货商)?入驻(?:申请)?|(?:开通|搭建)分站"
    r"|(?:订单|卡密|购买记录|物流|我的订单)?(?:查询|查单|提取|查看)(?:订单|卡密)?"
    r"|(?:查询|查找|找回|提取)(?:订单|卡密|卡号)|查(?:订单|卡密)"
    r"|(?:log|sign) ?(?:in|out|up)|register|(?:shopping )?cart|checkout|pay|my (?:orders?|account)|orders?"
    r"|(?:order|track) (?:search|query|lookup|order))$",
    re.I,
)
"""What a link says that logs in, buys, pays or queries: whole labels, for 话费充值 and 注册码 are goods."""

BUY_WORDS = re.compile(r"^(?:立即|马上|去|点击|我要)?(?:购买|下单|抢购|选购)$|^buy(?: now)?$", re.I)

REFUSED_PATH = re.compile(
    r"(?:^|[/?&=._#!-])(?:log-?(?:in|out|off)|sign-?(?:in|out|up|off)|register|reg|passport|oauth\d?|auth|forget"
    r"|password|cart|checkout|pay|payment|recharge|chongzhi|withdraw|tixian|bill|orders?"
    r"|order-?(?:search|query|list|detail|lookup|sn)|query|searchorder|chadan|kami|invoice|create-order"
    r"|detail-order-sn|delete|remove|del|edit|admin|manage|console|backend|unsubscribe|sup|upload|download|member"
    r"|user(?!-?agreement)|my|ucenter|guest)(?=$|[/?&=._#-])",
    re.I,
)
RULE_PATH = re.compile(r"help|agreement|terms|xieyi|privacy|policy|rule|protocol", re.I)
"""Steps of an address that name rules: /member/help is read, /member is not."""
