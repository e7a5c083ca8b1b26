"""How logins are kept: sealed, private, bound to name, key and site."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.sessions import (
    check_key,
    list_sessions,
    load_state,
    make_key,
    remove_session,
    save_session,
    store_key,
)
from scrapers.errors import SessionError
from storage.archive import open_archive
from storage.backup import backup_archive
from storage.check import check_archive

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://shop.example/terms"


def cookie(domain: str, value: str = "secret-1", expires: float = -1) -> dict[str, object]:
    return {
        "name": "sid", "value": value, "domain": domain, "path": "/", "expires": expires, "httpOnly": True,
        "secure": True, "sameSite": "Lax",
    }  # fmt: skip


def state_of(*cookies: dict[str, object], origins: tuple[str, ...] = ()) -> str:
    stored = [{"origin": origin, "localStorage": [{"name": "token", "value": "secret-2"}]} for origin in origins]
    return json.dumps({"cookies": cookies, "origins": stored})


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    return make_key()


@pytest.fixture(autouse=True)
def keyring_of_the_test(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A keyring in memory in place of the system's."""
    import keyring
    from keyring.backend import KeyringBackend

    kept: dict[tuple[str, str], str] = {}

    class Memory(KeyringBackend):
        priority = 1.0  # type: ignore[assignment]

        def get_password(self, service: str, username: str) -> str | None:
            return kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            kept[service, username] = password

    monkeypatch.setattr(keyring.core, "_keyring_backend", Memory())
    return kept


def test_a_session_comes_back_with_what_belongs_to_its_site_only(tmp_path: Path, key: str) -> None:
    state = state_of(
        cookie(".shop.example"), cookie("www.shop.example"), cookie(".other.example"), cookie("notshop.example"),
        origins=("https://m.shop.example", "https://other.example", "https://shop.example.evil.test"),
    )  # fmt: skip
    kept = save_session(tmp_path, "member", URL, state, key, AT)
    assert (kept.site, kept.cookies, kept.stored_items, kept.made_at) == ("shop.example", 2, 1, AT)
    again = json.loads(load_state(tmp_path, "member", "https://m.shop.example/x", key))
    assert [item["domain"] for item in again["cookies"]] == [".shop.example", "www.shop.example"]
    assert [item["origin"] for item in again["origins"]] == ["https://m.shop.example"]


def test_a_session_of_one_site_is_refused_on_another(tmp_path: Path, key: str) -> None:
    save_session(tmp_path, "member", URL, state_of(cookie("shop.example")), key, AT)
    for other in ("https://b.example/", "https://shop.example.evil.test/", "https://127.0.0.1/"):
        with pytest.raises(SessionError, match=r"is a login at shop\.example and is not used at"):
            load_state(tmp_path, "member", other, key)


def test_nothing_of_a_session_lies_in_clear(tmp_path: Path, key: str) -> None:
    save_session(tmp_path, "member", URL, state_of(cookie("shop.example"), origins=("https://shop.example",)), key, AT)
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    data = file.read_bytes()
    for word in (b"secret", b"shop", b"sid", b"token", b"cookies"):
        assert word not in data
    save_session(tmp_path, "other", URL, state_of(cookie("shop.example")), key, AT)
    assert (tmp_path / "sessions" / "other").read_bytes()[:60] != data[:60]  # a nonce of its own


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
def test_only_its_user_may_read_it_whatever_the_mask(tmp_path: Path, key: str) -> None:
    before = os.umask(0)
    try:
        for _ in range(2):  # made, and replaced
            save_session(tmp_path, "member", URL, state_of(cookie("shop.example")), key, AT)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "sessions").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "sessions" / "member").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "sessions").iterdir()] == ["member"]


def test_another_key_is_told_from_damage(tmp_path: Path, key: str) -> None:
    save_session(tmp_path, "member", URL, state_of(cookie("shop.example")), key, AT)
    with pytest.raises(SessionError, match="made with another key"):
        load_state(tmp_path, "member", URL, make_key())
    (listed,) = list_sessions(tmp_path, make_key())
    assert "another key" in listed.trouble and listed.site == ""


def test_every_flipped_byte_and_every_cut_is_refused(tmp_path: Path, key: str) -> None:
    save_session(tmp_path, "member", URL, state_of(cookie("shop.example")), key, AT)
    file = tmp_path / "sessions" / "member"
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(SessionError, match=r"damaged|another key"):
            load_state(tmp_path, "member", URL, key)
    for length in (0, 5, 20, 30, 40, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(SessionError, match=r"damaged|another key"):
            load_state(tmp_path, "member", URL, key)


def test_a_renamed_file_is_refused(tmp_path: Path, key: str) -> None:
    save_session(tmp_path, "member", URL, state_of(cookie("shop.example")), key, AT)
    (tmp_path / "sessions" / "member").rename(tmp_path / "sessions" / "admin")
    with pytest.raises(SessionError, match="damaged or was renamed"):
        load_state(tmp_path, "admin", URL, key)


@pytest.mark.parametrize("wrong", ["hunter2-and-more", "aGVsbG8=", "=" * 44, "é" * 44])
def test_a_wrong_key_is_refused_and_not_repeated(wrong: str) -> None:
    with pytest.raises(SessionError, match="32 bytes in base64") as told:
        check_key(wrong)
    assert wrong not in str(told.value)


def test_without_a_key_the_message_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="cardwatch login --new-key"):
        save_session(tmp_path, "member", URL, state_of(cookie("shop.example")), "", AT)
    assert not (tmp_path / "sessions").exists()


def test_the_key_may_lie_in_the_keyring(
    tmp_path: Path, key: str, keyring_of_the_test: dict[tuple[str, str], str]
) -> None:
    store_key(key)
    assert list(keyring_of_the_test.values()) == [key]
    save_session(tmp_path, "member", URL, state_of(cookie("shop.example")), "", AT)
    assert json.loads(load_state(tmp_path, "member", URL, key))["cookies"]
    with pytest.raises(SessionError, match="holds a key already"):
        store_key(make_key())


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "no list"),
        ('{"cookies": {}}', "no list"),
        ('{"cookies": [], "origins": []}', "nothing was stored for shop.example"),
        ('{"cookies": [1, {"domain": 5}, {"domain": "shop.example"}], "origins": [3]}', "nothing was stored"),
        ('{"cookies": [{"domain": "[x", "name": "a", "value": "b", "path": "/"}]}', "nothing was stored"),
    ],
)
def test_what_is_no_login_is_refused(tmp_path: Path, key: str, state: str, told: str) -> None:
    with pytest.raises(SessionError, match=told):
        save_session(tmp_path, "member", URL, state, key, AT)
    assert list_sessions(tmp_path, key) == ()


@pytest.mark.parametrize("name", ["../x", "", ".", "a/b", "a" * 65, "a b"])
def test_a_name_never_leaves_the_folder(tmp_path: Path, key: str, name: str) -> None:
    with pytest.raises(SessionError, match="is no name of a session"):
        save_session(tmp_path, name, URL, state_of(cookie("shop.example")), key, AT)
    with pytest.raises(SessionError, match="is no name of a session"):
        remove_session(tmp_path, name)


def test_sessions_are_listed_and_removed(tmp_path: Path, key: str) -> None:
    ends = AT.timestamp()
    state = state_of(cookie("shop.example", expires=ends + 60), cookie("m.shop.example", expires=ends + 3600))
    save_session(tmp_path, "b", URL, state, key, AT)
    save_session(tmp_path, "a", URL, state_of(cookie("shop.example", expires=1e30)), key, AT)
    first, second = list_sessions(tmp_path, key)
    assert (first.name, second.name) == ("a", "b")
    assert second.first_expires_at == datetime(2026, 11, 22, 12, 1, tzinfo=UTC)
    assert second.last_expires_at == datetime(2026, 11, 22, 13, tzinfo=UTC)
    assert "secret" not in repr((first, second))
    remove_session(tmp_path, "a")
    with pytest.raises(SessionError, match="there is no session 'a'; there are: b"):
        remove_session(tmp_path, "a")


@pytest.mark.parametrize("name", ["copy", "copy.tar"])
def test_a_backup_holds_no_login(tmp_path: Path, key: str, name: str) -> None:
    root = tmp_path / "archive"
    archive = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=AT)
    save_session(root, "member", URL, state_of(cookie("shop.example")), key, AT)
    sealed = (root / "sessions" / "member").read_bytes()
    backup_archive(archive, tmp_path / name, at=AT)
    archive.close()
    made = tmp_path / name
    files = [made] if made.is_file() else [path for path in made.rglob("*") if path.is_file()]
    assert files and not [path for path in files if sealed in path.read_bytes()]
    opened = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=AT)  # nor does it disturb the archive
    assert check_archive(opened).whole
    opened.close()
