"""What the saved pages of real shop software say, by another path than the readers.

Prices, stocks and tiers come from the inline data and JSON answers of the pages, taken apart here with nothing but
`json` and `re`; what only the page shows (words for a stock, promises in a description) was written down by eye. A
value of "" means that the page does not say it; a field that is not named is not judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

Value = str | tuple[str, ...] | dict[str, str]
Product = dict[str, Value]


@dataclass(frozen=True)
class Truth:
    """What one page says: its products by name, and texts that its blocks must hold, by kind of block."""

    products: dict[str, Product] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    shop: dict[str, str] = field(default_factory=dict)  # "contact qq" and so on
    listed: bool = False


NOTICE = "付款即视为同意售后条款"
PROMPT = "非质量问题不支持退款"
_GOODS = {  # what the descriptions say, by the number of the product: spec, validity, warranty, part of the promise
    "1": ("月卡/31天", "31天", "", "超过24小时视为验收合格"),
    "3": ("年卡/365天", "365天", "自购买之日起30天", "质保期内掉会员免费补登一次"),
    "9": ("面值50元", "永久有效", "", "2小时内联系客服"),
    "11": ("648点券", "即时", "", "2小时内联系客服"),
    "14": ("零售版 1PC", "永久", "永久", "找不到人随时退款"),
    "22": ("30天 6人车", "30天", "自购买之日起30天", "质保期内掉会员免费补登一次"),
    "25": ("365天", "365天", "永久", "找不到人随时退款"),
}
_NUMBER = {"instock": "1", "nostock": "3", "orderpwd": "9", "manual": "11", "hidden_stock": "22", "visitpwd": "25"}
_LUNA_DELIVERY = {1: "自动发货", 2: "人工处理"}
_HYPER_DELIVERY = {1: "自动发货", 2: "人工发货"}


def truth_of(folder: Path, name: str) -> Truth | None:
    """The truth of a saved page ("dujiaoka/luna/home"), None where none is known."""
    software, theme, page = name.split("/")
    about = json.loads((folder / f"{name}.json").read_text("utf-8"))
    raw = (folder / f"{name}.raw.html").read_text("utf-8")
    if theme == "wechat_ua" or page in ("login", "bill", "order_query", "order_result", "order_result_contact"):
        return Truth() if theme == "wechat_ua" else None
    if software == "acg-faka":
        return _acg_faka(about, raw, page)
    if software == "dujiaoka":
        return _dujiaoka(folder, raw, theme, page)
    return _dujiao_next(folder, about, page) if software == "dujiao-next" else _qs_faka(folder, about, page)


def _number(page: str) -> str:
    return _NUMBER.get(page.removeprefix("detail_"), "14")


def _described(number: str) -> Product:
    spec, validity, warranty, promise = _GOODS[number]
    product: Product = {"spec": spec, "validity": validity, "warranty": warranty, "after_sales": promise}
    if number == "9":
        product["face_value"] = "50"
    return product


def _acg_faka(about: dict[str, object], raw: str, page: str) -> Truth:
    if page == "closed":
        return Truth(shop={"available": "no"})
    if page in ("home", "category"):
        rows = next(data["data"] for url, data in _answers(about) if urlsplit(url).path.endswith("/commodity"))
        goods = {
            row["name"]: {
                "price": _plain(row["price"]),
                "member_price": _plain(row["user_price"]),
                "stock": str(row["stock"]),
                "sold": str(row["order_sold"]),
                "delivery": "自动发货" if row["delivery_way"] == 0 else "在线发货",
            }
            for row in rows
        }
        return Truth(goods, {"notice": NOTICE}, listed=True)
    item = json.JSONDecoder().raw_decode(raw, re.search(r'_var_item"\s*,\s*', raw).end())[0]  # type: ignore[union-attr]
    config = item["config"] or {}
    product: Product = {
        "price": _plain(item["price"]),
        "member_price": _plain(item["user_price"]),
        "stock": {"3": ("已售罄", "0"), "22": ("一般", "数量有限")}.get(str(item["id"]), str(item["stock"])),
        "sold": str(item["order_sold"]),
        "delivery": "自动发货",
        "wholesale": {quantity: _plain(price) for quantity, price in config.get("wholesale", {}).items()},
        "variants": {name: _plain(price) for name, price in config.get("category", {}).items()},
        "min": "",
        "max": "",
        "locked": "",
        "original_price": "",
    }
    product |= _described(str(item["id"]))
    if any(tag["text"] == "质保30天" for tag in item["tags"]):
        product["warranty"] = ("自购买之日起30天", "30天")
    return Truth({item["name"]: product}, {"description": "有效期"}, {"contact qq": "10086001"})


def _dujiaoka(folder: Path, raw: str, theme: str, page: str) -> Truth:
    source = (folder / "dujiaoka/luna/home.raw.html").read_text("utf-8")
    groups = json.JSONDecoder().raw_decode(source, re.search(r"goodsMsg\s*=\s*", source).end())[0]  # type: ignore[union-attr]
    rows = {str(row["id"]): row for group in groups for row in group["goods"]}
    shop = {"contact qq": "10086001", "contact group": "70001234", "licence icp": "鄂ICP备20260001号-1"}
    if page in ("home", "category"):
        goods: dict[str, Product] = {}
        for row in rows.values():
            goods[row["gd_name"]] = product = {"price": _plain(row["actual_price"])}
            if theme == "luna":
                product |= {"stock": str(row["in_stock"]), "wholesale": _cnf(row["wholesale_price_cnf"])}
            else:
                product["available"] = ("yes", "") if row["in_stock"] else "no"
        return Truth(goods, {"notice": NOTICE}, shop, listed=True)
    number = _number(page)
    row = rows[number]
    product = {
        "price": _plain(row["actual_price"]),
        "original_price": _plain(row["retail_price"]),
        "stock": str(row["in_stock"]),
        "wholesale": _cnf(row["wholesale_price_cnf"]),
        "delivery": (_LUNA_DELIVERY if theme == "luna" else _HYPER_DELIVERY)[row["type"]],
        "min": "",
        "max": str(row["buy_limit_num"]) if row["buy_limit_num"] else "",
        "locked": "",
        **_described(number),
    }
    texts = {"description": "有效期"}
    if row["buy_prompt"]:
        texts["prompt"] = PROMPT
    if theme == "luna":
        texts["notice"] = NOTICE
    else:
        del shop["contact group"]  # stands in the notice, which this theme shows on the home page only
    return Truth({row["gd_name"]: product}, texts, shop)


def _cnf(text: str | None) -> dict[str, str]:
    return {q: _plain(p) for q, p in re.findall(r"^\s*(\d+)\s*=\s*([\d.]+)", text or "", re.M)}


def _dujiao_next(folder: Path, about: dict[str, object], page: str) -> Truth:
    shop = {"contact telegram": "yunka_demo", "licence icp": "鄂ICP备20260001号-1"}
    if page in ("about", "notice", "notice_detail", "terms"):
        kind, words = {
            "about": ("contact", "QQ 10086001"),
            "notice": ("notice", "售后与退款公告"),
            "notice_detail": ("notice", "不予退款；平台质量问题包退包换"),
            "terms": ("terms", "第三条 发生争议，买家应在订单完成后48小时内提交工单，逾期视为放弃。"),
        }[page]
        return Truth(texts={kind: words}, shop=shop)
    if page in ("home", "category", "products"):
        rows = list(_goods_of_luna(folder))
        if page == "category":
            rows = [row for row in rows if row["group_id"] == 4]
        words = {0: "售罄"}
        goods = {
            row["gd_name"]: {
                "price": _plain(row["actual_price"]),
                "stock": _stock_words(row["in_stock"], words),
                "delivery": ("自动交付", "自动发货"),  # the software's word and the shop's own tag
            }
            for row in rows
        }
        return Truth(goods, shop=shop, listed=True)
    number = _number(page)
    row = next(row for row in _goods_of_luna(folder) if str(row["id"]) == number)
    tiers = {"1": {"7": "15.01"}, "14": {"4": "28.405"}}.get(number, {})  # 5% off from 100 yuan on
    product: Product = {
        "price": _plain(row["actual_price"]),
        "member_price": {"1": "14.5", "3": "112", "14": "26.9"}[number],
        "stock": {"1": "120", "3": ("售罄", "已售罄", "0"), "14": "200"}[number],
        "wholesale": tiers,
        "delivery": ("自动交付", "自动发货"),
        "original_price": "",
        "max": "",
        "locked": "",
        "currency": "",
        **_described(number),
    }
    return Truth({row["gd_name"]: product}, {"description": "有效期"}, shop)


def _stock_words(stock: int, words: dict[int, str]) -> tuple[str, ...]:
    return (words[0], "0") if not stock else ("有库存", "库存紧张", str(stock))


def _goods_of_luna(folder: Path) -> Iterator[dict[str, object]]:
    """The goods that all these shops were filled with, whole in one page of dujiaoka."""
    source = (folder / "dujiaoka/luna/home.raw.html").read_text("utf-8")
    groups = json.JSONDecoder().raw_decode(source, re.search(r"goodsMsg\s*=\s*", source).end())[0]  # type: ignore[union-attr]
    for group in groups:
        yield from group["goods"]


def _qs_faka(folder: Path, about: dict[str, object], page: str) -> Truth:
    contacts = {"contact qq": "10086001", "contact phone": "13800000000", "contact wechat": "yunka001"}
    licence = {"licence icp": "鄂ICP备20260001号-1"}
    if page in ("about", "article", "articles", "terms"):
        kind, words = {
            "about": ("contact", "客服 QQ：10086001"),
            "article": ("notice", "不予退款；平台质量问题包退包换"),
            "articles": ("notice", "系统公告：平台服务条款"),
            "terms": ("terms", "第三条 发生争议，买家应在订单完成后48小时内提交工单，逾期视为放弃。"),
        }[page]
        return Truth(texts={kind: words}, shop={"contact qq": "10086001", **licence})
    if page == "home":
        return Truth(shop={"contact qq": "10086001", "contact email": "123456@qq.com", **licence})
    notice = {"notice": "虚拟商品不支持无理由退款"}
    if page in ("shop", "links", "shop_cat"):
        group = 4 if page == "shop_cat" else 1
        rows = [row for row in _goods_of_luna(folder) if row["group_id"] == group]
        goods: dict[str, Product] = {
            str(row["gd_name"]): {
                "price": _plain(row["actual_price"]),
                "available": ("yes", "") if row["in_stock"] else "no",
            }
            for row in rows
        }
        first = str(rows[0]["gd_name"])
        goods[first] |= {"stock": "50", "wholesale": _cnf(str(rows[0]["wholesale_price_cnf"]))}
        return Truth(goods, notice, {**contacts, **licence}, listed=True)
    data = next(data["data"] for url, data in _answers(about) if urlsplit(url).path == "/shop")
    row = data["goods"][0]
    product: Product = {
        "price": _plain(row["price"]),
        "stock": str(row["cards_stock_count"]),
        "wholesale": {str(tier["num"]): _plain(tier["price"]) for tier in row["wholesale_discount_list"]},
        "max": "",
        "original_price": "",
        "locked": "password" if row["visit_type"] else "",
        **_described(str(row["id"])),
    }
    return Truth({row["name"]: product}, {"description": "有效期", **notice}, {**contacts, **licence})


def _answers(about: dict[str, object]) -> Iterator[tuple[str, dict]]:  # type: ignore[type-arg]
    for answer in about["xhr"]:  # type: ignore[attr-defined]
        try:
            yield answer["u"], json.loads(answer["b"] or "")
        except ValueError:
            continue  # cut short where it was saved


def _plain(amount: object) -> str:
    text = f"{float(str(amount)):.4f}".rstrip("0")
    return text.rstrip(".")
