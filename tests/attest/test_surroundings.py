"""What is recorded of the surroundings of a capture: by a real browser, on real files, with nothing personal."""

from __future__ import annotations

import asyncio
import getpass
import os
import platform
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import run_async

from monitor.clock_check import read_clocks
from scrapers.browser import find_browser, open_browser
from scrapers.model import Capture, NetworkPolicy, Outcome, PageTask, Role, Step, StepAction, Surroundings
from scrapers.step_log import StepLog
from scrapers.surroundings import HostsWatch, count_extensions, find_commit, find_egress, learn_machine, list_hosts
from storage.provenance import Provenance, describe_capture, rebuild_capture

PAGE = (
    "<!doctype html><html lang=zh><meta charset=utf-8><title>条款</title><h1>售后条款</h1>"
    "<p>本店商品均为自动发货，付款后请在订单页查看卡密；卡密无效的，七天内可以退款。</p><button id=b>更多</button>"
)


@pytest.fixture
def port() -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            bodies = {"/ip": '{"ip": "203.0.113.9"}', "/none": "nothing here", "/v6": "2001:db8::7\n"}
            data = bodies.get(self.path, PAGE).encode()
            self.send_response(500 if self.path == "/broken" else 200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def now() -> datetime:
    return datetime.now(UTC)


def capture(port: int, *, steps: tuple[Step, ...] = ()) -> Capture:
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no browser on this machine (see `cardwatch doctor`)")
    policy = NetworkPolicy(allow_private=("localhost",))

    async def visit() -> Capture:
        around = learn_machine(policy, {"HTTPS_PROXY": "http://u:hunter2@proxy.test:1", "no_proxy": "", "PATH": "x"})
        async with open_browser(found, policy, now, surroundings=around) as browser:
            return await browser.capture_page(PageTask("c1", f"http://localhost:{port}/", Role.TERMS, steps=steps))

    return run_async(visit())


def test_a_capture_tells_what_it_was_made_in(port: int) -> None:
    made = capture(port)
    found = made.surroundings
    assert found is not None
    assert (found.clean_profile, found.extensions_off, found.extensions) == (True, True, 0)
    assert found.browser_product.partition("/")[0] in ("HeadlessChrome", "Chrome")
    assert platform.python_version() in found.python
    assert platform.system() in found.system
    assert found.machine_timezone
    assert found.resolver == "system"
    assert found.ignored_variables == ("HTTPS_PROXY",)
    assert found.hosts_file is not None and (found.hosts_file.digest or found.hosts_file.trouble)
    assert "hunter2" not in repr(found)
    for private in {socket.gethostname(), getpass.getuser()} - {"root", "localhost"}:
        assert private not in repr(found)


def test_the_steps_have_their_times_and_how_they_ended(port: int) -> None:
    steps = (Step(StepAction.CLICK, "#b"), Step(StepAction.HOVER, "#nowhere", 0.2))
    made = capture(port, steps=steps)
    assert made.outcome is Outcome.PARTIAL
    names = [step.name for step in made.steps_done]
    expected = [
        *("navigate", "load", "first sight", "settling", "pop-ups", "step 1 (click #b)", "step 2 (hover #nowhere)"),
        *("pop-ups after the steps", "folded parts", "reading", "answers under way", "views"),
    ]
    assert names == expected
    assert {step.trouble for step in made.steps_done} == {"", "nothing matches it"}
    starts = [step.start_ms for step in made.steps_done]
    assert starts == sorted(starts)
    last = made.steps_done[-1]
    whole = (made.ended_at - made.started_at) / timedelta(milliseconds=1)
    assert last.start_ms + last.took_ms <= whole + 50


def test_surroundings_and_steps_go_through_the_provenance_unchanged(port: int) -> None:
    made = capture(port)
    plain = Capture(
        "c", "u", "u", made.vantage, made.started_at, made.ended_at, Outcome.COMPLETE,
        surroundings=made.surroundings, steps_done=made.steps_done,
    )  # fmt: skip
    described = describe_capture(plain, lambda data: pytest.fail("no bytes are in it"))
    again = rebuild_capture(Provenance(described, ()), lambda reference: pytest.fail(reference))
    assert (again.surroundings, again.steps_done) == (plain.surroundings, plain.steps_done)


def test_a_failed_capture_tells_its_surroundings_too() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    made = capture(port)
    assert (made.outcome, made.reason) == (Outcome.FAILED, "refused")
    assert made.surroundings is not None and made.surroundings.clean_profile
    assert made.steps_done[0].name == "navigate"
    assert made.steps_done[0].trouble


def test_the_hosts_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost\n")
    watch = HostsWatch(hosts)
    first = watch.look(["shop.test"])
    assert first.named == () and len(first.digest) == 64
    hosts.write_text("127.0.0.1 localhost\n10.0.0.9\tSHOP.test shop  # mine\n10.0.0.8 shop.test\n#10.0.0.7 x.test\n\n")
    second = watch.look(["shop.test.", "x.test", "Shop"])
    assert second.named == (("shop", "10.0.0.9"), ("shop.test", "10.0.0.9"))
    assert second.digest != first.digest
    hosts.unlink()
    assert watch.look(["shop.test"]).trouble
    assert watch.look(["shop.test"]).digest == ""


def test_a_hosts_file_of_a_hundred_thousand_lines_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_bytes(b"\xff\xfe\n" + b"".join(b"0.0.0.0 ad%d.test\n" % number for number in range(100_000)))
    watch = HostsWatch(hosts)
    assert watch.look(["ad99999.test"]).named == (("ad99999.test", "0.0.0.0"),)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("read again"))
    assert watch.look(["ad5.test"]).named == (("ad5.test", "0.0.0.0"),)


def test_hosts_of_a_page_are_all_that_it_asked_for(port: int) -> None:
    made = capture(port)
    assert "localhost" in list_hosts(made)


def test_extension_targets_are_counted() -> None:
    listed = {"targetInfos": [{"url": "https://a.test/"}, {"url": "chrome-extension://abc/background.html"}, "x"]}
    assert count_extensions(listed) == 1  # type: ignore[arg-type]
    assert count_extensions({}) == 0


@pytest.mark.parametrize(
    ("path", "address", "trouble"),
    [("ip", "203.0.113.9", ""), ("v6", "2001:db8::7", ""), ("none", "", "no address"), ("broken", "", "500")],
)
def test_the_egress_address_comes_by_the_browsers_own_way(port: int, path: str, address: str, trouble: str) -> None:
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no browser on this machine (see `cardwatch doctor`)")

    async def ask() -> tuple[str, str]:
        policy = NetworkPolicy(resolve=(("ip.test", f"127.0.0.1:{port}"),))  # no other way leads there
        async with open_browser(found, policy, now) as browser:
            told = await find_egress(browser, f"http://ip.test/{path}", now)
            return told.address, told.trouble

    got, why = run_async(ask())
    assert got == address
    assert trouble in why


def test_clocks_are_asked_at_once_and_a_silent_one_is_told(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        sources = [f"ntp://127.0.0.1:{silent.getsockname()[1]}"] * 3 + [f"http://127.0.0.1:{port}/"]
        begun = now()
        readings = read_clocks(sources, now, seconds=1.0)
    assert (now() - begun).total_seconds() < 2.5  # one after the other would take 3 s
    assert [reading.offset_ms is None for reading in readings] == [True, True, True, False]
    assert "did not tell its time" in readings[0].trouble
    assert readings[3].offset_ms is not None and abs(readings[3].offset_ms) <= readings[3].blur_ms + 10
    assert read_clocks((), now) == ()


def test_nothing_in_the_surroundings_is_a_fraction() -> None:
    kinds = {field.name: str(field.type) for field in fields(Surroundings)}
    assert not [name for name, kind in kinds.items() if "float" in kind]  # the provenance takes none


def test_the_commit_is_that_of_the_checkout() -> None:
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        pytest.skip("no checkout")
    head = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert find_commit().partition(" ")[0] == head.stdout.strip()


def test_a_step_that_raises_is_noted_with_its_reason() -> None:
    log = StepLog()
    with pytest.raises(asyncio.CancelledError), log.note("views"):
        raise asyncio.CancelledError
    with log.note("reading") as doing:
        doing.trouble = "x" * 1000
    assert [(step.name, step.trouble[:14]) for step in log.steps] == [
        ("views", "CancelledError"),
        ("reading", "x" * 14),
    ]
    assert len(log.steps[1].trouble) == 300
