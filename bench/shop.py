"""The measured site: a card shop's list page (40 pictures, 285 KB script, 40 KB style), product pages (5 pictures).

Deterministic: the pictures are drawn by Chromium's canvas from numbered seeds as JPEG of 20 to 56 KB, script and
style are generated text. Runs as a process of its own so that its CPU is not counted with the capture's.
`GET /set?price=..&stock=..` moves price and stock of every product, as a real shop's would.
"""

from __future__ import annotations

import base64
import gzip
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import sync_playwright

PICTURES = 45
PRODUCTS = 10

_DRAW = """async (count) => {
  const out = [];
  let state = 12345;
  const rand = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  for (let n = 0; n < count; n++) {
    const c = document.createElement('canvas'); c.width = 360; c.height = 270;
    const g = c.getContext('2d');
    const fill = g.createLinearGradient(0, 0, 360, 270);
    fill.addColorStop(0, `hsl(${rand() * 360} 70% 60%)`); fill.addColorStop(1, `hsl(${rand() * 360} 60% 30%)`);
    g.fillStyle = fill; g.fillRect(0, 0, 360, 270);
    for (let i = 0; i < 260; i++) {
      g.fillStyle = `hsla(${rand() * 360} 80% ${20 + rand() * 60}% / ${rand()})`;
      g.beginPath(); g.arc(rand() * 360, rand() * 270, 2 + rand() * 36, 0, 7); g.fill();
    }
    const d = g.getImageData(0, 0, 360, 270); const grain = 10 + rand() * 50;
    for (let i = 0; i < d.data.length; i += 4) {
      const v = (rand() - 0.5) * grain; d.data[i] += v; d.data[i + 1] += v; d.data[i + 2] += v;
    }
    g.putImageData(d, 0, 0);
    g.fillStyle = '#fff'; g.font = 'bold 40px sans-serif'; g.fillText('CARD ' + n, 20, 140);
    out.push(c.toDataURL('image/jpeg', 0.8));
  }
  return out;
}"""


@dataclass(frozen=True)
class Shop:
    """The running measured site."""

    url: str
    pid: int

    @property
    def list_page(self) -> str:
        """The list page with 40 pictures."""
        return f"{self.url}/"

    @property
    def product_pages(self) -> tuple[str, ...]:
        """Product pages with five pictures each."""
        return tuple(f"{self.url}/item/{n}" for n in range(PRODUCTS))


@contextmanager
def open_shop(folder: Path, browser_path: str) -> Iterator[Shop]:
    """Draw the pictures into `folder` if they are not there, start the server and stop it at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / f"{PICTURES - 1}.jpg").exists():
        subprocess.run([sys.executable, __file__, str(folder), browser_path], check=True)
    server = subprocess.Popen([sys.executable, str(Path(__file__)), str(folder)], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield Shop(server.stdout.readline().strip(), server.pid)
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def _draw_pictures(folder: Path, browser_path: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        pictures = browser.new_page().evaluate(_DRAW, PICTURES)
        browser.close()
    for number, picture in enumerate(pictures):
        (folder / f"{number}.jpg").write_bytes(base64.b64decode(picture.partition(",")[2]))


def _make_script() -> bytes:
    """285 KB of script that really runs: functions, a table, and the XHR that fills the prices."""
    parts = [
        "function fillPrices(){var x=new XMLHttpRequest();x.open('GET','/api/prices');x.onload=function(){"
        "var d=JSON.parse(x.responseText);document.querySelectorAll('[data-price]').forEach(function(e){"
        "e.textContent='\\u00a5'+d.price[e.dataset.price]});document.querySelectorAll('[data-stock]').forEach("
        "function(e){e.textContent='\\u5e93\\u5b58 '+d.stock[e.dataset.stock]});};x.send();}"
        "document.addEventListener('DOMContentLoaded',fillPrices);var table=[];"
    ]
    rng = random.Random(7)
    size = 0
    number = 0
    while size < 285_000:
        seed, modulus = rng.randrange(10**9), rng.randrange(10**6, 10**9)
        part = (
            f"function work{number}(a,b){{var s={seed};for(var i=0;i<3;i++){{s=(s*a+b+i)%{modulus};}}"
            f"return {{key:'k{rng.randrange(10**9):x}',value:s,label:'card {number} {rng.randrange(10**9):x}'}};}}"
            f"table.push(work{number}(3,{number}));\n"
        )
        parts.append(part)
        size += len(part)
        number += 1
    return "".join(parts).encode()


def _make_style() -> bytes:
    rng = random.Random(11)
    lines = [
        "body{font-family:sans-serif;margin:0;background:#f4f6f8}"
        ".grid{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;padding:16px;max-width:1200px;margin:auto}"
        ".card{background:#fff;border-radius:8px;box-shadow:0 2px 8px #0002;padding:10px}"
        ".card img{width:100%;height:auto;aspect-ratio:4/3;display:block}"
        ".price{color:#d33;font-weight:bold;font-size:20px}"
    ]
    size = len(lines[0])
    while size < 40_000:
        name, pad = f".c{rng.randrange(10**6)} .d{rng.randrange(10**6)}", rng.randrange(30)
        line = f"{name}{{color:#{rng.randrange(16**6):06x};padding:{pad}px {rng.randrange(30)}px}}\n"
        lines.append(line)
        size += len(line)
    return "".join(lines).encode()


_HEAD = (
    "<!doctype html><html lang=zh-CN><head><meta charset=utf-8><title>{title}</title>"
    "<link rel=stylesheet href=/style.css><script src=/app.js></script></head><body><h1>{title}</h1>"
)
_TERMS = "".join(
    f"<p>{n}. 本店商品为虚拟卡密，售出后{n}天内如遇无法使用可凭订单号联系客服补发；"
    f"人为原因造成的失效不予售后，第{n}条规则自公布之日起执行。</p>"
    for n in range(1, 16)
)


def _list_page() -> bytes:
    cards = "".join(
        f"<div class=card><a href=/item/{n % PRODUCTS}><img src=/p/{n}.jpg alt=''></a>"
        f"<div>游戏点卡 {n} 号 自动发货</div><div class=price data-price={n}>加载中</div>"
        f"<div data-stock={n}></div></div>"
        for n in range(40)
    )
    return (_HEAD.format(title="点卡商店") + f"<div class=grid>{cards}</div></body></html>").encode()


def _product_page(number: int) -> bytes:
    numbers = ((number * 5 + n) % PICTURES for n in range(5))
    pictures = "".join(f"<img src=/p/{picture}.jpg width=360 height=270 alt=''>" for picture in numbers)
    facts = f"<div class=price data-price={number}>加载中</div><div data-stock={number}></div>"
    head = _HEAD.format(title=f"游戏点卡 {number} 号")
    return f"{head}{facts}{pictures}<h2>购买须知</h2>{_TERMS}</body></html>".encode()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = Path()
    script = gzip.compress(_make_script(), mtime=0)
    style = gzip.compress(_make_style(), mtime=0)
    price = 10.0
    stock = 100

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def do_GET(self) -> None:
        """Answer one request."""
        parts = urlsplit(self.path)
        kind, encoded, body, status = "text/html; charset=utf-8", False, b"", 200
        if parts.path == "/":
            body = _list_page()
        elif parts.path.startswith("/item/"):
            body = _product_page(int(parts.path.rsplit("/", 1)[1]))
        elif parts.path.startswith("/p/"):
            kind, body = "image/jpeg", (self.folder / parts.path.rsplit("/", 1)[1]).read_bytes()
        elif parts.path == "/app.js":
            kind, encoded, body = "application/javascript", True, self.script
        elif parts.path == "/style.css":
            kind, encoded, body = "text/css", True, self.style
        elif parts.path == "/api/prices":
            kind = "application/json"
            body = json.dumps(
                {"price": [round(self.price + n, 2) for n in range(45)], "stock": [self.stock + n for n in range(45)]}
            ).encode()
        elif parts.path == "/set":
            wanted = parse_qs(parts.query)
            _Answers.price = float(wanted.get("price", [str(self.price)])[0])
            _Answers.stock = int(wanted.get("stock", [str(self.stock)])[0])
        else:
            status, body = 404, b"not here"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if encoded:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A browser that leaves early is no news."""


def _serve(folder: Path) -> None:
    _Answers.folder = folder
    server = _Server(("127.0.0.1", 0), _Answers)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _draw_pictures(Path(sys.argv[1]), sys.argv[2])
    else:
        _serve(Path(sys.argv[1]))
