"""Pages that never stay: redirects of every kind, reloads, history floods, ways out of the web."""

from __future__ import annotations

from scrapers.model import Outcome

from ..page import READ, RULES, Page, html, script
from ..site import Request

_FAILED = (Outcome.FAILED,)
_MEGABYTE = 1 << 20


def _other(host: str) -> str:
    return "b.test" if host == "a.test" else "a.test"


def _count(request: Request) -> int:
    return int(request.query or 0) + 1


async def _endless_redirect(request: Request) -> None:
    await request.redirect(f"http://{_other(request.host)}/endless-redirect?{_count(request)}")


async def _slow_redirect(request: Request) -> None:
    import asyncio

    await asyncio.sleep(0.4)
    await request.redirect(f"http://{_other(request.host)}/slow-redirect?{_count(request)}")


async def _meta_redirect(request: Request) -> None:
    place = f"http://{_other(request.host)}/meta-redirect?{_count(request)}"
    await request.answer(f"<meta charset=utf-8><meta http-equiv=refresh content='0;url={place}'>{RULES}")


async def _refresh_header(request: Request) -> None:
    place = f"http://{_other(request.host)}/refresh-header?{_count(request)}"
    await request.answer(f"<meta charset=utf-8>{RULES}", "text/html; charset=utf-8", f"Refresh: 0;url={place}")


async def _script_redirect(request: Request) -> None:
    place = f"http://{_other(request.host)}/script-redirect?{_count(request)}"
    await request.answer(f"<meta charset=utf-8>{RULES}<script>location = '{place}'</script>")


async def _empty_script_redirect(request: Request) -> None:
    place = f"http://{_other(request.host)}/empty-script-redirect?{_count(request)}"
    await request.answer(f"<script>location.replace('{place}')</script>")


async def _long_redirect(request: Request) -> None:
    if request.query:
        await request.answer(f"<meta charset=utf-8>{RULES}")
    else:
        await request.redirect("/long-redirect?" + "x" * _MEGABYTE)


async def _redirect_to_script(request: Request) -> None:
    await request.redirect("javascript:alert(1)")


async def _redirect_to_data(request: Request) -> None:
    await request.redirect("data:text/html,<h1>moved</h1>")


async def _redirect_to_file(request: Request) -> None:
    await request.redirect("file:///etc/passwd")


async def _redirect_to_own_pages(request: Request) -> None:
    await request.redirect("chrome://crash")


async def _redirect_with_bodies(request: Request) -> None:
    """Each hop carries a body of a megabyte and a cookie."""
    headers = (f"Location: /redirect-with-bodies?{_count(request)}", f"Set-Cookie: c{_count(request)}={'v' * 3000}")
    await request.answer(b"x" * _MEGABYTE, "text/html", *headers, status="302 Found")


_SELF = "location.href"

PAGES = (
    Page("endless-redirect", _endless_redirect, _FAILED, ("redirect_loop",)),
    Page("slow-redirect", _slow_redirect, _FAILED, ("redirect_loop", "timeout"), bench=True),
    Page("redirect-with-bodies", _redirect_with_bodies, _FAILED, ("redirect_loop", "http_431")),
    Page("meta-redirect", _meta_redirect, READ, told="still loading|gone elsewhere|not done in time"),
    Page("refresh-header", _refresh_header, READ, told="still loading|gone elsewhere", bench=True),
    Page("script-redirect", _script_redirect, READ, told="still loading|gone elsewhere"),
    Page("empty-script-redirect", _empty_script_redirect, _FAILED, ("timeout",)),
    Page("long-redirect", _long_redirect, (*READ, Outcome.FAILED), ("empty_answer", "redirect_loop", "timeout")),
    Page("redirect-to-script", _redirect_to_script, _FAILED, ("unsafe_redirect",)),
    Page("redirect-to-data", _redirect_to_data, _FAILED, ("unsafe_redirect",)),
    Page("redirect-to-file", _redirect_to_file, _FAILED, ("unsafe_redirect",)),
    Page("redirect-to-chrome", _redirect_to_own_pages, _FAILED, ("unsafe_redirect",)),
    Page("reload-loop", script("setTimeout(() => location.reload(), 30)"), READ, bench=True),
    Page("reload-at-once", script("location.reload()"), READ),
    Page(
        "hash-flood",
        script("let n = 0; setInterval(() => { for (let i = 0; i < 200; i++) location.hash = n++ }, 10)"),
        READ,
    ),
    Page(
        "history-flood",
        script(
            "let n = 0; setInterval(() => { for (let i = 0; i < 200; i++)"
            " history.pushState({n}, '', '/history-flood?' + n++) }, 10)",
        ),
        READ,
    ),
    Page(
        "history-back",
        script(
            "history.pushState(1, '', '?1'); history.back(); onpopstate = () => history.forward();"
            "setInterval(() => history.back(), 20)"
        ),
        (*READ, Outcome.BLOCKED),
        ("empty_shell",),
        shows="",
        bench=True,
    ),
    Page("huge-hash", script("location.hash = 'x'.repeat(1 << 20)"), READ, bench=True),
    Page("huge-address", script("history.pushState(0, '', '/huge-address?' + 'x'.repeat(1 << 20))"), READ),
    Page(
        "before-unload",
        script(
            "onbeforeunload = e => { e.preventDefault(); return 'stay' };"
            "addEventListener('click', () => 0); setTimeout(() => location = 'http://b.test/none', 100)"
        ),
        (*READ, Outcome.FAILED),
        ("http_404",),
    ),
    Page(
        "unload-busy",
        script(
            "onpagehide = onunload = onbeforeunload = () => { for (;;); }",
        ),
        READ,
        bench=True,
    ),
    Page("unload-loop", script("onbeforeunload = () => { location = '?' + Math.random() }; location = '?1'"), READ),
    Page("close-itself", script("window.close(); self.close(); open('', '_self').close()"), READ),
    Page("go-to-script", script("location = 'javascript:for(;;);'"), READ),
    Page("go-to-data", script("location = 'data:text/html,<h1>elsewhere</h1>'"), READ, bench=True),
    Page(
        "go-to-blob",
        script("location = URL.createObjectURL(new Blob(['<h1>blob</h1>'], {type: 'text/html'}))"),
        (*READ,),
        shows="",
    ),
    Page(
        "go-to-program",
        script(
            "for (const a of ['mailto:a@b.c', 'weixin://dl/business', 'intent://x#Intent;end', 'tel:110', 'alipays://x'])"
            "{ location = a; const f = document.createElement('iframe'); f.src = a; document.body.append(f) }"
        ),
        READ,
    ),
    Page(
        "go-to-file",
        script(
            "location = 'file:///etc/passwd'; location = 'view-source:http://a.test/';"
            " location = 'chrome://crash'; location = 'about:blank#blocked'"
        ),
        (*READ, Outcome.BLOCKED),
        ("empty_shell",),
        shows="",
    ),
    Page(
        "frame-busts",
        html(
            f"<meta charset=utf-8>{RULES}<iframe sandbox='allow-scripts allow-top-navigation' "
            "srcdoc='<script>setInterval(()=>top.location=`http://b.test/none`,5)</script>'></iframe>"
        ),
        (*READ, Outcome.FAILED),
        ("http_404",),
        shows="",
    ),
)
