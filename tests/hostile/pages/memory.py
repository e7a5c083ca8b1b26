"""Pages that eat memory, each in another place of the browser."""

from __future__ import annotations

import struct
import zlib

from scrapers.model import Outcome

from ..page import READ, RULES, Page, html, script
from ..site import Request

_ANY = (*READ, Outcome.FAILED)
_EATEN = ("memory",)


def _picture(side: int) -> bytes:
    """A PNG of side x side pixels that is small as a file."""
    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    data = b"".join([packer.compress(row) for _ in range(side)] + [packer.flush()])

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


async def _picture_bomb(request: Request) -> None:
    if request.path:
        await request.answer(_picture(30_000), "image/png")
    else:
        pictures = "".join(f"<img src=/picture-bomb/{n} width=400 height=400>" for n in range(6))
        await request.answer(f"<meta charset=utf-8>{RULES}{pictures}")


_KEEP = "const kept = []; "
_FAST = _KEEP + "onload = () => setTimeout(() => { for (;;) kept.push(WHAT) }, 100)"
_SLOW = _KEEP + "setInterval(() => kept.push(WHAT), 20)"
_WASM = (
    "const m = []; onload = () => setTimeout(() => { for (;;) try { const w = new WebAssembly.Memory({initial: 1024, maximum: 65536});"
    " new Uint8Array(w.buffer).fill(7); m.push(w) } catch (x) { break } }, 50)"
)
_WORKER = "new Worker(URL.createObjectURL(new Blob(['k = []; for (;;) k.push(new Uint8Array(1e7).fill(1))'])))"
_STORE = (
    "const s = 'x'.repeat(1 << 20); let n = 0; const o = indexedDB.open('d', 1);"
    "o.onupgradeneeded = () => o.result.createObjectStore('s'); o.onsuccess = () => { const go = () => {"
    " const t = o.result.transaction('s', 'readwrite'); for (let i = 0; i < 20; i++) t.objectStore('s').put(s + n, n++);"
    " t.oncomplete = go }; go() }"
)

PAGES = (
    Page(
        "eats-buffers", script(_FAST.replace("WHAT", "new Uint8Array(5e7).fill(1)")), _ANY, _EATEN, weight=3, seconds=8
    ),
    Page(
        "eats-buffers-slowly",
        script(_SLOW.replace("WHAT", "new Uint8Array(2e7).fill(1)")),
        _ANY,
        _EATEN,
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page(
        "eats-strings",
        script(_SLOW.replace("WHAT", "Array(3e5).fill(0).map((x, i) => 'text ' + i + Math.random())")),
        _ANY,
        _EATEN,
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page(
        "eats-objects",
        script(_FAST.replace("WHAT", "new Array(1e5).fill().map((x, i) => ({i, r: [i]}))")),
        _ANY,
        _EATEN,
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page(
        "eats-nodes",
        script(
            _SLOW.replace(
                "WHAT",
                "document.body.append(...Array(3e4).fill(0).map((x, i) => Object.assign(document.createElement('p'), {textContent: '行 ' + i})))",
            )
        ),
        _ANY,
        _EATEN,
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page(
        "eats-text",
        script("let s = 'x'.repeat(1e7); setInterval(() => document.body.append(s += s.slice(0, 1e7)), 10)"),
        _ANY,
        (*_EATEN, "timeout", "crash"),  # the renderer may fall before its size is seen
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page("eats-wasm", script(_WASM), _ANY, _EATEN, weight=3, seconds=8),
    Page(
        "eats-canvas",
        script(
            _SLOW.replace(
                "WHAT",
                "(() => { const c = document.createElement('canvas'); c.width = c.height = 4000; const g = c.getContext('2d'); g.fillRect(0, 0, 4000, 4000); return g.getImageData(0, 0, 4000, 4000) })()",
            )
        ),
        _ANY,
        _EATEN,
        weight=3,
        seconds=8,
    ),
    Page(
        "eats-blobs",
        script(_SLOW.replace("WHAT", "new Blob([new Uint8Array(2e7).fill(Math.random() * 99)])")),
        _ANY,
        _EATEN,
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page(
        "eats-webgl",
        script(
            _SLOW.replace(
                "WHAT",
                "(() => { const g = document.createElement('canvas').getContext('webgl'); if (!g) return; g.bindTexture(g.TEXTURE_2D, g.createTexture()); g.texImage2D(g.TEXTURE_2D, 0, g.RGBA, 4096, 4096, 0, g.RGBA, g.UNSIGNED_BYTE, new Uint8Array(4096 * 4096 * 4).fill(1)); return g })()",
            )
        ),
        _ANY,
        _EATEN,
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page("eats-in-worker", script(_WORKER), _ANY, _EATEN, weight=3, seconds=8),
    Page("eats-in-workers", script(_WORKER * 6), _ANY, _EATEN, weight=3, seconds=8, bench=True),
    Page(
        "eats-in-frame",
        html(f"<meta charset=utf-8>{RULES}<iframe src=http://b.test/eats-buffers-slowly></iframe>"),
        _ANY,
        _EATEN,
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page("eats-store", script(_STORE), _ANY, _EATEN, weight=3, host="s.test", seconds=8),
    Page(
        "eats-local-store",
        script(
            "const s = 'x'.repeat(1e6); try { for (let i = 0; i < 1000; i++) localStorage.setItem('k' + i, s) } catch (x) { document.title = x.name }"
        ),
        READ,
    ),
    Page(
        "eats-cache",
        script(
            "const s = 'x'.repeat(2e7); (async () => { const c = await caches.open('c'); for (let n = 0; ; n++) await c.put('/n' + n, new Response(s)) })()"
        ),
        _ANY,
        _EATEN,
        host="s.test",
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page("picture-bomb", _picture_bomb, _ANY, (*_EATEN, "crash"), weight=3, seconds=8),
    Page(
        "eats-history",
        script("setInterval(() => history.pushState('x'.repeat(1e6), '', '?' + Math.random()), 5)"),
        _ANY,
        _EATEN,
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page(
        "eats-streams",
        script(
            "setInterval(() => fetch('data:text/plain,' + 'x'.repeat(1e6)).then(r => k.push(r.clone())), 5); k = []"
        ),
        _ANY,
        _EATEN,
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page(
        "heap-overflow",
        script("onload = () => setTimeout(() => { let a = []; for (;;) a = [a, a.concat(a, [1.5])]; }, 50)"),
        _ANY,
        (*_EATEN, "crash"),
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page(
        "stack-overflow",
        script("const f = () => f(); onload = () => { for (;;) try { f() } catch (x) {} }"),
        _ANY,
        ("timeout",),
        weight=3,
        bench=True,
    ),
    Page(
        "string-bomb",
        script(
            "let s = 'x'; try { for (;;) s += s } catch (x) { document.title = x.name } document.body.append(s.slice(0, 100))"
        ),
        READ,
        weight=3,
        bench=True,
    ),
)
