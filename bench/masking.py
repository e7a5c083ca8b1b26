# ruff: noqa: E501 - tables of products, of look-alikes and of what is written around them
"""How much of what must be masked is masked, and what is masked that should stay; how long it takes.

    python -m bench.masking [SEED] [DOCUMENTS]

Draws chats, order pages, mails, tables, JSON and texts as OCR reads them, with keys of the shapes of more than 30
products, identity numbers, bank cards, phones and names, spelt as people and pages spell them; beside them look-alikes
(orders, moments, prices, versions, hashes, model names, registration numbers). Every miss and every false masking is
listed. Fails below a recall of 0.995 for keys and numbers, or at 2 % of look-alikes masked.
"""

from __future__ import annotations

import random
import string
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitor.complaints.masking.spelling import dense
from monitor.complaints.masking.text import mask_text
from monitor.complaints.model import Audience, Masking
from scrapers.identifiers.checksums import USCC_ALPHABET, uscc_check_character

LEAST_RECALL, MOST_FALSE = 0.995, 0.02
NUMBERS = ("key", "password", "id_number", "bank_card", "phone")
UPPER = string.ascii_uppercase + string.digits
PLAIN = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红文辉鹏婷宇轩梓涵欣怡子墨浩然思远"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass
class Document:
    """A text, what must be gone from it, what must stay."""

    text: str = ""
    secrets: list[tuple[str, str]] = field(default_factory=list)  # (kind, as it was drawn)
    alike: list[tuple[str, str]] = field(default_factory=list)


Draw = random.Random


def groups(drawn: Draw, lengths: Sequence[int], alphabet: str, separator: str = "-") -> str:
    """Groups of signs."""
    while True:
        made = separator.join("".join(drawn.choice(alphabet) for _ in range(length)) for length in lengths)
        if alphabet.isdigit() or any(sign.isdigit() for sign in made):
            return made


# product, lengths of the groups, signs, length of the card number beside it
PRODUCTS: tuple[tuple[str, tuple[int, ...], str, int], ...] = (
    ("Steam钱包充值码", (5, 5, 5), PLAIN, 0), ("Steam激活码", (5, 5, 5, 5, 5), PLAIN, 0), ("Xbox礼品卡", (5, 5, 5, 5, 5), PLAIN, 0),
    ("PSN港服点卡", (4, 4, 4), UPPER, 0), ("任天堂eShop点卡", (4, 4, 4, 4), PLAIN, 0), ("任天堂下载码", (16,), PLAIN, 0),
    ("战网点卡", (6, 4, 6), UPPER, 0), ("Apple礼品卡", (16,), PLAIN, 0), ("Google Play礼品卡", (4, 4, 4, 4), PLAIN, 0),
    ("Google Play礼品卡", (20,), UPPER, 0), ("亚马逊礼品卡", (4, 6, 4), UPPER, 0), ("Epic激活码", (5, 5, 5, 5), UPPER, 0),
    ("EA激活码", (4, 4, 4, 4, 4), UPPER, 0), ("育碧激活码", (3, 4, 4, 4), UPPER, 0), ("Roblox礼品卡", (10,), string.digits, 0),
    ("Razer Gold PIN", (14,), string.digits, 0), ("Netflix礼品卡", (11,), string.digits, 0), ("Windows 10专业版密钥", (5, 5, 5, 5, 5), PLAIN, 0),
    ("Office 2021密钥", (5, 5, 5, 5, 5), PLAIN, 0), ("Adobe序列号", (4, 4, 4, 4, 4, 4), string.digits, 0), ("骏网一卡通", (16,), string.digits, 16),
    ("盛大一卡通", (8,), string.digits, 15), ("网易一卡通", (9,), string.digits, 13), ("Q币卡", (12,), string.digits, 9),
    ("完美一卡通", (15,), string.digits, 10), ("移动充值卡", (18,), string.digits, 17), ("联通充值卡", (19,), string.digits, 15),
    ("电信充值卡", (18,), string.digits, 19), ("京东E卡", (4, 4, 4, 4), UPPER, 0), ("京东E卡", (16,), UPPER, 16), ("天猫超市卡", (16,), UPPER, 0),
    ("爱奇艺会员激活码", (16,), UPPER, 0), ("优酷会员码", (12,), UPPER, 0), ("腾讯视频兑换码", (16,), UPPER, 0), ("原神兑换码", (12,), UPPER, 0),
    ("携程任我行", (6,), string.digits, 12), ("卡巴斯基激活码", (5, 5, 5, 5), UPPER, 0), ("软件授权码", (8, 4, 4, 4, 12), "0123456789abcdef", 0),
    ("Minecraft礼品码", (5, 5, 5, 5, 5), PLAIN, 0), ("加油卡充值卡", (20,), string.digits, 0), ("授权码", (24,), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 0),
)  # fmt: skip


def draw_name(drawn: Draw) -> str:
    """A person's name."""
    return drawn.choice(SURNAMES) + "".join(drawn.choice(GIVEN) for _ in range(drawn.choice((1, 2, 2))))


def draw_phone(drawn: Draw) -> str:
    """Eleven digits."""
    return drawn.choice(("13", "15", "17", "18", "19", "16")) + "".join(drawn.choice(string.digits) for _ in range(9))


def draw_identity(drawn: Draw) -> str:
    """An identity number with its check digit."""
    born = datetime(1955, 1, 1, tzinfo=UTC) + timedelta(days=drawn.randrange(20_000))
    body = (
        drawn.choice(("330106", "110105", "440305", "510107", "320102", "420111"))
        + f"{born:%Y%m%d}{drawn.randrange(1000):03d}"
    )
    total = sum(int(d) * w for d, w in zip(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return body + "10X98765432"[total % 11]


def draw_card(drawn: Draw) -> str:
    """A bank card with its check digit."""
    body = drawn.choice(("622202", "621700", "622848", "436742", "524094", "623058")) + "".join(
        drawn.choice(string.digits) for _ in range(drawn.choice((9, 12)))
    )
    if body[0] in "45":
        body = body[:15]
    for last in string.digits:
        digits = [int(d) for d in reversed(body + last)]
        if sum(d if n % 2 == 0 else (2 * d - 9 if d > 4 else 2 * d) for n, d in enumerate(digits)) % 10 == 0:
            return body + last
    raise AssertionError


def draw_moment(drawn: Draw) -> datetime:
    """A moment of the last two years."""
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=drawn.randrange(60_000_000))


def draw_order(drawn: Draw) -> str:
    """An order number as shops make them."""
    at = draw_moment(drawn)
    tail = "".join(drawn.choice(string.digits) for _ in range(drawn.choice((4, 6, 10))))
    return drawn.choice((f"{at:%Y%m%d%H%M%S}{tail}", f"XH{at:%Y%m%d}{tail}", f"420000{drawn.randrange(10**22):022d}", f"E{at:%Y%m%d}{drawn.randrange(10**8):08d}",
                         f"{drawn.choice(('DD', 'NO', 'KM', 'T'))}{drawn.randrange(10**12):012d}", f"{at:%Y%m%d}22001{drawn.randrange(10**15):015d}"))  # fmt: skip


ALIKE: tuple[tuple[str, Callable[[Draw], str]], ...] = (
    ("time", lambda d: f"{draw_moment(d):%Y-%m-%d %H:%M:%S}"), ("time", lambda d: f"{draw_moment(d):%Y年%m月%d日 %H:%M}"), ("time", lambda d: f"{draw_moment(d):%Y%m%d%H%M%S}"),
    ("time", lambda d: str(int(draw_moment(d).timestamp()))), ("time", lambda d: str(int(draw_moment(d).timestamp() * 1000))), ("time", lambda d: f"{draw_moment(d):%Y-%m-%dT%H:%M:%SZ}"),
    ("price", lambda d: f"¥{d.randrange(1, 99999) / 100:.2f}"), ("price", lambda d: f"{d.randrange(1, 9999)}.{d.randrange(10)}元"), ("price", lambda d: f"{d.randrange(100, 200000)}元"),
    ("version", lambda d: f"v{d.randrange(20)}.{d.randrange(40)}.{d.randrange(9999)}"), ("version", lambda d: f"10.0.{d.randrange(10000, 29999)}.{d.randrange(9999)}"),
    ("hash", lambda d: "".join(d.choice("0123456789abcdef") for _ in range(64))), ("hash", lambda d: "".join(d.choice("0123456789ABCDEF") for _ in range(32))),
    ("hash", lambda d: "sha256:" + "".join(d.choice("0123456789abcdef") for _ in range(64))), ("model", lambda d: d.choice(("SM-G9910", "RTX4090", "MI-11-PRO", "NOH-AN00", "WH-1000XM5", "GM-2024-0056", "B650M-A", "iPhone15", "PCT-AL10"))),
    ("product", lambda d: f"SKU{d.randrange(10**6):06d}"), ("product", lambda d: f"商品编号：{d.randrange(10**8):08d}"), ("icp", lambda d: f"浙ICP备{d.randrange(2015, 2026)}{d.randrange(10**6):06d}号-{d.randrange(1, 9)}"),
    ("icp", lambda d: f"浙公网安备 3301060{d.randrange(2000000, 2009999)}号"), ("uscc", lambda d: draw_uscc(d)), ("hotline", lambda d: d.choice(("12315", "95188", "400-800-8888", "4001234567", "95017", "12345", "10086", "0571-12315"))),
    ("domain", lambda d: f"www.{''.join(d.choice(string.ascii_lowercase) for _ in range(6))}{d.randrange(99)}.com"), ("url", lambda d: f"https://shop{d.randrange(99)}.test/item/{d.randrange(10**6)}"),
    ("tracking", lambda d: f"运单号：SF{d.randrange(10**13):013d}"), ("file", lambda d: f"IMG_{draw_moment(d):%Y%m%d_%H%M%S}.jpg"), ("file", lambda d: f"mmexport{int(draw_moment(d).timestamp() * 1000)}.jpg"),
    ("ours", lambda d: f"c-{draw_moment(d):%Y%m%dT%H%M%S}-k7m2qd{d.randrange(10, 99)}"), ("count", lambda d: f"库存：{d.randrange(99999)}"), ("ip", lambda d: f"IP：{d.randrange(1, 250)}.{d.randrange(250)}.{d.randrange(250)}.{d.randrange(250)}"),
    ("firm", lambda d: f"{d.choice(('杭州', '深圳', '上海'))}{d.choice(('星河', '云卡', '蓝海', '万游'))}网络科技有限公司"), ("invoice", lambda d: f"发票号码：{d.randrange(10**8):08d}"), ("percent", lambda d: f"{d.randrange(1, 99)}.{d.randrange(9)}%"),
    ("group", lambda d: f"QQ群：{d.randrange(10**8, 10**9)}"), ("isbn", lambda d: f"ISBN 978-7-{d.randrange(1000, 9999)}-{d.randrange(1000, 9999)}-{d.randrange(10)}"), ("error", lambda d: f"错误码：0x8007{d.randrange(0x1000, 0xFFFF):04X}"),
    ("order", lambda d: f"订单号：{draw_order(d)}"), ("order", lambda d: f"交易单号 {draw_order(d)}"), ("order", lambda d: f"订单{draw_order(d)}"), ("order", lambda d: draw_order(d)),
    ("build", lambda d: f"MicroMessenger/8.0.{d.randrange(60)}({d.randrange(16**8):#x}) NetType/WIFI"), ("case", lambda d: f"（2026）浙0106民初{d.randrange(9999)}号"), ("standard", lambda d: d.choice(("GB/T 35273-2020", "ISO/IEC 18004", "RFC 3161"))),
)  # fmt: skip


def draw_uscc(drawn: Draw) -> str:
    """A firm's number with its check character."""
    body = "91330106MA" + "".join(drawn.choice(USCC_ALPHABET) for _ in range(7))
    return body + uscc_check_character(body)


def spell(drawn: Draw, value: str, kind: str) -> str:
    """The value as somebody might have written it."""
    way = drawn.randrange(14)
    if way == 0:
        return value.translate(WIDE)
    if way == 1:
        return "\u200b".join((value[:3], value[3:7], value[7:]))
    if way == 2 and kind == "phone":
        return f"{value[:3]}{drawn.choice(' -.')}{value[3:7]}{drawn.choice(' -')}{value[7:]}"
    if way == 3 and kind == "phone":
        return drawn.choice(("+86 ", "86", "+86-", "0086 ")) + value
    if way == 4 and kind == "phone":
        return " ".join(value)
    if way == 5 and kind == "phone":
        return value.replace("0", "O").replace("1", "l", 1) if value.count("0") < 4 else value
    if way == 6 and kind == "bank_card":
        return " ".join(value[at : at + 4] for at in range(0, len(value), 4))
    if way == 7 and kind == "id_number":
        return f"{value[:6]} {value[6:14]} {value[14:]}"
    if way == 8 and kind == "key" and "-" in value:
        return value.replace("-", drawn.choice((" - ", "—", "－", "–", "·")))
    if way == 9 and kind == "key" and value.count("-") >= 2:
        place = value.index("-", 6) + 1
        return value[:place] + "\n" + value[place:]
    if way == 10 and kind == "key" and "-" in value and not value.islower():
        return value.lower() if sum(sign.isdigit() for sign in value) >= 4 else value
    if way == 11 and kind == "key" and len(value) == 16 and value.isalnum():
        return " ".join(value[at : at + 4] for at in range(0, 16, 4))
    return value


def alike(drawn: Draw, document: Document) -> str:
    """A look-alike, noted."""
    kind, make = drawn.choice(ALIKE)
    value = make(drawn)
    document.alike.append((kind, value))
    return value


def secret(drawn: Draw, document: Document, kind: str, value: str) -> str:
    """A secret as it is spelt, noted."""
    document.secrets.append((kind, value))
    return spell(drawn, value, kind)


def a_key(drawn: Draw, document: Document) -> tuple[str, str, str]:
    """Product, card number ("" for none) and key."""
    name, lengths, alphabet, number = drawn.choice(PRODUCTS)
    value = groups(drawn, lengths, alphabet)
    shown = secret(drawn, document, "key", value)
    card = secret(drawn, document, "key", groups(drawn, (number,), string.digits)) if number else ""
    return name, card, shown


def order_page(drawn: Draw, document: Document) -> str:
    """What a shop shows after payment."""
    name, card, key = a_key(drawn, document)
    order = draw_order(drawn)
    document.alike.append(("order", order))
    at, price = f"{draw_moment(drawn):%Y-%m-%d %H:%M:%S}", f"{drawn.randrange(100, 99999) / 100:.2f}"
    document.alike += [("time", at), ("price", price)]
    values = f"卡号：{card} 密码：{key}" if card else key
    head = drawn.choice(
        (
            "卡密信息：",
            "卡密：",
            "您的卡密：\n",
            "发货内容：\n",
            "【卡密】",
            "卡密如下：\n1、",
            "卡密内容\n",
            "自动发货内容：\n------\n",
            "提取到的卡密：\n",
        )
    )
    return f"订单编号：{order}\n商品名称：{name} {drawn.choice((10, 30, 50, 100))}元\n购买数量：1\n{head}{values}\n支付金额：{price}\n下单时间：{at}\n{alike(drawn, document)}"


def chat(drawn: Draw, document: Document) -> str:
    """A chat copied from WeChat."""
    buyer, seller = draw_name(drawn), "星河客服"
    document.secrets.append(("name", buyer))
    name, card, key = a_key(drawn, document)
    at = draw_moment(drawn)
    lines = [
        f"{buyer} {at:%Y-%m-%d %H:%M:%S}\n老板，订单{alike(drawn, document)}怎么还没发货",
        f"{seller} {at:%Y-%m-%d %H:%M:%S}",
    ]
    given = f"卡号{card}密码{key}" if card else key
    lines.append(
        drawn.choice(
            (
                f"亲，这是您的{name}：{given}",
                f"卡密 {given}",
                f"激活码：{given} 请尽快使用",
                f"给你{name}\n{given}",
                f"{given}\n这个是卡密，收好",
                f"cdk:{given}",
                f"兑换码是{given}，打开官网兑换",
                f"key: {given}",
            )
        )
    )
    lines.append(
        f"{buyer} {at:%Y-%m-%d %H:%M:%S}\n{drawn.choice(('提示卡密无效', '显示已被使用', '激活不了，退款'))}，{alike(drawn, document)}"
    )
    lines.append(
        drawn.choice(("我的手机", "联系电话：", "手机号", "打我电话 ", "v同号", ""))
        + secret(drawn, document, "phone", draw_phone(drawn))
    )
    if drawn.random() < 0.5:
        lines.append(
            f"我叫{secret_name(drawn, document)}，身份证{secret(drawn, document, 'id_number', draw_identity(drawn))}"
        )
    if drawn.random() < 0.5:
        lines.append(
            f"{drawn.choice(('退到我卡里', '银行卡', '卡号', '工商银行'))} {secret(drawn, document, 'bank_card', draw_card(drawn))} {secret_name(drawn, document, label='户名：')}"
        )
    return "\n".join(lines)


def secret_name(drawn: Draw, document: Document, label: str = "") -> str:
    """A name with its label, noted."""
    name = draw_name(drawn)
    document.secrets.append(("name", name))
    return label + name


def key_list(drawn: Draw, document: Document) -> str:
    """Several keys of one product."""
    name, lengths, alphabet, number = drawn.choice(PRODUCTS)
    head = drawn.choice(
        (
            f"{name} 共5张\n卡密列表：",
            "卡密：",
            "以下为您购买的卡密",
            "CDKEY列表:",
            "卡号\t密码" if number else "兑换码",
        )
    )
    rows = []
    for count in range(drawn.choice((2, 3, 5))):
        key = secret_plain(document, "key", groups(drawn, lengths, alphabet))
        if number:
            card = secret_plain(document, "key", groups(drawn, (number,), string.digits))
            separator = "\t" if "\t" in head else drawn.choice(("----", " ", "|", " 密码：", ","))
            rows.append(f"{card}{separator}{key}")
        else:
            rows.append(drawn.choice(("", f"{count + 1}. ", f"{count + 1}、", f"第{count + 1}张：")) + key)
    return "\n".join([head, *rows, f"有效期至{alike(drawn, document)}"])


def secret_plain(document: Document, kind: str, value: str) -> str:
    """A secret as it is, noted."""
    document.secrets.append((kind, value))
    return value


def accounts(drawn: Draw, document: Document) -> str:
    """Accounts as they are handed out."""
    rows = []
    for _ in range(drawn.choice((1, 2, 4))):
        word = (
            "".join(drawn.choice(string.ascii_letters + string.digits + "@!#") for _ in range(drawn.randrange(8, 14)))
            + "7"
        )
        user = "".join(drawn.choice(string.ascii_lowercase) for _ in range(7)) + str(drawn.randrange(100, 9999))
        document.secrets += [("password", word), ("account", user)]
        mail = f"{''.join(drawn.choice(string.ascii_lowercase) for _ in range(8))}@{drawn.choice(('outlook.com', 'qq.com', 'gmail.com'))}"
        document.secrets.append(("mail", mail.partition("@")[0]))
        rows.append(
            drawn.choice(
                (
                    f"{user}----{word}----{mail}",
                    f"账号：{user} 密码：{word} 邮箱：{mail}",
                    f"账号: {user}\n密码: {word}\n绑定邮箱 {mail}",
                    f"{mail}----{word}----{user}",
                    f"账号密码：{user}----{word}----{mail}",
                )
            )
        )
    return (
        f"{drawn.choice(('Steam成品号', '奈飞会员账号', 'ChatGPT Plus账号'))} 发货\n"
        + "\n".join(rows)
        + f"\n{alike(drawn, document)}"
    )


def as_json(drawn: Draw, document: Document) -> str:
    """What an interface answers."""
    name, lengths, alphabet, number = drawn.choice(PRODUCTS)
    key = secret_plain(document, "key", groups(drawn, lengths, alphabet))
    order, phone = draw_order(drawn), secret_plain(document, "phone", draw_phone(drawn))
    document.alike.append(("order", order))
    label = drawn.choice(
        (
            "card_pwd",
            "kami",
            "cardPassword",
            "cdkey",
            "secret",
            "password",
            "cardSecret",
            "redeemCode",
            "activation_code",
            "卡密",
        )
    )
    card = f',"card_no":"{secret_plain(document, "key", groups(drawn, (number,), string.digits))}"' if number else ""
    return f'{{"code":0,"order_no":"{order}","goods":"{name}","amount":"{drawn.randrange(9999) / 100:.2f}"{card},"{label}":"{key}","mobile":"{phone}","created":"{draw_moment(drawn):%Y-%m-%d %H:%M:%S}"}}'


def as_html(drawn: Draw, document: Document) -> str:
    """A page of an order."""
    name, card, key = a_key(drawn, document)
    order = draw_order(drawn)
    document.alike.append(("order", order))
    cells = f"<tr><th>卡号</th><td>{card}</td></tr>" if card else ""
    shape = drawn.randrange(3)
    phone, person = secret(drawn, document, "phone", draw_phone(drawn)), secret_name(drawn, document)
    if shape == 0:
        body = f"<table><tr><th>订单号</th><td>{order}</td></tr>{cells}<tr><th>{drawn.choice(('卡密', '密码', '兑换码'))}</th><td>{key}</td></tr><tr><th>手机号</th><td>{phone}</td></tr><tr><th>收货人</th><td>{person}</td></tr></table>"
    elif shape == 1:
        extra = "<th>卡号</th>" if card else ""
        body = f"<table><thead><tr><th>订单号</th><th>商品</th>{extra}<th>卡密</th><th>手机</th><th>姓名</th></tr></thead><tbody><tr><td>{order}</td><td>{name}</td>{f'<td>{card}</td>' if card else ''}<td>{key}</td><td>{phone}</td><td>{person}</td></tr></tbody></table>"
    else:
        body = f'<p>订单号：<b>{order}</b></p><div>{f"<p>卡号：<span>{card}</span></p>" if card else ""}卡密：<span class="kami" id="km">{key}</span></div><p>手机：{phone}</p><p>姓名：{person}</p>'
    return f"<html><body><h1>{name}</h1>{body}<footer>{alike(drawn, document)}</footer></body></html>"


def as_ocr(drawn: Draw, document: Document) -> str:
    """What OCR reads of a screenshot: no spaces where they were, labels on lines of their own."""
    name, card, key = a_key(drawn, document)
    rows = [f"{draw_moment(drawn):%H:%M}", "交易详情", name, "卡号" if card else "", card, drawn.choice(("卡密", "兑换码", "卡券密码")), key, "商品说明", alike(drawn, document), "收款方", "联系人" + drawn.choice(("：", ":", " ")) + secret_name(drawn, document),
            "手机号码" + drawn.choice(("", "：", "\n")) + secret(drawn, document, "phone", draw_phone(drawn))]  # fmt: skip
    return "\n".join(row for row in rows if row)


def complaint(drawn: Draw, document: Document) -> str:
    """What a buyer writes."""
    name, card, key = a_key(drawn, document)
    given = f"卡号{card}，密码{key}" if card else f"卡密{key}"
    person, phone, identity = secret_name(drawn, document), draw_phone(drawn), draw_identity(drawn)
    return (
        f"投诉人：{person}，身份证号：{secret(drawn, document, 'id_number', identity)}，电话：{secret(drawn, document, 'phone', phone)}。"
        f"本人于{alike(drawn, document)}在该平台购买{name}，{given}，兑换时提示已使用。"
        f"客服让我补{drawn.randrange(10, 90)}元激活费，转到{secret(drawn, document, 'bank_card', draw_card(drawn))}（{secret_name(drawn, document, label='收款人：')}）。"
        f"{alike(drawn, document)}，{alike(drawn, document)}。"
    )


def innocent(drawn: Draw, document: Document) -> str:
    """A page without any secret."""
    rows = [
        f"{drawn.choice(('说明', '备注', '商品详情', '公告', '技术信息', ''))} {alike(drawn, document)}"
        for _ in range(12)
    ]
    return "\n".join(
        ["卡密类商品一经售出不退不换，激活码请在7天内使用", *rows, "请使用官方渠道兑换，密码错误5次将锁定24小时"]
    )


SAYS = ("你先用", "拿去", "收好", "亲试试", "")
TRADERS = ("阿强卡券", "小美发卡", "点卡老周", "星星号铺", "客服7号")


def handed_over(drawn: Draw, document: Document) -> str:
    """Keys and cards that a seller hands over in a chat without a word that names them."""
    trader, rows = drawn.choice(TRADERS), []
    name, lengths, alphabet, number = drawn.choice(PRODUCTS)
    rows.append(f"{trader}：{name} {drawn.choice(('x3', '共3张', '三张'))}")
    for _ in range(drawn.choice((1, 2, 3))):
        if number or alphabet.isdigit():
            card = groups(drawn, (number or 12,), string.digits)
            key = groups(drawn, (max(sum(lengths), 4),), string.digits)
            document.secrets += [("key", card), ("key", key)]
            rows.append(
                drawn.choice(
                    (
                        f"{trader}：{card}/{key}",
                        f"{trader}：{card} {key}",
                        f"{card}，{key}",
                        f"卡{card}密{key}",
                        f"{card}\n{key}",
                    )
                )
            )
        else:
            key = groups(drawn, lengths, alphabet)
            document.secrets.append(("key", key))
            rows.append(
                drawn.choice(
                    (
                        f"{trader}：{key} {drawn.choice(SAYS)}",
                        f"{trader}：换一个 {key}",
                        f"{trader}：给你补一张{key}",
                        f"{drawn_time(drawn)} {trader}：{key}",
                        f"{trader}：第二张{key}也行",
                    )
                )
            )
        rows.append(f"我：还是不行，{drawn.choice(('报错', '提示'))} {alike(drawn, document)}")
    return "\n".join(rows)


def drawn_time(drawn: Draw) -> str:
    """A moment in brackets, as chats show it."""
    return f"[{draw_moment(drawn):%Y-%m-%d %H:%M:%S}]"


def extracted(drawn: Draw, document: Document) -> str:
    """A page after extraction: a heading, rules, keys; in lines, in attributes, in a query, in CSV."""
    name, lengths, alphabet, number = drawn.choice(PRODUCTS)
    key, other = (secret_plain(document, "key", groups(drawn, lengths, alphabet)) for _ in range(2))
    card = secret_plain(document, "key", groups(drawn, (number or 16,), string.digits))
    order = draw_order(drawn)
    document.alike.append(("order", order))
    epoch = str(int(draw_moment(drawn).timestamp()))
    document.alike.append(("time", epoch))
    return drawn.choice(
        (
            f"{name}\n提取成功\n{'-' * drawn.randrange(4, 30)}\n{card}\n{key}\n{other}\n{'-' * 12}\n订单号：{order}\n创建 {epoch}",
            f"{name} 发货成功(x2)→ {key} / {other} / {card}\n订单号 {order}，时间戳 {epoch}",
            f'<div class="km" data-clipboard-text="{key}">复制卡密</div><input readonly value="{other}"><table><tr><td>卡号</td><td>{card}</td></tr><tr><td>订单号</td><td>{order}</td></tr></table><i data-time="{epoch}"></i>',
            f"order_no,goods,card_no,pin,code,created\n{order},{name},{card},{key},{other},{epoch}",
            f"兑换接口 card_no={card}&pwd={key}&cdk={other}&order_id={order}&time={epoch}",
            f"卡密列表\n1. {card}\n2. {key}\n3. {other}\n订单编号：{order}\n{epoch}",
        )
    )


def pieces(drawn: Draw, document: Document) -> str:
    """Keys in groups, in single signs, over two lines; codes of few signs; accounts in one breath; contacts."""
    key = groups(drawn, (16,), PLAIN, "")
    pin = groups(drawn, (drawn.choice((12, 15, 16, 18)),), string.digits, "")
    short = groups(drawn, (drawn.choice((3, 4, 6)),), string.digits, "")
    user = "".join(drawn.choice(string.ascii_lowercase) for _ in range(6)) + str(drawn.randrange(100, 9999))
    word = (
        "".join(drawn.choice(string.ascii_letters) for _ in range(6))
        + str(drawn.randrange(100, 999))
        + drawn.choice("!@#")
    )
    qq, handle = str(drawn.randrange(10**7, 10**10)), user[::-1].lstrip(string.digits) + "_9"
    document.secrets += [
        ("key", key),
        ("key", pin),
        ("password", word),
        ("account", user),
        ("contact", qq),
        ("contact", handle),
    ]
    spaced = drawn.choice(
        (
            " ".join(key),
            " ".join(key[at : at + 4] for at in range(0, 16, 4)),
            f"{key[:7]}\n{key[7:]}",
            ".".join(key[at : at + 4] for at in range(0, 16, 4)),
        )
    )
    rows = [
        f"{drawn.choice(('激活码：', '兑换码 ', '码是', 'CDK: '))}{spaced}",
        f"{drawn.choice(('PIN: ', 'PIN码', '卡密 ', 'Serial: '))}{drawn.choice((pin, ' '.join(pin[at : at + 4] for at in range(0, len(pin), 4)), f'{pin[:9]}{chr(10)}{pin[9:]}'))}",
        drawn.choice(
            (
                f"号{user}密{word}",
                f"游戏账号【{user}】游戏密码【{word}】",
                f"给你的号{user} 密码 {word}",
                f"账号:{user} 密:{word}",
            )
        ),
        drawn.choice((f"V：{handle}，Q：{qq}", f"加v {handle}，扣扣{qq}", f"➕V{handle}\nq:{qq}")),
        f"卡号{pin}密码{short}" if len(short) > 3 else f"Expiry: 09/28  CVV: {short}",
        f"适用：{alike(drawn, document)}、{alike(drawn, document)}",
    ]
    return "\n".join(rows)


def signed(drawn: Draw, document: Document) -> str:
    """Forms and letters: names at their places, a firm with its address that stays, a home that goes."""
    person, firm = (
        draw_name(drawn),
        f"{drawn.choice(('杭州', '义乌市'))}{drawn.choice(('星河网络科技有限公司', '卡易购电子商务商行'))}",
    )
    place = f"浙江省杭州市西湖区文三路{drawn.randrange(1, 900)}号华星大厦A座{drawn.randrange(1, 30)}03室"
    home = f"{drawn.randrange(1, 40)}-{drawn.randrange(1, 5)}-{drawn.randrange(1, 30)}0{drawn.randrange(1, 5)}"
    document.secrets += [("name", person), ("home", home)]
    document.alike += [("firm", firm), ("firm address", place)]
    identity = secret(drawn, document, "id_number", draw_identity(drawn))
    return drawn.choice(
        (
            f"兹证明：{person}（居民身份证：{identity}）住杭州市余杭区五常大道12号金色家园{home}\n销售方名称：{firm}\n统一社会信用代码：{draw_uscc(drawn)}\n住所：{place}",
            f"报案人{person}，身份证{identity}，家住杭州市余杭区五常大道9号翠苑{home}。\n被投诉人：{firm}\n地址：{place}",
            f"购买方名称：{person}\n身份证号：{identity}\n收货地址：杭州市余杭区幸福路3号阳光花园{home}\n{firm} 浙ICP备2026012345号 地址：{place}",
            f"被告：{firm}，住所地{place}。\n原告身份证{identity}，住杭州市余杭区城南路7号南湖新村{home}。\n此致\n{person}",
        )
    )


MAKERS = (
    handed_over,
    extracted,
    pieces,
    signed,
    order_page,
    order_page,
    chat,
    chat,
    key_list,
    accounts,
    as_json,
    as_html,
    as_ocr,
    complaint,
    innocent,
)


def main(arguments: list[str]) -> int:
    """Draw, mask, count; 0 when the figures hold."""
    seed = int(arguments[0]) if arguments else 20261123
    count = int(arguments[1]) if len(arguments) > 1 else 2200
    drawn = random.Random(seed)
    right, missed, kept, false = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    told = 0
    taken, size = 0.0, 0
    for number in range(count):
        document = Document()
        document.text = MAKERS[number % len(MAKERS)](drawn, document)
        started = time.process_time()
        masked, _hits = mask_text(document.text, Masking(Audience.AUTHORITY))
        taken += time.process_time() - started
        size += len(document.text.encode())
        bare = dense(masked)
        for kind, value in document.secrets:
            wanted = dense(value)
            inner = wanted[3:-2] if len(wanted) >= 10 else wanted
            if inner in bare:
                missed[kind] += 1
                told += 1
                if told < 120:
                    print(f"missed  {kind} {value!r} in {document.text!r} -> {masked!r}"[:900])
            else:
                right[kind] += 1
        for kind, value in document.alike:
            if value in masked:
                kept[kind] += 1
            else:
                false[kind] += 1
                told += 1
                if told < 120:
                    print(f"false   {kind} {value!r} in {document.text!r} -> {masked!r}"[:900])
    print(
        f"{count} documents of seed {seed}, {size / 1000:.0f} KB, {len(PRODUCTS)} products\n{'kind':<12}{'right':>8}{'missed':>8}{'recall':>9}"
    )
    for kind in sorted(right | missed):
        print(f"{kind:<12}{right[kind]:>8}{missed[kind]:>8}{right[kind] / (right[kind] + missed[kind]):>9.4f}")
    all_right, all_missed = sum(right[kind] for kind in NUMBERS), sum(missed[kind] for kind in NUMBERS)
    recall = all_right / (all_right + all_missed)
    share = false.total() / (kept.total() + false.total())
    print(f"keys and numbers: recall {recall:.4f} ({all_missed} missed of {all_right + all_missed})")
    print(f"look-alikes masked: {share:.4f} ({false.total()} of {kept.total() + false.total()}): {dict(false)}")
    print(f"processor time: {taken / size * 10_000 * 1000:.1f} ms per 10 KB")
    return int(recall < LEAST_RECALL or share >= MOST_FALSE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
