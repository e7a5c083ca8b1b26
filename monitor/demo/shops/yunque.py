"""云雀发卡: a shop rendered on the server, with a pop-up notice, a purchase prompt in a modal and a terms article."""

from __future__ import annotations

import html
import random
from collections.abc import Sequence

from monitor.demo.pictures import draw_cover
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

_NAME = "云雀发卡"
_ITEM = 3
# id, group, name, cover title, cover line, price and stock ("" are those of the state)
_GOODS: tuple[tuple[int, str, str, str, str, str, str], ...] = (
    (1, "游戏点卡", "青石三国 元宝卡 60 元", "青石三国", "60 元", "57.60", "132"),
    (3, "游戏点卡", "幻境奇谭 点卡 30 元", "幻境奇谭", "30 元", "", ""),
    (4, "游戏点卡", "幻境奇谭 月卡", "幻境奇谭", "月卡", "26.80", "0"),
    (7, "工具授权", "极速修图 终身授权码", "极速修图", "授权码", "68.00", "45"),
    (8, "工具授权", "云笔记 专业版 年卡", "云笔记", "年卡", "99.00", "18"),
)


def answer_request(request: Request, moment: Moment) -> Answer:
    """Answer one request to yunque.test."""
    path, wall = request.path, moment.state["yunque.wall"]
    if path.startswith("/assets/"):
        return asset_answer(path.rpartition("/")[2])
    if path.startswith("/uploads/"):
        return _draw(path)
    if wall in ("gate", "challenge") or (wall == "missing" and path.startswith("/buy/")):
        return wall_answer(wall, _NAME, request, moment)
    if path == "/":
        return _page("yunque/home.html", "首页", request, moment, {"cards": _cards(moment)})
    if path == f"/buy/{_ITEM}":
        others = [row for row in _GOODS if row[0] != _ITEM]
        random.Random(request.number).shuffle(others)  # noqa: S311 - recommendations flicker, nothing is secret
        more = "".join(_card(row, moment) for row in others[:3])
        return _page("yunque/buy.html", "幻境奇谭 点卡 30 元", request, moment, {"more": more})
    if path == "/article/after-sale":
        return _page("yunque/article.html", "售后规则", request, moment, {"article": article_html(moment)})
    return html_answer(fill_template("walls/missing.html", {"shop": _NAME, "path": path, **noise_of(request, moment)}),
                       status=404)  # fmt: skip


def _page(template: str, title: str, request: Request, moment: Moment, parts: dict[str, str]) -> Answer:
    values = {**moment.state, **noise_of(request, moment), **parts, "title": title}
    values["content"] = fill_template(template, values)
    token = values["noise.token"]
    cookies = (f"XSRF-TOKEN={token}; path=/", f"yunque_session={token[::-1]}; path=/; HttpOnly")
    return html_answer(fill_template("yunque/shell.html", values), cookies=cookies)


def _cards(moment: Moment) -> str:
    """Every product twice, as this kind of shop does: in the tab of all goods and in its group."""
    groups = dict.fromkeys(row[1] for row in _GOODS)
    tabs: list[tuple[str, Sequence[tuple[int, str, str, str, str, str, str]]]] = [("全部", _GOODS)]
    tabs += [(group, [row for row in _GOODS if row[1] == group]) for group in groups]
    return "".join(
        f'<div class="tab-pane{" active" if name == "全部" else ""}" id="group-{number}"><h6>{html.escape(name)}</h6>'
        f'<div class="row">{"".join(_card(row, moment) for row in rows)}</div></div>'
        for number, (name, rows) in enumerate(tabs)
    )


def _card(row: tuple[int, str, str, str, str, str, str], moment: Moment) -> str:
    number, _, name, _, _, price, stock = row
    values = {
        "number": str(number),
        "name": name,
        "price": price or moment.state["yunque.price"],
        "stock": stock or moment.state["yunque.stock"],
    }
    return fill_template("yunque/card.html", values)


def article_html(moment: Moment) -> str:
    """The after-sales article, numbered as it stands at this moment."""
    place = moment.state["yunque.evidence"]
    values = {
        **moment.state,
        "evidence.usage": "yes" if place == "usage" else "",
        "evidence.reissue": "yes" if place == "reissue" else "",
    }
    lines = fill_text(read_template("yunque/article.txt"), values).splitlines()
    rows: list[str] = []
    number = 0
    for line in (line.strip() for line in lines):
        if line.startswith("#"):
            rows.append(f"<h5>{html.escape(line[1:].strip())}</h5>")
            number = 0
        elif line:
            number += 1
            rows.append(f"<p>{number}. {line}</p>")
    return "\n".join(rows)


def _draw(path: str) -> Answer:
    name = path.rpartition("/")[2].removesuffix(".svg")
    for number, _, _, title, small, *_ in _GOODS:
        if name == str(number):
            return picture_answer(draw_cover(number, title, small))
    return Answer(404, (("Content-Type", "text/plain"),), b"not found")
