"""A small shop on loopback whose pages a test rewrites between visits, and a folder that watches it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TERMS = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>售后条款</title></head>
<body><h1>售后条款</h1>
<p>一、本店商品均为自动发货，付款后请在订单页查看卡密。</p>
<p>二、卡密无效的，买家可以在购买后{window}内申请补发或者退款。</p>
<p>三、客服时间为每天9:00至22:00，节假日不休息。</p>
<p>四、发生争议的，双方协商解决；协商不成的，可以向消费者协会投诉。</p></body></html>"""


@dataclass
class Shop:
    """The pages by path, what was asked for, and an optional wait before each answer."""

    port: int
    pages: dict[str, str]
    asked: list[str] = field(default_factory=list)
    hold: Callable[[], None] | None = None


@contextmanager
def serve_shop() -> Iterator[Shop]:
    """Serve until the end of the `with`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shop.asked.append(self.path)
            if shop.hold is not None:
                shop.hold()
            page = shop.pages.get(self.path)
            body = (page or "没有").encode()
            self.send_response(200 if page is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    shop = Shop(server.server_address[1], {"/terms": TERMS.format(window="7天")})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Watcher:
    """A folder with a config.toml, and the command line run in it."""

    folder: Path

    def configure(self, shop: Shop, *, paths: tuple[str, ...] = ("/terms",), limits: str = "", extra: str = "") -> None:
        """Write a config that watches these paths of the shop every minute."""
        pages = "\n".join(
            f'[[platforms.pages]]\nurl = "http://shop.test{path}"\nrole = "terms"\nschedule = "every 1 min"'
            for path in paths
        )
        (self.folder / "config.toml").write_text(
            f'[network]\nresolve = {{ "shop.test" = "127.0.0.1:{shop.port}" }}\n'
            f"[limits]\npace_seconds = 0\njitter_seconds = 0\nconfirm_after_seconds = 0\nretries = 0\n{limits}\n"
            f'{extra}\n[[platforms]]\nname = "示例卡盟"\n{pages}\n',
            encoding="utf-8",
        )

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            [sys.executable, "-m", "monitor", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self.start(*arguments, **environment)
        output, errors = process.communicate(timeout=90)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def ask(self, *arguments: str) -> dict[str, object]:
        """Run a question with --json and give its answer."""
        done = self.run(*arguments, "--json")
        answer = json.loads(done.stdout)
        assert isinstance(answer, dict), done.stderr
        return answer
