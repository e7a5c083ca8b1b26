"""松果小铺: a shop whose pages are a shell filled by scripts, with its price and description in JSON."""

from __future__ import annotations

import json

from monitor.demo.pictures import draw_cover, draw_text
from monitor.demo.shops.answer import (
    Answer,
    Moment,
    Request,
    asset_answer,
    html_answer,
    noise_of,
    picture_answer,
    wall_answer,
)
from monitor.demo.template import fill_template, fill_text, read_template

_NAME = "松果小铺"
_ITEM = 12
# id, name, cover title, cover line, price, stock in words or "" for the number of the state, sold
_GOODS: tuple[tuple[int, str, str, str, str, str, int], ...] = (
    (11, "星光视频会员 周卡", "星光视频", "周卡 7 天", "6.50", "现货充足", 8241),
    (12, "星光视频会员 月卡", "星光视频", "月卡 31 天", "", "", 5120),
    (13, "星光视频会员 年卡", "星光视频", "年卡 365 天", "158.00", "所剩无几", 977),
    (21, "蓝鲸音乐 季卡", "蓝鲸音乐", "季卡 93 天", "29.90", "现货充足", 2310),
    (22, "云岛网盘 月卡", "云岛网盘", "月卡 31 天", "15.80", "现货充足", 1764),
    (31, "墨阅读书 年卡", "墨阅读书", "年卡 365 天", "88.00", "已售罄", 420),
)
_CATEGORIES = ((1, "影视会员"), (2, "音乐网盘"), (3, "阅读学习"))
_IMAGE_LINES = (
    "【商品说明】星光视频会员月卡兑换码，支持手机、平板、电脑端。",
    "【有效期】兑换码请尽快使用，逾期失效不补。",
    "【售后】虚拟商品一经售出，概不退换，请确认后再下单。",
    "【注意】每个账号每月限兑换 2 张。",
)


def answer_request(request: Request, moment: Moment) -> Answer:
    """Answer one request to songguo.example."""
    state, path = moment.state, request.path
    if path.startswith("/assets/"):
        return asset_answer(path.rpartition("/")[2])
    if path.startswith("/cover/"):
        return _draw(path)
    if path.startswith("/user/api/"):
        return _answer_data(request, moment)
    if path == "/":
        if state["songguo.home"]:
            return wall_answer(state["songguo.home"], _NAME, request, moment)
        return _page("songguo/home.html", request, moment)
    if path == f"/item/{_ITEM}":
        if state["songguo.item"]:
            return wall_answer(state["songguo.item"], _NAME, request, moment)
        return _page("songguo/item.html", request, moment)
    return html_answer(fill_template("walls/missing.html", {"shop": _NAME, "path": path, **noise_of(request, moment)}),
                       status=404)  # fmt: skip


def _page(template: str, request: Request, moment: Moment) -> Answer:
    notice = fill_template("songguo/notice.html", moment.state)
    item = json.dumps(_item(moment), ensure_ascii=False)
    values = {**moment.state, **noise_of(request, moment), "notice": notice, "item": item}
    values["content"] = fill_template(template, values)
    cookies = (f"ACG-SHOP={values['noise.token'][:26]}; path=/; HttpOnly",)
    return html_answer(fill_template("songguo/shell.html", values), cookies=cookies)


def _item(moment: Moment) -> dict[str, object]:
    """The product as the page's own script gets it; wholesale prices stand here and nowhere on the page."""
    price = moment.state["songguo.price"]
    return {
        "id": _ITEM,
        "name": "星光视频会员 月卡",
        "price": price,
        "user_price": price,
        "delivery_way": 0,
        "cover": f"/cover/{_ITEM}.svg",
        "minimum": 1,
        "config": {"wholesale": {"10": f"{float(price) - 1:.2f}"}, "category": {"直充兑换码": price}},
    }


def _answer_data(request: Request, moment: Moment) -> Answer:
    path = request.path.removeprefix("/user/api/index/")
    state = moment.state
    data: object
    if path == "data":
        data = [{"id": number, "name": name, "sort": number} for number, name in _CATEGORIES]
    elif path == "commodity":
        data = [_row(row, request, moment) for row in _GOODS]
    elif path == "commodityDetail":
        data = {**_item(moment), "description": describe(moment), "service_qq": "2850099123"}
    elif path == "valuation":
        data = {"price": state["songguo.price"], "number": 1}
    elif path == "stock":
        data = {"stock": state["songguo.stock"], "order_sold": noise_of(request, moment)["noise.sold"]}
    else:
        return Answer(404, (("Content-Type", "application/json"),), b'{"code":404,"msg":"not found"}')
    envelope = {"code": 200, "msg": "success", "data": data, "time": int(moment.at.timestamp())}
    return Answer(200, (("Content-Type", "application/json; charset=utf-8"),), json.dumps(envelope).encode())


def _row(row: tuple[int, str, str, str, str, str, int], request: Request, moment: Moment) -> dict[str, object]:
    number, name, _, _, price, stock, sold = row
    return {
        "id": number,
        "name": name,
        "price": price or moment.state["songguo.price"],
        "user_price": price or moment.state["songguo.price"],
        "stock": stock or moment.state["songguo.stock"],
        "stock_state": 0 if stock == "已售罄" else 3,
        "order_sold": sold + request.number // 2,
        "delivery_way": 0,
        "cover": f"/cover/{number}.svg",
    }


def describe(moment: Moment) -> str:
    """The description as HTML: text, or later a picture of it."""
    if moment.state["songguo.description"] == "image":
        return '<p><img src="/cover/description.svg" style="max-width:100%" alt=""></p>'
    return fill_text(read_template("songguo/description.html"), moment.state)


def _draw(path: str) -> Answer:
    name = path.rpartition("/")[2].removesuffix(".svg")
    if name == "description":
        return picture_answer(draw_text(_IMAGE_LINES))
    for number, _, title, small, *_ in _GOODS:
        if name == str(number):
            return picture_answer(draw_cover(number, title, small))
    return Answer(404, (("Content-Type", "text/plain"),), b"not found")
