"""Where a page may hide a rule: a case each, with the rule to find and the mark it must bear.

`PAGES` groups cases that do not disturb each other on one page, so that a browser visits two dozen pages and not ninety.
A case that is out of reach says why; the page's reading must name it (`beyond`) or the table must.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

HEAD = "<!DOCTYPE html><meta charset=utf-8><title>白鹭月卡</title>"
TOP = '<h1>白鹭月卡</h1><p><span class="price">¥12.00</span></p><p>库存：5</p><h2>商品说明</h2>'
NUMERALS = "零一二三四五六七八九"


def sentence(number: int) -> str:
    """The rule of one case, told apart by its number."""
    return f"第{''.join(NUMERALS[int(digit)] for digit in f'{number:03}')}号规则，卡密一经售出概不退换"


@dataclass(frozen=True)
class Case:
    """One way to hide a rule. `marks` are the right ones; `reason` says why it is out of reach, "" where it is not."""

    number: int
    name: str
    marks: tuple[str, ...] = ()
    reason: str = ""
    named: str = ""  # the problem of the reading that must name what is out of reach

    @property
    def rule(self) -> str:
        """The sentence to be found."""
        return sentence(self.number)


@dataclass(frozen=True)
class Page:
    """One page with its cases, and what else its server gives: path to (media type, body)."""

    name: str
    html: str
    cases: tuple[Case, ...]
    files: dict[str, tuple[str, str | bytes]] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()


class _Count:
    def __init__(self) -> None:
        self.last = 0

    def case(self, name: str, *marks: str, reason: str = "", named: str = "") -> Case:
        self.last += 1
        return Case(self.last, name, marks, reason, named)


Draw = Callable[[str, str], bytes]  # a text and a style to a PNG


def make_pages(other_origin: str, draw: Draw) -> tuple[Page, ...]:
    """All pages; `other_origin` serves the files too under another host, `draw` makes pictures of text."""
    new = _Count().case
    pages: list[Page] = []

    def page(name: str, body: str, *cases: Case, files: dict[str, tuple[str, str | bytes]] | None = None) -> None:
        pages.append(Page(name, HEAD + TOP + body, cases, files or {}))

    # --- pop-ups -------------------------------------------------------------------------------------------------
    box = '<div role=dialog style="position:fixed;top:150px;left:300px;width:500px;background:#fff;z-index:999">'
    c = new("pop-up after 800 ms", "popup")
    page(
        "timed",
        f"""<script>setTimeout(() => document.body.insertAdjacentHTML('beforeend',
        `{box}<p>{c.rule}</p><button onclick="this.parentNode.remove()">知道了</button></div>`), 800)</script>""",
        c,
    )
    c = new("pop-up on click", "popup")
    page("clicked", f"""<button onclick="tell(this)" data-r="{_percent(c.rule)}">购买须知</button><script>
        const tell = b => document.body.insertAdjacentHTML('beforeend', `{box}<p>${{decodeURIComponent(b.dataset.r)}}</p>
        <b>关闭</b></div>`)</script>""", c)  # fmt: skip
    c = new("pop-up once per cookie", "popup")
    page(
        "once",
        f"""<script>if (!document.cookie.includes('told=1')) {{ document.cookie = 'told=1';
        document.body.insertAdjacentHTML('beforeend', `{box}<p>{c.rule}</p><button
        onclick="this.parentNode.remove()">关闭</button></div>`) }}</script>""",
        c,
    )
    c = new("pop-up that closes itself after a second", "popup")
    page(
        "closing",
        f"""<div id=gone>{box}<p>{c.rule}</p></div></div>
        <script>setTimeout(() => gone.remove(), 1000)</script>""",
        c,
    )
    c, d = new("modal that is open", "popup"), new("agreement modal with a checkbox", "popup")
    page(
        "modals",
        f"""<div class="modal show" role=dialog style="display:block;position:fixed;inset:80px;
        background:#fff"><p>{c.rule}</p><button class=close onclick="this.parentNode.remove();
        agree.style.display='block'">×</button></div><div id=agree role=dialog style="display:none;position:fixed;
        inset:100px;background:#fff;z-index:50"><p>{d.rule}</p><label><input type=checkbox>我已阅读并同意</label>
        <button disabled>同意</button></div>""",
        c,
        d,
    )
    c = new("alert()", "popup")
    page("alert", f"<script>setTimeout(() => alert('{c.rule}'), 100)</script>", c)

    # --- folds ---------------------------------------------------------------------------------------------------
    tab, det, nested = new("tab", "popup", "text"), new("closed details", "text"), new("nested details", "text")
    accordion, more = new("accordion", "popup", "hidden", "text"), new("展开更多 loaded by script", "popup", "text")
    clamp, marquee = new("line-clamp with 查看全部", "text"), new("marquee", "text")
    page("folds", f"""<div class=tabs><a role=tab class=active href="#a">商品</a> <a role=tab href="#b"
        onclick="b.style.display='block'">售后</a></div><div id=b class=tab-pane style="display:none">{tab.rule}</div>
        <details><summary>规则</summary><p>{det.rule}</p></details>
        <details><summary>外</summary><details><summary>内</summary><p>{nested.rule}</p></details></details>
        <div class=accordion><h4 onclick="this.nextElementSibling.style.display='block'">售后说明</h4>
        <div style="display:none">{accordion.rule}</div></div>
        <p id=m></p><button onclick="fetch('/more.html').then(r => r.text()).then(t => m.innerHTML = t)">展开更多</button>
        <div style="display:-webkit-box;-webkit-line-clamp:1;-webkit-box-orient:vertical;overflow:hidden;width:200px">
        {"质量好发货快。" * 8}{clamp.rule}</div><a href="#" onclick="return false">查看全部</a>
        <marquee>{marquee.rule}</marquee>""", tab, det, nested, accordion, more, clamp, marquee,
        files={"/more.html": ("text/html; charset=utf-8", f"<p>{more.rule}</p>")})  # fmt: skip
    hover, carousel = (
        new("shown on hover by a style sheet", "hidden:stylesheet"),
        new("second slide of a carousel", "text", "hidden"),
    )
    lazy, second = new("loaded when scrolled to", "text"), new("second part of an endless list", "text")
    page("scrolled", f"""<style>.tip {{ display: none }} .help:hover .tip {{ display: block }}</style>
        <div class=help>？<p class=tip>{hover.rule}</p></div>
        <div class=carousel style="width:300px;overflow:hidden;display:flex"><p style="flex:0 0 300px">图一</p>
        <p style="flex:0 0 300px">{carousel.rule}</p></div><div style="height:2500px"></div>
        <div id=later></div><img loading=lazy src="/none.png"><div id=next></div><script>
        new IntersectionObserver((l, o) => {{ if (l[0].isIntersecting) {{ later.textContent = '{lazy.rule}';
          o.disconnect() }} }}).observe(later);
        addEventListener('scroll', () => {{ if (!next.textContent) fetch('/page2.json').then(r => r.json())
          .then(d => next.textContent = d.rule) }})</script>""", hover, carousel, lazy, second,
        files={"/page2.json": ("application/json", json.dumps({"rule": second.rule}))})  # fmt: skip

    # --- documents in documents ----------------------------------------------------------------------------------
    same, cross, srcdoc, deep = (
        new(f"iframe, {way}", "text") for way in ("same origin", "cross origin", "srcdoc", "nested")
    )
    page("frames", f"""<h3>售后说明</h3><iframe src="/same.html"></iframe><iframe src="{other_origin}/cross.html"></iframe>
        <iframe srcdoc="<p>{srcdoc.rule}</p>"></iframe><iframe src="/outer.html"></iframe>""", same, cross, srcdoc, deep,
        files={f"/{name}.html": ("text/html; charset=utf-8", HEAD + inner) for name, inner in (
            ("same", f"<p>{same.rule}</p>"), ("cross", f"<p>{cross.rule}</p>"),
            ("outer", '<iframe src="/inner.html"></iframe>'), ("inner", f"<p>{deep.rule}</p>"))})  # fmt: skip
    open_root, in_root = new("open shadow root", "text"), new("shadow root in a shadow root", "text")
    closed, declared = new("closed shadow root", "text"), new("closed shadow root declared in the source", "text")
    page("shadows", f"""<div id=o></div><div id=n></div><div id=c></div><div><template shadowrootmode=closed>
        <p>{declared.rule}</p></template></div><script>
        o.attachShadow({{mode: 'open'}}).innerHTML = '<p>{open_root.rule}</p>';
        const r = n.attachShadow({{mode: 'open'}}); r.innerHTML = '<div></div>';
        r.firstChild.attachShadow({{mode: 'open'}}).innerHTML = '<p>{in_root.rule}</p>';
        c.attachShadow({{mode: 'closed'}}).innerHTML = '<p>{closed.rule}</p>';</script>""",
        open_root, in_root, closed, declared)  # fmt: skip

    # --- beside the text -----------------------------------------------------------------------------------------
    option, title, alt = (
        new("data attribute of an option", "attribute"),
        new("title", "attribute"),
        new("alt", "attribute"),
    )
    hint, escaped = new("placeholder", "text"), new("escape()d attribute", "attribute")
    encoded, popover = new("encodeURIComponent()d attribute", "attribute"), new("markup in an attribute", "attribute")
    choice, value, area = new("option of a select", "text"), new("value of a field", "text"), new("textarea", "text")
    aria, hidden_field = new("aria-label", "attribute"), new("hidden field", "attribute")
    page("attributes", f"""<select><option>请选择</option><option data-desc="{option.rule}">月卡</option>
        <option>{choice.rule}</option></select><p title="{title.rule}">说明</p><img alt="{alt.rule}" src="/none.png">
        <input placeholder="{hint.rule}" style="width:500px"><i data-text="{_percent_u(escaped.rule)}"></i>
        <i data-tip="{_percent(encoded.rule)}"></i><b data-content="&lt;p&gt;{popover.rule}&lt;/p&gt;">？</b>
        <input value="{value.rule}" readonly style="width:500px"><textarea readonly rows=3 cols=60>{area.rule}</textarea>
        <button aria-label="{aria.rule}">?</button><input type=hidden name=rule value="{hidden_field.rule}">""",
        option, title, alt, hint, escaped, encoded, popover, choice, value, area, aria, hidden_field)  # fmt: skip
    data, literal, unicode = (
        new("JSON in a script", "script"),
        new("string in a script", "script"),
        new("\\u in a script", "script"),
    )
    answer, base = new("JSON answer of XHR", "json"), new("Base64 in a script", "script")
    none, template, comment = (
        new("noscript", "hidden:not rendered"),
        new("template", "hidden:not rendered"),
        new("comment", "hidden:comment"),
    )
    inner = new("HTML in a JSON answer", "json")
    page("data", f"""<script type="application/json">{json.dumps({"goods": {"rule": data.rule}}, ensure_ascii=False)}</script>
        <script>const a = '{literal.rule}', b = "{_escaped(unicode.rule)}", c = "{_base64(base.rule)}";
        fetch('/api/goods').then(r => r.json())</script><noscript><p>{none.rule}</p></noscript>
        <template><p>{template.rule}</p></template><!-- {comment.rule} -->""",
        data, literal, unicode, answer, base, none, template, comment, inner,
        files={"/api/goods": ("application/json", json.dumps({"data": [{"rule": answer.rule,
            "html": f"<div><p>{inner.rule}</p></div>"}]}))})  # fmt: skip

    # --- drawn by style sheets -----------------------------------------------------------------------------------
    before, after, attr = new("::before", "text"), new("::after", "text"), new("content: attr()", "text")
    counter, css_file = new("counter()", "text"), new("content from another origin's style sheet", "text")
    page("generated", f"""<link rel=stylesheet href="{other_origin}/far.css"><style>
        .b::before {{ content: "{before.rule}" }} .a::after {{ content: '{after.rule}' }}
        .t::after {{ content: attr(data-rule) }} .n::before {{ counter-increment: n; content: counter(n) "、{counter.rule}" }}
        </style><p class=b></p><p class=a>注意</p><p class=t data-rule="{attr.rule}"></p><p class=n></p><p class=far></p>""",
        before, after, attr, counter, css_file,
        files={"/far.css": ("text/css; charset=utf-8", f'.far::before {{ content: "{css_file.rule}" }}')})  # fmt: skip

    # --- concealed by style --------------------------------------------------------------------------------------
    ways = (
        ("white on white", "color:#fff", "colour"),
        ("almost the colour of its ground", "color:#fdfdfe", "colour"),
        ("transparent colour", "color:rgba(0,0,0,0)", "colour"),
        ("dark on dark", "color:#111;background:#121212", "colour"),
        ("font-size 0", "font-size:0", "font-size:0"),
        ("font-size 1px", "font-size:1px", "font-size:0"),
        ("opacity 0", "opacity:0", "opacity:0"),
        ("filter: opacity(0)", "filter:opacity(0)", "opacity:0"),
        ("clip", "position:absolute;clip:rect(0,0,0,0)", "off-screen"),
        ("clip-path", "clip-path:inset(100%)", "off-screen"),
        ("placed off screen", "position:absolute;left:-9999px", "off-screen"),
        ("text-indent -9999px", "text-indent:-9999px;white-space:nowrap", "off-screen"),
        ("scale(0)", "transform:scale(0)", "off-screen"),
        ("no height", "height:0;overflow:hidden", "off-screen"),
        ("display: none", "display:none", "display:none"),
        ("visibility: hidden", "visibility:hidden", "visibility:hidden"),
    )
    inline = [(new(f"{name}, in the element", f"hidden:{cause}"), style) for name, style, cause in ways]
    body = "".join(f'<p style="{style}">{case.rule}</p>' for case, style in inline)
    page("styled", body, *(case for case, _ in inline))
    sheet = [(new(f"{name}, in a style sheet", f"hidden:{c}", *(["hidden:stylesheet"] if (":" in c and "none" in c + style)
              or c == "visibility:hidden" else [])), style) for name, style, c in ways]  # fmt: skip
    rules = "".join(f".k{case.number} {{ {style} }}\n" for case, style in sheet)
    page("sheet", '<link rel=stylesheet href="/hide.css">' + "".join(f"<p class=k{case.number}>{case.rule}</p>"
         for case, _ in sheet), *(case for case, _ in sheet), files={"/hide.css": ("text/css", rules)})  # fmt: skip
    covered, painted = new("covered by another element", "hidden:covered"), new("behind a picture", "hidden:covered")
    part, masked = new("a part of a line, white on white", "hidden:colour"), new("letters as dots", "hidden:stylesheet")
    same_image = new("of the colour of the picture behind it", reason="the colours inside a picture are not compared; the "
                     "screenshot shows that nothing is seen there")  # fmt: skip
    page("layers", f"""<div style="position:relative"><p>{covered.rule}</p>
        <div style="position:absolute;inset:0;background:#eee;z-index:5"></div></div>
        <div style="position:relative;height:40px"><p>{painted.rule}</p><img src="/wall.png"
        style="position:absolute;left:0;top:0;width:900px;height:60px"></div>
        <p>本店承诺售后无忧，<span class=w>{part.rule}</span>，欢迎选购。</p><style>.w {{ color: #fff }}</style>
        <p style="-webkit-text-security:disc">{masked.rule}</p>
        <p style="background:url(/wall.png);color:#8090a0">{same_image.rule}</p>""",
        covered, painted, part, masked, same_image, files={"/wall.png": ("image/png", draw("", "wall"))})  # fmt: skip

    # --- letters that are not what they seem ---------------------------------------------------------------------
    zero, override, rtl = (
        new("zero-width characters", "text"),
        new("RIGHT-TO-LEFT OVERRIDE", "text"),
        new("direction by style", "text"),
    )
    ruby, deep_nest, svg, mathml = (
        new("ruby", "text"),
        new("300 elements deep", "text"),
        new("SVG text", "text"),
        new("MathML", "text"),
    )
    late_text = new("behind 200 KB of other text", "text")
    page("letters", f"""<p>{"​".join(zero.rule)}</p><p>‮{override.rule[::-1]}‬</p>
        <p style="direction:rtl;unicode-bidi:bidi-override;text-align:left">{rtl.rule[::-1]}</p>
        <p>{"".join(f"<ruby>{sign}<rt>注</rt></ruby>" for sign in ruby.rule)}</p>
        {"<div>" * 300}{deep_nest.rule}{"</div>" * 300}
        <svg width=600 height=30><text x=0 y=20>{svg.rule}</text></svg>
        <math><mtext>{mathml.rule}</mtext></math>
        <div>{"<p>本店商品均为正品，发货迅速。</p>" * 4500}</div><p>{late_text.rule}</p>""",
        zero, override, rtl, ruby, deep_nest, svg, mathml, late_text)  # fmt: skip

    # --- pictures ------------------------------------------------------------------------------------------------
    shown, ground, inline_image = (
        new(name, "image") for name in ("picture", "background picture", "picture in a data: address")
    )
    canvas, tainted, sprite = (
        new(name, "image", "script") for name in ("canvas", "tainted canvas", "sprite with two rules")
    )
    svg_file, animated = new("SVG file", "image"), new("animated picture", "image")
    page("pictures", f"""<h3>商品描述</h3><div class=d><img src="/rule.png"></div>
        <div style="background:url(/ground.png);width:700px;height:60px"></div>
        <img src="data:image/png;base64,{_base64(draw(inline_image.rule, "plain"))}">
        <canvas id=k width=700 height=50></canvas><canvas id=t width=700 height=60></canvas>
        <div style="background:url(/sprite.png) 0 0;width:700px;height:60px"></div><img src="/rule.svg"><img src="/rule.gif">
        <script>const g = k.getContext('2d'); g.font = '24px sans-serif'; g.fillText('{canvas.rule}', 5, 32);
        const i = new Image(); i.onload = () => t.getContext('2d').drawImage(i, 0, 0); i.src = '{other_origin}/taint.png';
        </script>""", shown, ground, inline_image, canvas, tainted, sprite, svg_file, animated,
        files={"/rule.png": ("image/png", draw(shown.rule, "plain")), "/ground.png": ("image/png", draw(ground.rule, "photo")),
               "/taint.png": ("image/png", draw(tainted.rule, "plain")), "/sprite.png": ("image/png", draw(f"第一格\n{sprite.rule}", "plain")),
               "/rule.gif": ("image/gif", draw(animated.rule, "gif")),
               "/rule.svg": ("image/svg+xml", f'<svg xmlns="http://www.w3.org/2000/svg" width="700" height="40"><text x="5" '
                             f'y="25">{svg_file.rule}</text></svg>')})  # fmt: skip

    # --- out of reach --------------------------------------------------------------------------------------------
    video = new("video", reason="moving pictures are not read; the page's reading names the video", named="video")
    audio = new("audio", reason="sound is not heard; the page's reading names it", named="recording")
    pdf = new(
        "PDF in the page", reason="files of other formats are not read; the page's reading names the PDF", named="PDF"
    )
    linked = new(
        "PDF behind a link named 售后协议", reason="as above: name it, and add it by hand as evidence", named="PDF"
    )
    stream = new(
        "WebSocket message that is never shown", reason="messages of open connections are no answers and are not kept"
    )
    outside = new(
        "string in a script file",
        reason="files of code are kept and not searched: what they show is read where it shows",
    )
    page("beyond", """<video src="/clip.mp4" width=400 height=300></video><audio src="/clip.mp3" controls></audio>
        <embed src="/rules.pdf" type="application/pdf" width=300 height=200><a href="/sale.pdf">售后协议</a>
        <script src="/code.js"></script>""", video, audio, pdf, linked, stream, outside,
        files={"/code.js": ("text/javascript; charset=utf-8", f"const rule = '{outside.rule}'")})  # fmt: skip
    return tuple(pages)


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _percent_u(text: str) -> str:
    return "".join(f"%u{ord(sign):04X}" for sign in text)


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(sign):04x}" for sign in text)


def _base64(content: str | bytes) -> str:
    import base64

    return base64.b64encode(content.encode() if isinstance(content, str) else content).decode()
