"""Pages that reach for the visitor's screen, files and devices: windows, downloads, permissions, full screen."""

from __future__ import annotations

from scrapers.model import Capture, Outcome

from ..page import READ, RULES, Page, html, script
from ..site import Request, Site

_ANY = (*READ, Outcome.FAILED)


async def _file(request: Request) -> None:
    await request.answer(
        b"MZ" + bytes(1000), "application/octet-stream", 'Content-Disposition: attachment; filename="setup.exe"'
    )


async def _endless_file(request: Request) -> None:
    await request.head(
        "200 OK", "application/zip", 'Content-Disposition: attachment; filename="../../../etc/passwd\u202egpj.exe"'
    )
    block = bytes(65536)
    while True:
        await request.send(block)


async def _hundred_downloads(request: Request) -> None:
    if request.path:
        await _file(request)
        return
    code = "for (let i = 0; i < 100; i++) { const a = document.createElement('a'); a.href = '/hundred-downloads/' + i; a.download = 'x' + i; document.body.append(a); a.click() }"
    await request.answer(f"<meta charset=utf-8>{RULES}<script>{code}</script>")


async def _download_frames(request: Request) -> None:
    if request.path:
        await _file(request)
        return
    frames = "".join(f"<iframe src=/download-frames/{n}></iframe>" for n in range(20))
    await request.answer(f"<meta charset=utf-8>{RULES}{frames}")


async def _download_later(request: Request) -> None:
    if request.path:
        await _endless_file(request)
        return
    await request.answer(
        f"<meta charset=utf-8>{RULES}<script>setTimeout(() => location = '/download-later/x', 200)</script>"
    )


def _check_no_window(capture: Capture, site: Site) -> None:
    assert not [line for line in site.seen if "/popped" in line]


_ASK = """
const n = navigator, quiet = p => Promise.resolve(p).catch(() => 0);
const tries = [() => n.geolocation.getCurrentPosition(() => 0, () => 0), () => n.geolocation.watchPosition(() => 0), () => Notification.requestPermission(),
 () => n.mediaDevices.getUserMedia({video: true, audio: true}), () => n.mediaDevices.getDisplayMedia(), () => n.clipboard.readText(), () => n.clipboard.read(),
 () => n.clipboard.writeText('x'), () => n.requestMIDIAccess({sysex: true}), () => n.usb.requestDevice({filters: []}), () => n.bluetooth.requestDevice({acceptAllDevices: true}),
 () => n.serial.requestPort(), () => n.hid.requestDevice({filters: []}), () => n.wakeLock.request('screen'), () => n.storage.persist(), () => n.registerProtocolHandler('web+x', '/%s'),
 () => document.requestStorageAccess(), () => n.credentials.get({password: true}), () => n.credentials.get({publicKey: {challenge: new Uint8Array(8)}}),
 () => new PaymentRequest([{supportedMethods: 'https://s.test/pay'}], {total: {label: 'x', amount: {currency: 'CNY', value: '1'}}}).show(), () => n.share({text: 'x'}),
 () => showOpenFilePicker(), () => showDirectoryPicker(), () => new EyeDropper().open(), () => n.keyboard.lock(), () => screen.orientation.lock('portrait'),
 () => n.serviceWorker.register('/permissions/sw.js'), () => new SharedWorker('/permissions/shared.js'), () => n.vibrate(9999), () => new AudioContext().resume(),
 () => n.xr.requestSession('inline'), () => showModalDialog('/x'), () => n.setAppBadge(9), () => getScreenDetails(), () => queryLocalFonts(), () => n.virtualKeyboard.show()];
for (const t of tries) try { quiet(t()) } catch (x) {}
"""

PAGES = (
    Page("download", _file, (Outcome.FAILED,), ("download",)),
    Page("download-without-end", _endless_file, (Outcome.FAILED,), ("download",)),
    Page("hundred-downloads", _hundred_downloads, READ),
    Page("download-frames", _download_frames, READ, bench=True),
    Page("download-later", _download_later, READ),
    Page("hundred-windows", script("for (let i = 0; i < 100; i++) open('/popped/' + i)"), READ, check=_check_no_window),
    Page(
        "windows-by-frame",
        script(
            "const f = document.body.appendChild(document.createElement('iframe')); setInterval(() => { const w = f.contentWindow.open('/popped/f'); if (w) w.opener = null }, 20)"
        ),
        READ,
        check=_check_no_window,
        bench=True,
    ),
    Page(
        "windows-by-link",
        script(
            "setInterval(() => { const a = document.createElement('a'); a.href = '/popped/l'; a.target = '_blank'; a.rel = 'noopener'; document.body.append(a); a.click(); a.remove() }, 10)"
        ),
        READ,
        check=_check_no_window,
    ),
    Page(
        "windows-without-address",
        script(
            "const f = document.body.appendChild(document.createElement('iframe')); const o = f.contentWindow.open; for (let i = 0; i < 60; i++) { const w = o.call(window); if (w) w.document.write('<script>for(;;);</' + 'script>') }"
        ),
        READ,
    ),
    Page("permissions", script(_ASK), READ, host="s.test"),
    Page(
        "permissions-in-a-row",
        script(
            "setInterval(() => { navigator.geolocation.getCurrentPosition(() => 0); Notification.requestPermission(); navigator.mediaDevices.getUserMedia({audio: true}).catch(() => 0) }, 20)"
        ),
        READ,
        host="s.test",
        bench=True,
    ),
    Page(
        "full-screen",
        script(
            "const go = () => document.documentElement.requestFullscreen().catch(() => 0); setInterval(go, 20); document.onfullscreenchange = go; document.onclick = go; document.body.requestPointerLock()"
        ),
        READ,
    ),
    Page(
        "full-screen-overlay",
        html(
            f"<meta charset=utf-8>{RULES}<div id=o style='position:fixed;inset:0;background:#000;color:#fff;z-index:99999'>弹窗</div>"
            "<script>setInterval(() => { if (!document.getElementById('o') || getComputedStyle(o).display === 'none') { document.getElementById('o')?.remove(); const d = document.createElement('div'); d.id = 'o';"
            " d.style = 'position:fixed;inset:0;background:#000;color:#fff;z-index:99999'; d.textContent = '弹窗 ' + Math.random(); document.body.append(d) } }, 5)</script>"
        ),
        READ,
    ),
    Page(
        "dialog-element",
        script(
            "setInterval(() => { const d = document.body.appendChild(document.createElement('dialog')); d.textContent = '弹窗 ' + Math.random(); d.oncancel = d.onclose = () => d.showModal(); d.showModal() }, 15)"
        ),
        READ,
    ),
    Page(
        "service-worker",
        script(
            "navigator.serviceWorker.register('/service-worker/sw.js'); const f = document.body.appendChild(document.createElement('iframe')); f.contentWindow.navigator.serviceWorker.register('/service-worker/sw.js').catch(() => 0)",
            parts={
                "sw.js": lambda request: request.answer(
                    "onfetch = e => e.respondWith(new Response('taken over')); for (;;);", "text/javascript"
                )
            },
        ),
        READ,
        host="s.test",
    ),
    Page(
        "shared-worker",
        script(
            "for (let i = 0; i < 10; i++) new SharedWorker('/shared-worker/w.js?' + i)",
            parts={"w.js": lambda request: request.answer("for (;;);", "text/javascript")},
        ),
        READ,
        weight=3,
        bench=True,
    ),
    Page(
        "worker-chain",
        script(
            "new Worker('/worker-chain/w.js')",
            parts={
                "w.js": lambda request: request.answer(
                    "try { new Worker('/worker-chain/w.js'); new Worker('/worker-chain/w.js') } catch (x) {} for (;;);",
                    "text/javascript",
                )
            },
        ),
        READ,
        weight=3,
        bench=True,
    ),
    Page(
        "autoplay",
        html(
            f"<meta charset=utf-8>{RULES}<video autoplay loop muted src=/silent></video><audio autoplay loop src=/gigabyte-picture/x></audio>"
        ),
        READ,
    ),
    Page(
        "many-forms",
        script(
            "setInterval(() => { const f = document.body.appendChild(document.createElement('form')); f.method = 'post'; f.action = '/order'; f.target = '_blank'; HTMLFormElement.prototype.submit.call(f); f.requestSubmit() }, 10)"
        ),
        READ,
        check=lambda capture, site: _check_no_order(site),
    ),
    Page(
        "drags-and-keys",
        script(
            "onload = () => { for (const t of ['keydown', 'click', 'pointerdown']) for (let i = 0; i < 3000; i++) document.body.dispatchEvent(new Event(t)); document.onclick = () => { for (;;); } }"
        ),
        READ,
    ),
)


def _check_no_order(site: Site) -> None:
    assert not [line for line in site.seen if "POST" in line and "/order" in line]
