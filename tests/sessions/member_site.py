"""A shop on loopback whose terms only members see: the login sets a cookie and an item of local storage."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET_COOKIE = "sid-8f3a1c77"
SECRET_ITEM = "token-55d0e2b9"
TERMS = (
    "<!doctype html><html lang=zh><meta charset=utf-8><title>会员条款</title><h1>会员售后条款</h1>"
    "<p>一、会员购买的商品均为自动发货，付款后请在订单页查看卡密。</p>"
    "<p>二、卡密无效的，会员可以在购买后7天内申请补发或者退款。</p><p id=who></p>"
    "<script>who.textContent = localStorage.getItem('token') ? '会员已登录' : '没有令牌'</script>"
)
LOGIN = (
    "<!doctype html><html lang=zh><meta charset=utf-8><title>用户登录</title><h1>用户登录</h1>"
    "<form action=/enter method=post><input name=user value=u><input type=password name=word value=w>"
    "<button>登录</button></form><p>请先登录后再查看本页内容。</p>"
)
# What the user's hands do in a test: the form is sent as soon as it is there.
SELF_LOGIN = LOGIN + "<script>document.forms[0].submit()</script>"


@dataclass
class MemberSite:
    """What was asked, by host; `logged_in` is set when the page after the login was shown."""

    port: int
    asked: list[str] = field(default_factory=list)
    logged_in: threading.Event = field(default_factory=threading.Event)
    on_login: Callable[[], None] = lambda: None


@contextmanager
def serve_members() -> Iterator[MemberSite]:
    """Serve until the end of the `with`."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def answer(self, body: str, *headers: tuple[str, str], status: int = 200) -> None:
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            site.asked.append(f"{self.headers['Host'].partition(':')[0]}{self.path} {self.headers['Cookie'] or '-'}")
            if self.path == "/login":
                self.answer(SELF_LOGIN)
            elif self.path == "/welcome":
                # The picture comes a moment later, as a person's hand does: storage reaches the browser after the page.
                later = "setTimeout(() => { new Image().src = '/in.png' }, 400)"
                self.answer(f"<script>localStorage.setItem('token', '{SECRET_ITEM}'); {later}</script>")
            elif self.path == "/in.png":
                self.answer("")
                site.logged_in.set()
                site.on_login()
            elif self.path.partition("?")[0] == "/terms":
                self.answer(TERMS if SECRET_COOKIE in (self.headers["Cookie"] or "") else LOGIN)
            else:
                self.answer("", status=404)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            cookie = f"sid={SECRET_COOKIE}; Path=/; Max-Age=86400; HttpOnly"
            self.answer("", ("Set-Cookie", cookie), ("Location", "/welcome"), status=303)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = MemberSite(server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
