"""Writes identifiers as pages carry them: footers, links, scripts, comments, attributes, reviews, forms.

`write_markup` gives the part of the page and the markup; None for what stands on no page (DNS, TLS, registers, bytes).
"""

from __future__ import annotations

import html
import random

from bench.worlds.model import Shown

OFF_PAGE = frozenset(
    {"favicon", "design", "tls_spki", "tls_san", "ip", "ns", "mx", "registrant", "registrar", "registered_on",
     "verification_dns", "redirect"}
)  # fmt: skip
_OFF_PLACES = frozenset({"image_ocr", "voucher"})
_VENDORS = {
    "meiqia": "<script>(function(a){{a._MEIQIA=a._MEIQIA||function(){{(a._MEIQIA.a=a._MEIQIA.a||[]).push(arguments)}};"
    "}})(window);_MEIQIA('entId', {0});</script>",
    "53kf": '<script src="https://tb.53kf.com/code/code/{0}/1"></script>',
    "udesk": '<script src="https://{0}.s2.udesk.cn/im_client/js/udeskApi.js"></script>',
}


def is_on_page(row: Shown) -> bool:
    """Whether a page carries it."""
    return row.kind not in OFF_PAGE and row.place not in _OFF_PLACES


def write_markup(row: Shown, dice: random.Random) -> tuple[str, str]:
    """The part of the page (head, foot, contact, order, notice, scripts, review) and the markup."""
    value = html.escape(row.value, quote=True)
    part, text = _write(row, value, dice)
    if row.place == "comment":
        return "foot", f"<!-- {html.unescape(text)} -->"
    if row.place == "hidden":
        return part, f'<div style="display:none">{text}</div>'
    if row.place == "user_content":
        return "review", f'<li class="comment-item"><b>买家</b>{text}</li>'
    return part, text


def _write(row: Shown, value: str, dice: random.Random) -> tuple[str, str]:
    kind = row.kind
    if kind in ("company", "uscc", "icp", "icp_license", "police_icp", "address"):
        return "foot", _write_legal(kind, value, dice)
    if kind in ("qq", "qq_group", "wechat", "mobile", "tel400", "telegram", "email"):
        return "contact", _write_contact(kind, value, row.place, dice)
    if kind in ("alipay_static", "wechat_static", "merchant_id", "epay_pid", "payee", "crypto"):
        return "order", _write_payment(kind, row.value)
    if kind == "verification_meta":
        name, _, token = row.value.partition("=")
        return "head", f'<meta name="{name}" content="{html.escape(token)}">'
    if kind == "notice_successor":
        words = dice.choice(("本站最新网址：{}，请收藏", "永久网址 {} 防失联", "旧域名即将停用，新域名：{}"))
        return "notice", f"<p>{words.format(value)}</p>"
    if kind == "release_page":
        return "notice", f'<p>地址发布页：<a href="https://{value}/">{value}</a></p>'
    return "scripts", _write_script(kind, row.value)


def _write_legal(kind: str, value: str, dice: random.Random) -> str:
    if kind == "police_icp":
        code = "".join(sign for sign in value if sign.isdigit())
        return f'<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode={code}">{value}</a>'
    if kind == "icp":
        return f'<a href="https://beian.miit.gov.cn/" target="_blank">{value}</a>'
    words = {
        "company": ("© 2024-2026 {} 版权所有", "主办单位：{}", "经营者：{}"),
        "uscc": ("统一社会信用代码：{}", "营业执照注册号 {}"),
        "icp_license": ("增值电信业务经营许可证：{}",),
        "address": ("地址：{}", "公司地址：{}"),
    }[kind]
    return f"<p>{dice.choice(words).format(value)}</p>"


def _write_contact(kind: str, value: str, place: str, dice: random.Random) -> str:
    linked = place == "attribute"
    if kind == "qq" and linked:
        return f'<a href="http://wpa.qq.com/msgrd?v=3&amp;uin={value}&amp;site=qq&amp;menu=yes">在线客服</a>'
    if kind == "telegram":
        return f'<a href="https://t.me/{value}">飞机频道</a>'
    if kind == "email":
        return f'<a href="mailto:{value}">{value}</a>'
    if kind == "mobile" and dice.random() < 0.5:
        return f'<a href="tel:{value}">{value}</a>'
    if kind == "tel400":
        return f"<p>客服热线：{value[:3]}-{value[3:6]}-{value[6:]}</p>"
    words = {
        "qq": ("客服QQ：{}", "联系QQ: {}"),
        "qq_group": ("QQ群：{}", "官方交流群号：{}"),
        "wechat": ("微信号：{}", "客服微信：{}"),
        "mobile": ("联系电话：{}", "手机：{}"),
    }[kind]
    return f"<p>{dice.choice(words).format(value)}</p>"


def _write_payment(kind: str, value: str) -> str:
    if kind == "alipay_static":
        return f'<a class="pay" href="https://qr.alipay.com/{value}">打开支付宝付款</a>'
    if kind == "wechat_static":
        return f'<div class="qrcode" data-url="{value}" data-qrcode="{value}"></div>'
    if kind == "merchant_id":
        provider, _, number = value.partition(":")
        name = "seller_id" if provider == "alipay" else "mch_id"
        return f'<script>var pay = {{"{name}":"{number}","total_amount":"30.00","subject":"点卡"}};</script>'
    if kind == "epay_pid":
        gateway, _, pid = value.partition("#")
        return (
            f'<form action="https://{gateway}/submit.php" method="post"><input type="hidden" name="pid" value="{pid}">'
            '<input type="hidden" name="type" value="alipay"><input type="hidden" name="out_trade_no" '
            'value="20260601101500123"><input type="hidden" name="money" value="30.00"></form>'
        )
    return f"<p>收款方：{html.escape(value)}</p>" if kind == "payee" else f"<p>USDT(TRC20) 收款地址：{value}</p>"


def _write_script(kind: str, value: str) -> str:
    if kind == "baidu_tongji":
        return (
            '<script>var _hmt=_hmt||[];(function(){var hm=document.createElement("script");'
            f'hm.src="https://hm.baidu.com/hm.js?{value}";document.body.appendChild(hm)}})();</script>'
        )
    if kind == "cnzz":
        return f'<script src="https://s4.cnzz.com/z_stat.php?id={value}&amp;web_id={value}"></script>'
    if kind == "la51":
        return f'<script>LA.init({{id:"{value}",ck:"{value}"}})</script>'
    if kind == "ga":
        return (
            f'<script async src="https://www.googletagmanager.com/gtag/js?id={value}"></script>'
            f"<script>gtag('config', '{value}');</script>"
        )
    if kind == "gtm":
        return f'<script src="https://www.googletagmanager.com/gtm.js?id={value}"></script>'
    vendor, _, tenant = value.partition(":")
    return _VENDORS[vendor].format(tenant)
