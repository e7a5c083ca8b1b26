"""A practice shop whose pages are hard to replay: GBK with lying metas, prices by script, a pop-up, a frame."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from .serving import serve

PICTURES = 6
GBK = """<!doctype html><html><head><meta charset="gb2312">
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>游戏点卡 自动发货</title></head><body>
<h1>售后承诺：三天内补发</h1>{pictures}</body></html>"""
PRICES = """<!doctype html><html><head><meta charset="utf-8"><title>价格</title></head><body>
<p>价格：<b id="price">…</b>，库存：<i id="stock">…</i>，规格：<u id="kind">…</u></p>
<script>
const put = (name, value) => { document.getElementById(name).textContent = value; };
fetch('/price.json?id=12').then(r => r.json()).then(d => put('price', d.price));
const asked = new XMLHttpRequest();
asked.open('POST', '/stock');
asked.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
asked.onload = () => put('stock', JSON.parse(asked.responseText).stock);
asked.send('card=12&region=cn');
fetch('/kinds', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"card": 12}'})
  .then(r => r.json()).then(d => put('kind', d.kind));
</script></body></html>"""
PRODUCT = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>腾讯Q币 10个</title>
<link rel="stylesheet" href="/look.css"></head><body>
<h1>腾讯Q币 10个</h1><p>售后：7天内可申请退款。</p>{pictures}<div id="banner"></div>
<div id="notice" class="layui-layer" style="display:none;position:fixed;top:20%;left:20%;background:#fff;padding:2em">
<h3>公告</h3><p>本店周末不处理售后</p><a class="layui-layer-close" onclick="this.parentNode.remove()">关闭</a></div>
<iframe src="/terms.html" width="400"></iframe>
<script src="/app.js"></script></body></html>"""
TERMS = "<!doctype html><meta charset='utf-8'><title>条款</title><p>卡密售出不退不换</p>"
STYLE = "#banner{width:64px;height:64px;background:url(/banner.png)}"
SCRIPT = "setTimeout(() => { document.getElementById('notice').style.display = 'block'; }, 30);"


def draw_picture(number: int) -> bytes:
    """Draw a small PNG whose colours tell its number."""
    width = height = 64
    rows = b"".join(b"\0" + bytes((number * 20 % 256, x * 4 % 256, 90)) * width for x in range(height))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def _pages() -> dict[str, tuple[str, bytes]]:
    pictures = "".join(f'<img src="/{number}.png" width="90">' for number in range(PICTURES))
    return {
        "/gbk.html": ("text/html", GBK.format(pictures=pictures).encode("gbk")),
        "/prices.html": ("text/html; charset=utf-8", PRICES.encode()),
        "/product.html": ("text/html; charset=utf-8", PRODUCT.format(pictures=pictures).encode()),
        "/terms.html": ("text/html; charset=utf-8", TERMS.encode()),
        "/look.css": ("text/css", STYLE.encode()),
        "/app.js": ("text/javascript", SCRIPT.encode()),
        "/banner.png": ("image/png", draw_picture(99)),
        "/price.json": ("application/json", b'{"price": "12.50"}'),
        "/stock": ("application/json", b'{"stock": "88"}'),
        "/kinds": ("application/json", '{"kind": "直充"}'.encode()),
        **{f"/{number}.png": ("image/png", draw_picture(number)) for number in range(PICTURES)},
    }


@contextmanager
def serve_shop() -> Iterator[int]:
    """Serve the shop until the end of the `with`; gives its port."""
    pages = _pages()

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = pages.get(urlsplit(self.path).path)
            if found is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", found[0])
            self.send_header("Content-Length", str(len(found[1])))
            self.end_headers()
            self.wfile.write(found[1])

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.do_GET()

        def log_message(self, *_: object) -> None: ...

    with serve(Shop) as port:
        yield port
