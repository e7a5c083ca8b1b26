"""Pages in place of the page are recognised by name; pages that only speak of such things are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from scrapers.challenge import Block, recognise_block

URL = "https://shop.test/item/1"


def recognise(body: str, *, title: str = "", status: int = 200, url: str = URL) -> Block | None:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    return recognise_block(status=status, title=title, text="", html=html, url=url, requested_url=URL)


@pytest.mark.parametrize(
    ("reason", "title", "body"),
    [
        ("login", "用户登录", "<form>账号<input name=u>密码<input type=password>忘记密码 登录</form>"),
        ("login", "提示", "请先登录后查看商品"),
        ("captcha", "安全验证", "<div class=geetest_panel>请完成安全验证 拖动滑块</div>"),
        ("captcha", "", "请输入验证码<img src=/captcha.php><input name=code>"),
        ("captcha", "", "访问过于频繁，请稍后再试"),
        ("challenge", "Just a moment...", "<script src=/cdn-cgi/challenge-platform/h/b.js></script>"),
        ("challenge", "", "<script>var arg1='0123456789ABCDEF0123456789ABCDEF01234567';</script>"),
        ("challenge", "", "<script>document.cookie='k=1;path=/';location.reload()</script>"),
        ("challenge", "", "正在检查您的浏览器，请稍候"),
        ("gate", "请使用内置浏览器打开", "点击右上角 在 浏览器 打开"),
        ("gate", "", "已停止访问该网页 如需浏览，请长按网址复制后使用浏览器访问"),
        ("maintenance", "店铺正在维护", "我们正在升级，请耐心等待完成。"),
        ("maintenance", "", "网站维护中，预计今晚恢复"),
        ("maintenance", "", "本站已打烊，明天再来"),
        ("soft_404", "提示", "商品不存在或已下架"),
        ("soft_404", "404 Not Found", "返回首页"),
        ("suspended", "", "Account Suspended. Contact your hosting provider."),
        ("suspended", "", "该网站暂时无法进行访问，未按要求备案"),
        ("suspended", "没有找到站点", "您的请求在Web服务器中没有找到对应的站点！"),
        ("suspended", "", "本域名正在出售 联系电话"),
        ("empty_shell", "", "<div id=app></div><script src=/app.js></script>"),
    ],
)
def test_a_page_in_place_of_the_page_is_named(reason: str, title: str, body: str) -> None:
    block = recognise(body, title=title)
    assert block is not None
    assert (block.outcome, block.reason) == ("blocked", reason)


TERMS = "".join(
    f"<p>第{n}条 登录账号后方可购买；系统维护期间暂停发货；页面不存在时请联系客服；验证码错误不补。</p>"
    for n in "一二三四五六七八九"
)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("爱奇艺会员", "<a>登录</a> 爱奇艺黄金会员 ¥15.8 库存 120 请先登录享会员价 请使用浏览器打开"),
        ("服务条款", TERMS),
        ("点卡 - 维护公告", "公告：周三系统维护。点卡 100 元 自动发货 售后 7 天"),
        ("缺货", "商品不存在质量问题 ¥30 已售罄"),
        ("订单查询", "查询密码<input type=password> 立即查询 订单号"),
        ("公告", "售后与退款公告 售后时限24小时 凡退款请在浏览器中打开工单页"),
        ("图", "<img src=/only.png>"),
    ],
)
def test_a_page_that_only_speaks_of_it_is_the_page(title: str, body: str) -> None:
    assert recognise(body, title=title) is None


def test_an_error_status_is_no_soft_404() -> None:
    assert recognise("页面不存在", status=404) is None
    assert recognise("请完成安全验证", status=403) is not None


def test_being_sent_to_a_login_page_is_a_login_wall() -> None:
    block = recognise("欢迎", url="https://shop.test/user/authentication/login?goto=/item/1")
    assert block is not None and block.reason == "login"


def test_hostile_html_takes_no_time() -> None:
    import time

    started = time.process_time()
    for filler in ("<" * 400_000, "登录" * 200_000, "<script" * 60_000, "请" * 300_000, "document.cookie=" * 30_000):
        recognise(filler)
    assert time.process_time() - started < 4


def test_saved_pages_of_real_software_are_told_apart(shared_folder: Path) -> None:
    told: dict[str, str] = {}
    for path in sorted((shared_folder / "pages").glob("*/*/*.html")):
        if path.name.endswith(".raw.html"):
            continue
        html = path.read_text("utf-8", "replace")
        answer = json.loads(path.with_suffix(".json").read_text("utf-8"))
        tree = LexborHTMLParser(html)
        title = tree.css_first("title")
        name = title.text().strip() if title else ""
        for node in tree.css("script,style,noscript,template,head"):
            node.decompose()
        text = tree.body.text(separator=" ") if tree.body else ""
        block = recognise_block(
            status=int(answer["status"]),
            title=name,
            text=text,
            html=html,
            url=answer["url"],
            requested_url=answer["url"],
        )
        if block is not None:
            told[f"{path.parts[-3]}/{path.parts[-2]}/{path.name}"] = str(block.reason)
    assert told == {
        "acg-faka/Cartoon/closed.html": "maintenance",
        "acg-faka/Cartoon/login.html": "login",
        "dujiaoka/wechat_ua/detail.html": "gate",
        "dujiaoka/wechat_ua/home.html": "gate",
    }
