"""From the login in a browser to a capture of a member page, with a real site, browser and archive."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import run_async
from run.shop import Watcher

from monitor.sessions import make_key
from scrapers.browser import FoundBrowser, find_browser
from scrapers.errors import BrowserUnavailable, SessionError
from scrapers.login import find_window, record_login
from scrapers.model import NetworkPolicy, Vantage
from storage.archive import open_archive
from storage.captures import list_captures

from .member_site import SECRET_COOKIE, SECRET_ITEM, MemberSite, serve_members


@pytest.fixture
def site() -> Iterator[MemberSite]:
    with serve_members() as served:
        yield served


@pytest.fixture(scope="session")
def found() -> FoundBrowser:
    browser = find_browser(os.environ)
    if browser is None:
        pytest.skip("no browser on this machine (see `cardwatch doctor`)")
    return browser


@pytest.fixture
def key() -> str:
    return make_key()


def log_in(
    found: FoundBrowser, site: MemberSite, *, headless: bool, by_event: bool = True, path: str = "/login"
) -> str:
    """Let the page log itself in, as a user would, and end by the event (or by what the page does)."""

    async def perform() -> str:
        done = asyncio.Event()
        loop = asyncio.get_running_loop()
        if by_event:
            site.on_login = lambda: loop.call_soon_threadsafe(done.set)
        return await record_login(
            found,
            f"http://shop.test{path}",
            policy=NetworkPolicy(resolve=(("shop.test", f"127.0.0.1:{site.port}"),)),
            vantage=Vantage(),
            clock=lambda: datetime.now(UTC),
            done=done,
            headless=headless,
        )

    return run_async(perform())


def close_at_login(browser: FoundBrowser, site: MemberSite, folder: Path) -> FoundBrowser:
    """The browser with a hand of its own: once the site has logged in, its windows are closed from outside."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = folder / f"{browser.path.name}-with-a-hand"
    script.write_text(f'#!/bin/sh\nexec {browser.path} "$@" --remote-debugging-port={port}\n')
    script.chmod(0o755)

    def close_windows() -> None:
        def ask(path: str) -> bytes:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/{path}", timeout=10) as answer:
                return bytes(answer.read())

        for target in json.loads(ask("list")):
            if target["type"] == "page":
                ask(f"close/{target['id']}")

    site.on_login = close_windows
    return FoundBrowser(script, browser.kind, browser.version)


def watch_members(folder: Path, site: MemberSite, *, host: str = "shop.test", session: str = "member") -> Watcher:
    (folder / "config.toml").write_text(
        f'[network]\nresolve = {{ "{host}" = "127.0.0.1:{site.port}" }}\n'
        "[limits]\npace_seconds = 0\njitter_seconds = 0\nretries = 0\nconfirm_after_seconds = 0\n"
        f'[[platforms]]\nname = "示例"\n[[platforms.pages]]\nurl = "http://{host}/terms"\nrole = "terms"\n'
        f'session = "{session}"\n[[platforms.pages]]\nurl = "http://{host}/terms?open"\nrole = "terms"\n'
        "[sites]\ncheck = false\n",  # a look at the site itself would ask it too
        encoding="utf-8",
    )
    return Watcher(folder)


def import_login(watcher: Watcher, found: FoundBrowser, site: MemberSite, key: str) -> subprocess.CompletedProcess[str]:
    source = watcher.folder / "state.json"
    source.write_text(log_in(found, site, headless=True))
    done = watcher.run(
        "login", "http://shop.test/login", "--session", "member", "--import", str(source), CARDWATCH_SESSION_KEY=key
    )
    source.unlink()
    return done


def test_what_the_site_stored_comes_back_when_the_user_is_done(found: FoundBrowser, site: MemberSite) -> None:
    state = json.loads(log_in(found, site, headless=True))
    assert [(item["name"], item["value"]) for item in state["cookies"]] == [("sid", SECRET_COOKIE)]
    assert state["origins"][0]["localStorage"] == [{"name": "token", "value": SECRET_ITEM}]


@pytest.mark.skipif(os.name == "nt", reason="the browser is wrapped in a shell script")
def test_closing_the_window_ends_the_login_with_all_that_was_stored(
    tmp_path: Path, found: FoundBrowser, site: MemberSite
) -> None:
    closed = close_at_login(found, site, tmp_path)
    state = json.loads(log_in(closed, site, headless=True, by_event=False))
    assert [item["name"] for item in state["cookies"]] == ["sid"]
    assert state["origins"][0]["localStorage"][0]["value"] == SECRET_ITEM


def test_a_login_page_that_is_not_there_is_told(found: FoundBrowser, site: MemberSite) -> None:
    with pytest.raises(SessionError, match="cannot be opened"):
        run_async(
            record_login(
                found,
                "http://gone.test:1/",
                policy=NetworkPolicy(resolve=(("gone.test", "127.0.0.1:1"),)),
                vantage=Vantage(),
                clock=lambda: datetime.now(UTC),
                done=asyncio.Event(),
                headless=True,
            )
        )


def test_without_a_display_or_a_browser_with_windows_it_says_what_to_do(tmp_path: Path) -> None:
    empty = {"HOME": str(tmp_path), "PATH": str(tmp_path)}
    with pytest.raises(BrowserUnavailable, match="--import"):
        find_window(empty)
    shell = shutil.which("chromium-headless-shell")
    if shell:
        with pytest.raises(BrowserUnavailable, match="a headless shell cannot"):
            find_window({**empty, "CARDWATCH_CHROMIUM": shell})
    chromium = shutil.which("chromium")
    if chromium and sys.platform == "linux":
        with pytest.raises(BrowserUnavailable, match="DISPLAY is not set"):
            find_window({**empty, "PATH": os.environ["PATH"]})


@contextmanager
def screen() -> Iterator[str]:
    """A display of its own; skips where the machine has none to make."""
    server = shutil.which("Xvfb")
    if server is None or find_browser(os.environ, windowed=True) is None:
        pytest.skip("Xvfb and a Chromium with windows are needed (apt install xvfb chromium)")
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [server, "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        number = os.read(reading, 16).decode().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        os.close(reading)
        process.terminate()
        process.wait(10)


def test_a_window_on_a_real_screen_records_the_login(
    tmp_path: Path, site: MemberSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    with screen() as display:
        monkeypatch.setenv("DISPLAY", display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        closed = close_at_login(find_window(os.environ), site, tmp_path)
        state = json.loads(log_in(closed, site, headless=False, by_event=False))
    assert [item["value"] for item in state["cookies"]] == [SECRET_COOKIE]
    assert state["origins"][0]["localStorage"][0]["value"] == SECRET_ITEM


def test_a_member_page_is_captured_with_the_login_and_says_so(
    tmp_path: Path, found: FoundBrowser, site: MemberSite, key: str
) -> None:
    watcher = watch_members(tmp_path, site)
    kept = import_login(watcher, found, site, key)
    assert kept.returncode == 0, kept.stderr
    done = watcher.run("run", "--all", CARDWATCH_SESSION_KEY=key, CARDWATCH_DEBUG="1")
    captures = {item["page"]["url"]: item for item in watcher.ask("history")["captures"]}  # type: ignore[index, attr-defined]
    member, public = captures["http://shop.test/terms"], captures["http://shop.test/terms?open"]
    assert (member["outcome"], public["outcome"], public["reason"]) == ("complete", "blocked", "login"), done.stderr
    shown = watcher.run("show", member["id"])
    assert "会员可以在购买后7天内" in shown.stdout
    assert "会员已登录" in shown.stdout
    assert "session" in shown.stdout and "member" in shown.stdout
    # Only the page that names the session had it.
    asked = [line for line in site.asked if line.startswith("shop.test/terms")]
    assert [SECRET_COOKIE in line for line in asked if "?open" in line] == [False]

    # The secrets stand in the sealed traffic and nowhere else: no log, no listing, no row, no file in clear.
    listed = watcher.run("sessions", "--json", CARDWATCH_SESSION_KEY=key)
    told = [kept.stdout, kept.stderr, done.stdout, done.stderr, shown.stdout, listed.stdout, listed.stderr]
    told.append(watcher.run("show", member["id"], "--json").stdout)
    assert not [text for text in told if SECRET_COOKIE in text or SECRET_ITEM in text or key in text]
    (session,) = json.loads(listed.stdout)["sessions"]
    assert (session["session"], session["site"], session["cookies"]) == ("member", "shop.test", 1)
    for file in tmp_path.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert SECRET_COOKIE.encode() not in data and SECRET_ITEM.encode() not in data, file
    archive = open_archive(tmp_path / "archive", f"sqlite:///{tmp_path}/archive/cardwatch.db", at=datetime.now(UTC))
    with archive.database.reading() as session_of_rows:
        rows = list_captures(session_of_rows)
    (row,) = [row for row in rows if row.page.url == "http://shop.test/terms"]
    capture = archive.load_capture(row.id)
    archive.close()
    assert capture.session == "member"
    assert any(SECRET_COOKIE in str(exchange.request_headers) for exchange in capture.exchanges)
    assert SECRET_COOKIE not in repr(capture.surroundings) and SECRET_ITEM not in repr(capture.views)


def test_a_session_that_ran_out_says_to_log_in_again(
    tmp_path: Path, found: FoundBrowser, site: MemberSite, key: str
) -> None:
    watcher = watch_members(tmp_path, site)
    old = {
        "cookies": [{"name": "sid", "value": "old", "domain": "shop.test", "path": "/", "expires": -1,
                     "httpOnly": True, "secure": False, "sameSite": "Lax"}],
        "origins": [],
    }  # fmt: skip
    (tmp_path / "state.json").write_text(json.dumps(old))
    login = ("login", "http://shop.test/", "--session", "member", "--import", "state.json")
    assert watcher.run(*login, CARDWATCH_SESSION_KEY=key).returncode == 0
    done = watcher.run("run", "--page", "http://shop.test/terms", "--json", CARDWATCH_SESSION_KEY=key)
    (capture,) = json.loads(done.stdout)["captures"]
    assert (capture["outcome"], capture["reason"]) == ("blocked", "login")
    assert "cardwatch login URL --session member" in capture["detail"]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda folder, key: {"CARDWATCH_SESSION_KEY": make_key()}, "another key"),
        (lambda folder, key: {"CARDWATCH_SESSION_KEY": "x"}, "32 bytes in base64"),
        (lambda folder, key: (folder / "archive/sessions/member").write_bytes(b"x") and {"CARDWATCH_SESSION_KEY": key},
         "damaged"),
    ],
    ids=["another key", "no key", "damaged"],
)  # fmt: skip
def test_a_session_that_cannot_be_opened_visits_nothing_and_blames_nobody(
    tmp_path: Path, site: MemberSite, key: str, spoil: Callable[[Path, str], dict[str, str]], told: str
) -> None:
    watcher = watch_members(tmp_path, site)
    state = {"cookies": [{"name": "sid", "value": SECRET_COOKIE, "domain": "shop.test", "path": "/"}], "origins": []}
    (tmp_path / "state.json").write_text(json.dumps(state))
    watcher.run("login", "http://shop.test/", "--session", "member", "--import", "state.json",
                CARDWATCH_SESSION_KEY=key)  # fmt: skip
    done = watcher.run("run", "--page", "http://shop.test/terms", "--json", **spoil(tmp_path, key))
    (capture,) = json.loads(done.stdout)["captures"]
    assert (capture["outcome"], capture["reason"]) == ("failed", "session")
    assert told in capture["detail"]
    assert json.loads(done.stdout)["changes"] == []
    assert site.asked == []


def test_the_command_line_says_what_is_missing(tmp_path: Path, site: MemberSite, key: str) -> None:
    watcher = watch_members(tmp_path, site)
    assert watcher.run("login").returncode == 2
    without = watcher.run("login", "http://shop.test/", "--session", "member", CARDWATCH_SESSION_KEY="")
    assert (without.returncode, "--new-key" in without.stderr) == (2, True)
    made = watcher.run("login", "--new-key")
    assert made.stdout.startswith("CARDWATCH_SESSION_KEY=") and "password" in made.stderr
    assert watcher.run("sessions").returncode == 6
    gone = watcher.run("sessions", "remove", "member")
    assert (gone.returncode, "there is no session 'member'" in gone.stderr) == (2, True)
    bad = watcher.run("login", "ftp://x", "--session", "member", CARDWATCH_SESSION_KEY=key)
    assert bad.returncode == 2


def test_the_doctor_says_which_page_lacks_its_login(tmp_path: Path, site: MemberSite, key: str) -> None:
    watcher = watch_members(tmp_path, site)

    def diagnose() -> tuple[str, str, str]:
        told = json.loads(watcher.run("doctor", "--json", CARDWATCH_SESSION_KEY=key).stdout)
        (check,) = [item for item in told["checks"] if item["what"] == "login sessions"]
        return check["state"], check["found"], check["mend"]

    state, found, mend = diagnose()
    assert state == "bad" and "there is no session 'member'" in found
    assert mend == "cardwatch login http://shop.test/terms --session member"
    cookie = {"name": "sid", "value": SECRET_COOKIE, "domain": "shop.test", "path": "/", "expires": 1_700_000_000}
    for expires, expected in ((1_700_000_000, "warn"), (-1, "ok")):
        (tmp_path / "state.json").write_text(json.dumps({"cookies": [{**cookie, "expires": expires}], "origins": []}))
        login = ("login", "http://shop.test/", "--session", "member", "--import", "state.json")
        assert watcher.run(*login, CARDWATCH_SESSION_KEY=key).returncode == 0
        state, found, _ = diagnose()
        assert state == expected and SECRET_COOKIE not in found
