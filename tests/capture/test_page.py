"""What a buyer sees is what is kept: pop-ups, prices that come late, folded parts, frames, encodings."""

from __future__ import annotations

import struct
import zlib

import pytest

from scrapers.model import Capture, Limits, Outcome, Step, StepAction, Vantage, ViewKind

from .conftest import Visitor
from .site import Answer, Site

RULES = "<h1>游戏点卡</h1><p>价格 ¥10 库存 5</p><p>售后：7天内包补发。</p>"


def text_of(capture: Capture, kind: ViewKind = ViewKind.TEXT) -> str:
    return "\n".join(view.data.decode() for view in capture.views if view.kind is kind and view.data is not None)


def kinds_of(capture: Capture) -> list[ViewKind]:
    return [view.kind for view in capture.views]


def colours_down(data: bytes, x: int) -> list[tuple[int, int, int]]:
    """The colours of one column of a PNG as Chromium writes it for speed: rows plain, or against the row above."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, _height, _depth, kind = struct.unpack(">IIBB", data[16:26])
    size = {2: 3, 6: 4}[kind]
    place, packed = 8, b""
    while place < len(data):
        length, chunk = struct.unpack(">I4s", data[place : place + 8])
        if chunk == b"IDAT":
            packed += data[place + 8 : place + 8 + length]
        place += 12 + length
    rows = zlib.decompress(packed)
    above, colours = (0, 0, 0), []
    for start in range(0, len(rows), 1 + width * size):
        assert rows[start] in (0, 2), f"row filter {rows[start]}"
        red, green, blue = rows[start + 1 + x * size : start + 4 + x * size]
        if rows[start] == 2:
            red, green, blue = ((one + old) % 256 for one, old in zip((red, green, blue), above, strict=True))
        above = (red, green, blue)
        colours.append(above)
    return colours


RED, BLUE = (255, 0, 0), (0, 0, 255)


def test_a_plain_page_is_captured_whole(visitor: Visitor, site: Site) -> None:
    capture = visitor.capture(site.page("/", f"<title>点卡</title>{RULES}"))
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    assert capture.title == "点卡"
    assert kinds_of(capture) == [
        ViewKind.DOM,
        ViewKind.TEXT,
        ViewKind.SCREENSHOT,
        ViewKind.MHTML,
        ViewKind.PDF,
    ]
    assert "7天内包补发" in text_of(capture)
    assert "Headless" not in str(capture.exchanges[0].request_headers)
    assert capture.exchanges[0].main_document
    assert capture.exchanges[0].remote_address == site.endpoint
    assert capture.full_views


POPUP = """<div id=notice class=modal role=dialog style="position:fixed;left:20%;top:20%;width:60%;height:60%;
background:#f00;z-index:999;DISPLAY">店铺公告：今日起不再补发
<span class=close onclick="this.parentElement.remove()">×</span></div>"""


def test_a_pop_up_is_photographed_and_read_before_it_is_closed(visitor: Visitor, site: Site) -> None:
    capture = visitor.capture(site.page("/", RULES + POPUP.replace("DISPLAY", "")))
    assert "今日起不再补发" in text_of(capture, ViewKind.POPUP_TEXT)
    assert "今日起不再补发" not in text_of(capture)
    assert "7天内包补发" in text_of(capture)
    popup = next(view.data for view in capture.views if view.kind is ViewKind.POPUP_SCREENSHOT)
    page = next(view.data for view in capture.views if view.kind is ViewKind.SCREENSHOT)
    assert popup is not None and page is not None
    assert RED in colours_down(popup, 640)
    assert RED not in colours_down(page, 640)


def test_a_pop_up_that_comes_late_is_seen(visitor: Visitor, site: Site) -> None:
    script = "<script>setTimeout(() => document.getElementById('notice').style.display = 'block', 900)</script>"
    capture = visitor.capture(site.page("/", RULES + POPUP.replace("DISPLAY", "display:none") + script))
    assert "今日起不再补发" in text_of(capture, ViewKind.POPUP_TEXT)


def test_stacked_pop_ups_are_all_read(visitor: Visitor, site: Site) -> None:
    second = (
        POPUP.replace("今日起不再补发", "客服已换群").replace("id=notice", "").replace("z-index:999", "z-index:998")
    )
    capture = visitor.capture(site.page("/", RULES + (POPUP + second).replace("DISPLAY", "")))
    shown = text_of(capture, ViewKind.POPUP_TEXT)
    assert "今日起不再补发" in shown and "客服已换群" in shown


def test_an_overlay_without_a_closer_is_read_and_hidden(visitor: Visitor, site: Site) -> None:
    cover = "<div style='position:fixed;inset:0;background:#000;color:#fff;z-index:9999'>弹窗公告 概不退款</div>"
    capture = visitor.capture(site.page("/", RULES + cover))
    assert "概不退款" in text_of(capture, ViewKind.POPUP_TEXT)
    assert "概不退款" not in text_of(capture)


def test_browser_dialogs_are_recorded_and_dismissed(visitor: Visitor, site: Site) -> None:
    script = "<script>alert('公告：售后改为3天'); window.answer = confirm('确认购买？');</script><p id=a></p>"
    script += "<script>document.getElementById('a').textContent = 'answer ' + window.answer</script>"
    capture = visitor.capture(site.page("/", RULES + script))
    assert capture.outcome is Outcome.COMPLETE
    assert "公告：售后改为3天" in text_of(capture, ViewKind.POPUP_TEXT)
    assert "answer false" in text_of(capture)


def test_a_price_that_an_xhr_fills_in_is_in_the_dom(visitor: Visitor, site: Site) -> None:
    site.page("/price", '{"price": "12.50"}', media_type="application/json")
    script = """<b id=p>加载中</b><script>setTimeout(() => fetch('/price', {method: 'POST', body: 'id=1'})
      .then(r => r.json())
      .then(d => setTimeout(() => document.getElementById('p').textContent = '¥' + d.price, 300)), 400)
      </script>"""
    capture = visitor.capture(site.page("/", RULES + script))
    assert "¥12.50" in text_of(capture)
    assert "¥12.50" in text_of(capture, ViewKind.DOM)
    xhr = next(exchange for exchange in capture.exchanges if exchange.url.endswith("/price"))
    assert (xhr.method, xhr.request_body, xhr.body) == ("POST", b"id=1", b'{"price": "12.50"}')
    assert xhr.resource_type == "fetch"


def test_closed_details_tabs_and_notices_are_opened(visitor: Visitor, site: Site) -> None:
    page = (
        RULES
        + """<details><summary>更多</summary>折叠：超时不候</details>
    <ul><li role=tab onclick="document.getElementById('t').textContent='标签页：人工售后'">售后说明</li></ul>
    <div id=t></div>
    <a href="javascript:void(0)" onclick="document.getElementById('m').style.display='block'">购买须知</a>
    <div id=m role=dialog style="display:none;position:fixed;left:10%;top:10%;width:80%;height:50%;background:#fff">
    须知：售出不退<button class=close onclick="this.parentElement.style.display='none'">关闭</button></div>
    <a href="/elsewhere">用户协议</a><button onclick="location.href = '/away'">使用教程</button>"""
    )
    capture = visitor.capture(site.page("/", page))
    assert "折叠：超时不候" in text_of(capture)
    opened = text_of(capture, ViewKind.POPUP_TEXT)
    assert "标签页：人工售后" in opened
    assert "须知：售出不退" in opened
    assert "GET /elsewhere" not in site.seen
    assert "GET /away" not in site.seen
    assert [item.what for item in capture.refused] == [f"GET {site.url}/away"]
    assert capture.final_url == site.url + "/"
    assert "data-cardwatch" not in text_of(capture, ViewKind.DOM)


def test_lazy_pictures_far_down_are_loaded(visitor: Visitor, site: Site) -> None:
    site.page("/far.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", media_type="image/svg+xml")
    page = RULES + "<div style='height:9000px'></div><img loading=lazy src=/far.svg width=9 height=9>"
    capture = visitor.capture(site.page("/", page))
    assert any(exchange.url.endswith("/far.svg") and exchange.body for exchange in capture.exchanges)


def test_what_loads_when_it_scrolls_into_view_is_loaded(visitor: Visitor, site: Site) -> None:
    script = """<div style='height:6000px'></div><div id=end></div><script>
      const seen = new IntersectionObserver(list => {
        if (list.some(one => one.isIntersecting)) document.getElementById('end').textContent = '尾部条款'; });
      seen.observe(document.getElementById('end'))</script>"""
    assert "尾部条款" in text_of(visitor.capture(site.page("/", RULES + script)))


def test_frames_of_the_same_site_and_of_another_are_read(visitor: Visitor, site: Site) -> None:
    other = Site()
    try:
        other.page("/terms", "<p>别站条款：不予退款</p><img src=/inner.png>")
        other.page("/inner.png", b"\x89PNG", media_type="image/png")
        site.page("/own", "<p>本站条款：质保30天</p>")
        # another host name on the same server makes it another site, in a process of its own
        frame = other.url.replace("127.0.0.1", "localhost") + "/terms"
        page = (
            f"{RULES}<iframe src=/own width=400 height=100></iframe><iframe src={frame} width=400 height=100></iframe>"
        )
        with_local = visitor  # 127.0.0.1 and localhost are different sites to Chromium
        capture = with_local.capture(site.page("/", page))
        frames = {view.name: view.data for view in capture.views if view.kind is ViewKind.FRAME_DOM}
        if not any("localhost" in name for name in frames):
            pytest.fail(f"frames seen: {list(frames)}, refused: {capture.refused}")
        assert "本站条款" in text_of(capture, ViewKind.FRAME_DOM)
        assert "别站条款：不予退款" in text_of(capture)
        bodies = {exchange.url: exchange.body for exchange in capture.exchanges}
        assert "别站条款".encode() in (bodies[frame] or b"")
        assert bodies[frame.replace("/terms", "/inner.png")] == b"\x89PNG"
    finally:
        other.close()


def test_shadow_dom_is_read(visitor: Visitor, site: Site) -> None:
    page = (
        RULES
        + """<div id=h></div><script>const r = document.getElementById('h').attachShadow({mode: 'open'});
      r.innerHTML = '<p>影子条款：仅限首次登录</p>';</script>"""
    )
    capture = visitor.capture(site.page("/", page))
    assert "影子条款：仅限首次登录" in text_of(capture)
    assert "影子条款：仅限首次登录" in text_of(capture, ViewKind.DOM)


def test_gbk_reads_right_and_its_bytes_are_kept(visitor: Visitor, site: Site) -> None:
    raw = f"<meta charset=gb2312><title>老卡盟</title>{RULES}<script src=/a.js></script>".replace("¥", "￥").encode(
        "gbk"
    )
    script = "var a = '中文';".encode("gbk")
    site.page("/a.js", script, headers=(("Content-Type", "text/javascript"),))
    capture = visitor.capture(site.page("/", raw, headers=(("Content-Type", "text/html"),)))
    assert capture.title == "老卡盟"
    assert "包补发" in text_of(capture)
    bodies = {exchange.url: exchange.body for exchange in capture.exchanges}
    assert bodies[site.url + "/"] == raw
    assert bodies[site.url + "/a.js"] == script


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf{}", b"\xff\xfe\x00bad", b"a\x00b", "中文".encode(), b""])
def test_bodies_are_kept_byte_for_byte(visitor: Visitor, site: Site, body: bytes) -> None:
    site.page("/data", body, media_type="application/json")
    capture = visitor.capture(site.page("/", RULES + "<script>fetch('/data').then(r => r.text())</script>"))
    data = next(exchange for exchange in capture.exchanges if exchange.url.endswith("/data"))
    assert data.body == body, data.body_missing


def test_a_page_taller_than_one_picture_is_photographed_in_parts(visitor: Visitor, site: Site) -> None:
    page = RULES + "<div style='height:20000px'></div><div style='height:60px;background:#00f'></div>"
    capture = visitor.capture(site.page("/", page))
    shots = [view for view in capture.views if view.kind is ViewKind.SCREENSHOT]
    assert [view.name for view in shots] == ["part 1 of 2", "part 2 of 2"]
    assert shots[1].data is not None
    assert colours_down(shots[1].data, 640).count(BLUE) == 60


def test_a_screenshot_beyond_the_limit_is_cut_and_told(visitor: Visitor, site: Site) -> None:
    page = site.page("/", RULES + "<div style='height:5000px'></div>")
    capture = visitor.capture(page, limits=Limits(screenshot_pixels=1280 * 2000))
    assert capture.outcome is Outcome.PARTIAL
    assert any(item.what == "screenshot" and "2000" in item.why for item in capture.missing)


def test_steps_click_and_wait(visitor: Visitor, site: Site) -> None:
    page = RULES + "<button id=more onclick=\"setTimeout(() => document.body.append('更多内容'), 200)\">展示</button>"
    page += "<form action=/order method=post><button id=buy>下一页</button></form><b id=pay>立即支付</b>"
    steps = (
        Step(StepAction.CLICK, "#more"),
        Step(StepAction.CLICK, "#buy"),
        Step(StepAction.CLICK, "#pay"),
        Step(StepAction.WAIT, "#absent", 0.2),
    )
    capture = visitor.capture(site.page("/", page), steps=steps)
    assert "更多内容" in text_of(capture)
    assert capture.outcome is Outcome.PARTIAL
    whys = [item.why for item in capture.missing]
    assert whys == ["it would submit a form", "it would order or pay", "nothing matches it"]
    assert not any(line.startswith("POST") for line in site.seen)


def test_steps_hover_and_scroll_as_a_hand_would(visitor: Visitor, site: Site) -> None:
    page = (
        RULES
        + """<style>#tip {display: none} #ask:hover + #tip {display: block}</style>
      <p id=ask>质保？</p><p id=tip>悬停：质保三天</p><div style='height:4000px'></div><p id=far>底部</p>
      <script>new IntersectionObserver(seen => { if (seen[0].isIntersecting) document.title = '看到底部' })
        .observe(document.getElementById('far'))</script>"""
    )
    steps = (Step(StepAction.SCROLL, "#far"), Step(StepAction.HOVER, "#ask"), Step(StepAction.CLICK, "!!"))
    capture = visitor.capture(site.page("/", page), steps=steps)
    assert "悬停：质保三天" in text_of(capture)
    assert capture.title == "看到底部"
    assert [item.what for item in capture.missing] == ["step 3 (click !!)"]


def test_the_vantage_is_what_the_page_sees(visitor: Visitor, site: Site) -> None:
    script = (
        "<script>document.write([innerWidth, navigator.language, new Date(0).getHours(), navigator.userAgent])</script>"
    )
    wechat = Vantage("wechat", 390, 800, "zh-CN", "Asia/Shanghai", "Mozilla/5.0 MicroMessenger/8", True)
    url = site.page("/", "<meta name=viewport content='width=device-width'>" + RULES + script)
    capture = visitor.capture(url, vantage=wechat)
    assert "390,zh-CN,8,Mozilla/5.0 MicroMessenger/8" in text_of(capture)
    assert dict(capture.exchanges[0].request_headers)["User-Agent"] == "Mozilla/5.0 MicroMessenger/8"


def test_a_login_session_is_used(visitor: Visitor, site: Site) -> None:
    state = (
        """{"cookies": [{"name": "sid", "value": "s1", "domain": "127.0.0.1", "path": "/", "expires": -1,
        "httpOnly": true, "secure": false, "sameSite": "Lax"}],"""
        f""""origins": [{{"origin": "{site.url}", "localStorage": [{{"name": "token", "value": "t1"}}]}}]}}"""
    )
    url = site.page("/", RULES + "<script>document.write('token ' + localStorage.getItem('token'))</script>")
    capture = visitor.capture(url, session="member", session_state=state)
    assert "token t1" in text_of(capture)
    assert dict(capture.exchanges[0].request_headers)["Cookie"] == "sid=s1"
    assert capture.session == "member"
    for broken in ("[1]", "{", '{"cookies": [{"name": "sid"}], "origins": []}', '{"x": 1}'):
        bad = visitor.capture(url, session="member", session_state=broken)
        assert (bad.outcome, bad.reason) == (Outcome.FAILED, "session"), broken
        assert "cardwatch login URL --session member" in bad.detail
    asked = len(site.seen)
    locked = visitor.capture(url, session="member", session_trouble="there is no key")
    assert (locked.reason, locked.detail, locked.session) == ("session", "there is no key", "member")
    assert len(site.seen) == asked


def test_contexts_share_nothing(visitor: Visitor, site: Site) -> None:
    site.answers["/"] = Answer(RULES, headers=(("Set-Cookie", "seen=1"),))
    visitor.capture(site.url + "/")
    capture = visitor.capture(site.url + "/")
    assert "Cookie" not in dict(capture.exchanges[0].request_headers)
