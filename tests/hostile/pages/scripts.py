"""Pages whose scripts are the weapon: loops, floods of nodes and frames, lies about the browser's own functions."""

from __future__ import annotations

from scrapers.model import Outcome

from ..page import READ, RULES, Page, html, script
from ..site import Request

_FAILED = (Outcome.FAILED,)
_ANY = (*READ, Outcome.FAILED)


async def _frame_chain(request: Request) -> None:
    """Each frame holds the next, on another host each time."""
    number = int(request.query or 0) + 1
    hosts = ("a.test", "b.test", "c.test", "d.test")
    source = f"http://{hosts[number % 4]}/frame-chain?{number}"
    await request.answer(f"<meta charset=utf-8>{RULES}<iframe src={source} width=600 height=500></iframe>")


async def _frame_host(request: Request) -> None:
    """A hundred frames of three other sites, each with a busy script."""
    if request.path:
        await request.answer(
            "<p>帧</p><script>setInterval(() => { const t = Date.now(); while (Date.now() - t < 30); }, 40)</script>"
        )
        return
    frames = "".join(
        f"<iframe src=http://{'bcd'[n % 3]}.test/many-sites/{n} width=100 height=50></iframe>" for n in range(90)
    )
    await request.answer(f"<meta charset=utf-8>{RULES}{frames}")


_LOOP = "for (;;);"
_NODES = "const f = document.createDocumentFragment(); for (let i = 0; i < N; i++)"

PAGES = (
    Page("busy-at-once", script(_LOOP), _ANY, ("timeout",), weight=3),
    Page("busy-before-text", html("<script>for (;;);</script>" + RULES), _ANY, ("timeout",), weight=3),
    Page(
        "busy-after-load", script(f"onload = () => setTimeout(() => {{ {_LOOP} }}, 50)"), _ANY, ("timeout",), weight=3
    ),
    Page(
        "busy-timers",
        script(
            "const go = () => { const t = Date.now(); while (Date.now() - t < 900); setTimeout(go, 0) }; onload = go"
        ),
        _ANY,
        ("timeout",),
        weight=3,
        bench=True,
    ),
    Page(
        "busy-promises",
        script("const go = () => Promise.resolve().then(go); onload = () => setTimeout(go, 50)"),
        _ANY,
        ("timeout", "memory"),
        weight=3,
        bench=True,
    ),
    Page(
        "busy-in-animation",
        script(
            "const go = () => { requestAnimationFrame(go); const t = Date.now(); while (Date.now() - t < 300); }; go()"
        ),
        _ANY,
        ("timeout",),
        weight=3,
        bench=True,
    ),
    Page(
        "busy-in-frame",
        html(f"<meta charset=utf-8>{RULES}<iframe src='http://b.test/busy-at-once' width=500 height=200></iframe>"),
        READ,
        weight=3,
        bench=True,
    ),
    Page(
        "busy-worker",
        script("for (let i = 0; i < 8; i++) new Worker(URL.createObjectURL(new Blob(['for (;;);'])))"),
        READ,
        weight=3,
    ),
    Page(
        "regex-bomb",
        script("onload = () => setTimeout(() => /^(a+)+$/.test('a'.repeat(60) + 'b'), 50)"),
        _ANY,
        ("timeout",),
        weight=3,
        bench=True,
    ),
    Page(
        "wait-atomically",
        script("onload = () => { const x = new XMLHttpRequest(); x.open('GET', '/silent', false); x.send() }"),
        _ANY,
        ("timeout",),
        bench=True,
    ),
    Page("debugger", script("setInterval(() => { debugger }, 5); debugger"), READ),
    Page("alert-storm", script("onload = () => { for (let i = 0; ; i++) alert('公告 ' + i) }"), READ),
    Page("confirm-storm", script("onload = () => { while (!confirm('同意吗')); }"), READ, bench=True),
    Page("prompt-storm", script("for (;;) prompt('输入', 'x')"), READ, bench=True),
    Page("alert-timers", script("setInterval(() => alert('公告'), 1)"), READ, bench=True),
    Page("alert-huge", script("alert('公告'.repeat(5e6))"), READ, bench=True),
    Page("frame-alerts", html(f"<meta charset=utf-8>{RULES}<iframe src='http://b.test/alert-storm'></iframe>"), READ),
    Page("print-storm", script("for (let i = 0; i < 500; i++) print(); setInterval(() => print(), 5)"), READ),
    Page(
        "print-in-frame",
        script(
            "const f = document.body.appendChild(document.createElement('iframe')); setInterval(() => f.contentWindow.print(), 20)"
        ),
        READ,
    ),
    Page(
        "infinite-scroll",
        script(
            "const more = () => { for (let i = 0; i < 50; i++) document.body.append(Object.assign(document.createElement('p'), {textContent: '更多 ' + i})) };"
            "more(); new IntersectionObserver(more).observe(document.body.appendChild(document.createElement('div'))); onscroll = more"
        ),
        READ,
    ),
    Page(
        "hundred-thousand-nodes",
        script(_NODES.replace("N", "100000") + " f.append(document.createElement('p')); document.body.append(f)"),
        READ,
    ),
    Page("deep-nesting", html(f"<meta charset=utf-8>{RULES}" + "<div>" * 10000 + "深"), _ANY, ("crash",)),
    Page(
        "deep-nesting-script",
        script(
            "let e = document.body; for (let i = 0; i < 20000; i++) e = e.appendChild(document.createElement('span')); e.textContent = '深'"
        ),
        _ANY,
        ("crash",),
        bench=True,
    ),
    Page(
        "deep-tables",
        html(f"<meta charset=utf-8>{RULES}" + "<table><tr><td>" * 1500),
        _ANY,
        ("crash",),
        weight=3,
        bench=True,
    ),
    Page(
        "thousand-frames",
        script("for (let i = 0; i < 1000; i++) document.body.append(document.createElement('iframe'))"),
        _ANY,
        ("memory",),  # takes 520 to 920 MB: read under the bound that is shipped, ended under the suite's tight one
        weight=3,
        bench=True,
    ),
    Page("frame-chain", _frame_chain, READ),
    Page("many-sites", _frame_host, _ANY, ("timeout",), weight=3, bench=True),
    Page("frames-itself", html(f"<meta charset=utf-8>{RULES}<iframe src=?1></iframe><iframe src=?2></iframe>"), READ),
    Page(
        "frames-come-and-go",
        script(
            "setInterval(() => { for (let i = 0; i < 20; i++) { const f = document.createElement('iframe'); f.src = '/none' + i; document.body.append(f); setTimeout(() => f.remove(), 7) } }, 10)"
        ),
        READ,
        bench=True,
    ),
    Page(
        "frame-removes-itself",
        script(
            "for (let i = 0; i < 30; i++) { const f = document.createElement('iframe'); f.srcdoc = '<p>帧</p><script>setTimeout(() => frameElement.remove(), ' + i * 60 + ')</script' + '>'; document.body.append(f) }"
        ),
        READ,
    ),
    Page(
        "mutations",
        script(
            "const p = document.body.appendChild(document.createElement('p')); const q = document.body.appendChild(document.createElement('p'));"
            "new MutationObserver(() => q.textContent = Math.random()).observe(p, {childList: true}); new MutationObserver(() => p.textContent = Math.random()).observe(q, {childList: true}); p.textContent = 1"
        ),
        _ANY,
        ("timeout",),
        weight=3,
        bench=True,
    ),
    Page(
        "mutation-timers",
        script("setInterval(() => { document.title = Math.random(); document.body.append(Math.random()) }, 1)"),
        READ,
    ),
    Page(
        "write-for-ever",
        script("document.open(); setInterval(() => document.write('<p>写</p>'), 1)"),
        _ANY,
        ("timeout",),
        shows="",
        bench=True,
    ),
    Page(
        "write-in-a-row",
        script("for (;;) document.write('<p>写</p>')"),
        _ANY,
        ("timeout", "memory"),
        weight=3,
        shows="",
        bench=True,
    ),
    Page(
        "empties-itself",
        script("setInterval(() => { document.documentElement.remove(); }, 20)"),
        (*_ANY, Outcome.BLOCKED),
        ("timeout", "empty_shell"),
        shows="",
    ),
    Page(
        "replaces-itself",
        script(
            "setInterval(() => { const d = document.implementation.createHTMLDocument('x'); d.body.innerHTML = '<p>7天内包补发</p>'; document.replaceChild(document.importNode(d.documentElement, true), document.documentElement) }, 10)"
        ),
        READ,
    ),
    Page(
        "clock-frozen",
        script(
            "Date.now = performance.now = () => 0; Date = class { getTime() { return 0 } }; performance.timeOrigin = 0"
        ),
        READ,
    ),
    Page("clock-runs", script("let n = 0; performance.now = () => (n += 1e6); Date.now = () => (n += 1e9)"), READ),
    Page("timers-gone", script("setTimeout = setInterval = requestAnimationFrame = queueMicrotask = () => 0"), READ),
    Page(
        "timers-without-end",
        script("for (let i = 0; i < 200000; i++) setTimeout(() => 0, 1000 + i % 200)"),
        READ,
        bench=True,
    ),
    Page(
        "array-altered",
        script(
            "for (const n of ['push', 'map', 'filter', 'slice', 'some', 'splice', 'join']) Array.prototype[n] = () => { throw 'no' };"
            "Array.prototype[Symbol.iterator] = function* () { for (;;) yield 1 }; JSON.stringify = () => '[]'; Object.defineProperty = () => 0;"
            "Object.entries = () => 0; Promise = function () { throw 'no' }; Reflect.apply = () => { throw 'no' }; Set = Map = WeakMap = () => 0"
        ),
        READ,
    ),
    Page(
        "document-altered",
        script(
            "Document.prototype.querySelectorAll = () => { for (;;); }; Document.prototype.querySelector = () => { for (;;); };"
            "for (const [o, n] of [[HTMLElement.prototype, 'innerText'], [Node.prototype, 'textContent'], [Document.prototype, 'title'], [Document.prototype, 'body'], [Element.prototype, 'innerHTML']])"
            " Object.defineProperty(o, n, {get() { for (;;); }}); Element.prototype.getBoundingClientRect = () => { for (;;); }; MutationObserver = () => { for (;;); }"
        ),
        READ,
    ),
    Page(
        "guard-altered",
        script(
            "for (const n of Object.getOwnPropertyNames(window)) if (n.length > 12 && n[0] === '_') try { window[n] = () => ({length: 2, toString() { for (;;); }}) } catch (x) {}"
            "Object.prototype.toJSON = () => 'x'.repeat(1e8); Function.prototype.call = Function.prototype.apply = () => { for (;;); }; Object.prototype.get = 1; Object.prototype.value = 1; Object.prototype.configurable = true"
        ),
        READ,
    ),
    Page(
        "strings-of-megabytes",
        script(
            "Object.prototype.toString = String.prototype.toString = () => 'x'.repeat(1e8); document.title = 'x'.repeat(1e7);"
            "document.body.setAttribute('data-a', 'x'.repeat(2e7))"
        ),
        READ,
        bench=True,
    ),
    Page(
        "names-as-ids",
        html(
            "<meta charset=utf-8><form name=body><input name=innerText></form><form id=documentElement></form><img name=querySelectorAll><img name=createTreeWalker>"
            f"<img name=images><img name=doctype><img name=title><iframe name=getAnimations></iframe>{RULES}<form name=elementFromPoint></form><form name=querySelector></form>"
        ),
        READ,
    ),
    Page("console-flood", script("for (let i = 0; i < 1e6; i++) console.log('x', {i})"), READ),
    Page(
        "console-in-worker",
        script("new Worker(URL.createObjectURL(new Blob(['for (;;) console.log(\"x\".repeat(1000))'])))"),
        READ,
        weight=3,
        bench=True,
    ),
    Page(
        "error-flood",
        script(
            "setInterval(() => { for (let i = 0; i < 300; i++) setTimeout(() => { throw new Error('x'.repeat(2000)) }) }, 10)"
        ),
        READ,
    ),
    Page(
        "rejection-flood",
        script("setInterval(() => { for (let i = 0; i < 1000; i++) Promise.reject(new Error('no ' + i)) }, 10)"),
        READ,
        bench=True,
    ),
    Page(
        "message-flood",
        script(
            "onmessage = e => postMessage(e.data, '*'); for (let i = 0; i < 50; i++) postMessage('x'.repeat(1e5), '*')"
        ),
        _ANY,
        ("timeout",),
        weight=3,
        bench=True,
    ),
    Page(
        "shadow-deep",
        script(
            "let e = document.body; for (let i = 0; i < 400; i++) { e = e.appendChild(document.createElement('div')).attachShadow({mode: 'open'}) } e.innerHTML = '<p>影</p>'"
        ),
        READ,
    ),
    Page(
        "custom-elements",
        script(
            "customElements.define('x-x', class extends HTMLElement { connectedCallback() { setTimeout(() => this.append(document.createElement('x-x')), 1) } }); document.body.append(document.createElement('x-x'))"
        ),
        READ,
    ),
    Page(
        "custom-ping",
        script(
            "customElements.define('y-y', class extends HTMLElement { connectedCallback() { setTimeout(() => document.body.prepend(this)) } }); document.body.append(document.createElement('y-y'))"
        ),
        READ,
        bench=True,
    ),
    Page(
        "animations",
        html(
            "<style>@keyframes k { to { transform: rotate(1turn) scale(2); filter: blur(9px) } } i { animation: k .1s infinite alternate; display: inline-block }</style><meta charset=utf-8>"
            + RULES
            + "<i>转</i>" * 1500
        ),
        READ,
        weight=3,
        bench=True,
    ),
    Page(
        "smooth-paint",
        html(
            "<meta charset=utf-8><style>div { backdrop-filter: blur(50px); box-shadow: 0 0 900px 500px #0001; width: 3000px; height: 3000px; position: absolute }</style>"
            + RULES
            + "<div>" * 60
        ),
        _ANY,
        ("crash", "timeout"),
        weight=3,
        bench=True,
    ),
    Page(
        "huge-page", html(f"<meta charset=utf-8>{RULES}<div style='width:30000000px;height:30000000px'>大</div>"), READ
    ),
    Page(
        "trusted-types",
        script(
            "document.title = '点卡'",
            "Content-Security-Policy: require-trusted-types-for 'script'; trusted-types 'none'; default-src 'none'; script-src 'unsafe-inline'",
        ),
        READ,
    ),
    Page("sandboxed", script("document.title = '点卡'", "Content-Security-Policy: sandbox"), READ),
    Page(
        "isolated",
        script(
            "document.title = '点卡'",
            "Cross-Origin-Opener-Policy: same-origin",
            "Cross-Origin-Embedder-Policy: require-corp",
            "Origin-Agent-Cluster: ?1",
            'Clear-Site-Data: "*"',
        ),
        READ,
    ),
    Page(
        "speculation",
        html(
            f'<meta charset=utf-8>{RULES}<script type=speculationrules>{{"prerender": [{{"urls": ["/silent", "/busy-at-once"]}}]}}</script><link rel=prerender href=/busy-at-once><link rel=prefetch href=/gigabyte>'
        ),
        READ,
    ),
)
