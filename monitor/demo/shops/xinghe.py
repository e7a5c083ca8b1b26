"""星河卡盟: an old card exchange in GBK with conflicting charset marks, a frame, and a long agreement.

It moves over three domains, with a redirect, a notice and a release page. An impostor serves the same pages with the
same footer on a domain of its own, and takes the money on an account of its own. All names and numbers are invented.
"""

from __future__ import annotations

import html
import random

from monitor.demo.script import IMPOSTOR_HOST, NEW_HOST, OLD_HOST, THIRD_HOST
from monitor.demo.shops.answer import (
    Answer,
    Moment,
    Request,
    asset_answer,
    html_answer,
    noise_of,
    redirect_answer,
)
from monitor.demo.template import fill_template, fill_text, read_template

_DIGITS = "零一二三四五六七八九"
# number, name, face value, price with three decimals, stock in words, kind ("" are those of the state)
_GOODS: tuple[tuple[int, str, str, str, str, str], ...] = (
    (1021, "全国话费快充 50 元", "50.00", "49.400", "充足", "直充"),
    (1022, "全国话费快充 100 元", "100.00", "98.600", "充足", "直充"),
    (1024, "九洲传说 点卡 10 元", "10.00", "", "", "卡密"),
    (1025, "九洲传说 点卡 30 元", "30.00", "29.550", "充足", "卡密"),
    (1031, "银杏加速器 月卡", "25.00", "21.300", "暂停销售", "卡密"),
)

_ACCOUNT, _ACCOUNT_OF_IMPOSTOR = "20417", "31866"
_CLAIM = "【重要】本站 www.xinghe-vip.test 为星河卡盟最新网址，旧网址 www.xinghe88.test 已停用，请认准本站。"


def answer_request(request: Request, moment: Moment) -> Answer:
    """Answer one request to a domain of the exchange, or to that of its impostor."""
    path, state = request.path, moment.state
    if request.host == OLD_HOST and state["xinghe.old"] == "redirect":
        tail = "?" + "&".join(f"{key}={value}" for key, value in request.query.items()) if request.query else ""
        return redirect_answer(f"https://{NEW_HOST}{path}{tail}", status=301)
    if request.host == NEW_HOST and state["xinghe.second"] == "redirect":
        return _gbk(fill_template("xinghe/moved.html", {"target": f"https://{THIRD_HOST}{path}"}))
    if path.startswith("/images/"):
        return asset_answer(path.rpartition("/")[2])
    values = {**state, **noise_of(request, moment), "host": request.host, "pay.account": _ACCOUNT, "claim": ""}
    if request.host == IMPOSTOR_HOST:
        values |= {"pay.account": _ACCOUNT_OF_IMPOSTOR, "claim": _CLAIM, "xinghe.move": "", "xinghe.backup": ""}
    if path == "/":
        return _page("首页", "xinghe/home.html", {**values, "deals": _deals(request, moment)})
    if path == "/goods.asp":
        if state["xinghe.goods"]:
            return redirect_answer(f"/login.asp?url=%2Fgoods.asp%3Fid%3D{request.query.get('id', '')}")
        return _page("商品列表", "xinghe/goods.html", {**values, "rows": _rows(moment)})
    if path == "/intro.asp":
        return _gbk(fill_template("xinghe/intro.html", values))
    if path == "/agreement.asp":
        return _page("服务协议", "xinghe/agreement.html", {**values, "agreement": agreement_html(moment)})
    if path == "/login.asp":
        return _page("用户登录", "xinghe/login.html", values)
    return _page("提示信息", "xinghe/error.html", values, status=404)


def answer_release(request: Request, moment: Moment) -> Answer:
    """Answer one request to the page that tells where the exchange is now."""
    return html_answer(fill_template("xinghe/release.html", moment.state))


def _page(title: str, template: str, values: dict[str, str], *, status: int = 200) -> Answer:
    content = fill_template(template, values)
    page = fill_template("xinghe/shell.html", {**values, "title": title, "content": content})
    return _gbk(page, status=status, cookie=f"ASPSESSIONIDQA={values['noise.token'][:24].upper()}; path=/")


def _gbk(text: str, *, status: int = 200, cookie: str = "") -> Answer:
    """GBK bytes without a charset in the header: only the page's own marks speak, and they disagree."""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html"), ("Cache-Control", "private"))
    if cookie:
        headers += (("Set-Cookie", cookie),)
    return Answer(status, headers, text.encode("gbk", errors="xmlcharrefreplace"))


def _rows(moment: Moment) -> str:
    return "".join(
        fill_template(
            "xinghe/row.html",
            {
                "number": str(number),
                "name": name,
                "face": face,
                "price": price or moment.state["xinghe.price"],
                "stock": stock or moment.state["xinghe.stock"],
                "kind": kind,
            },
        )
        for number, name, face, price, stock, kind in _GOODS
    )


def _deals(request: Request, moment: Moment) -> str:
    """The ticker of latest deals: other lines on every view."""
    dice = random.Random(request.number)  # noqa: S311 - noise, nothing is secret
    return "".join(
        f"<li>用户 1{dice.choice('3589')}{dice.randrange(10)}****{dice.randrange(1000, 9999)} "
        f"{dice.randrange(1, 59)} 分钟前购买了 {html.escape(dice.choice(_GOODS)[1])}</li>"
        for _ in range(6)
    )


def agreement_html(moment: Moment) -> str:
    """The agreement with its chapters and clauses numbered as they stand at this moment."""
    lines = fill_text(read_template("xinghe/agreement.txt"), moment.state).splitlines()
    rows: list[str] = []
    chapter = clause = 0
    for line in (line.strip() for line in lines):
        if line.startswith("#"):
            chapter += 1
            rows.append(f"<p class=chapter><b>第{chinese_number(chapter)}章 {html.escape(line[1:].strip())}</b></p>")
        elif line:
            clause += 1
            rows.append(f"<p>第{chinese_number(clause)}条 {line}</p>")
    return "\n".join(rows)


def chinese_number(number: int) -> str:
    """1 to 99 as Chinese numerals: 一, 十, 十二, 三十五."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones or not tens else "")
