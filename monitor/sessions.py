"""The user's own logins, kept encrypted beside the archive: one file a session, opened only for pages that name it.

A session is a Playwright storage state (cookies, local storage) cut down to one site. It is sealed with AES-256-GCM
under a key of the environment or of the system's keyring; name and key are bound in, so a renamed or altered file is
refused. Never shown, logged, or written anywhere in clear.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from monitor.config.pages import SESSION_NAME
from monitor.config.settings import SESSION_KEY
from monitor.outcomes import registrable_domain
from scrapers.errors import SessionError
from storage.objects import sync_folder

__all__ = [
    "Session",
    "check_key",
    "list_sessions",
    "load_state",
    "make_key",
    "remove_session",
    "save_session",
    "store_key",
]

LARGEST_STATE = 8 << 20
_MAGIC = b"cardwatch-session-1\n"
_KEY_BYTES = 32
_MARK_BYTES = 8
_NONCE_BYTES = 12
_FOLDER = "sessions"
_KEYRING_SERVICE, _KEYRING_USER = "cardwatch", "session-key"
_NO_KEY = (
    f"there is no key for login sessions: `cardwatch login --new-key` makes one; set it as {SESSION_KEY} where "
    "cardwatch runs (or keep it in the system's keyring: `cardwatch login --new-key --keyring`)"
)


@dataclass(frozen=True)
class Session:
    """What may be told of a session: never a value.

    `trouble` says why it cannot be opened; then all but the name is empty. `first_expires_at` is the earliest end of a
    cookie that has one, `last_expires_at` the latest; None where the site sets none.
    """

    name: str
    site: str = ""
    made_at: datetime | None = None
    cookies: int = 0
    stored_items: int = 0
    first_expires_at: datetime | None = None
    last_expires_at: datetime | None = None
    trouble: str = ""


def make_key() -> str:
    """Give a new key as text: 32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def store_key(key: str) -> None:
    """Keep a key in the system's keyring. Raises SessionError where there is none, or where it holds one already."""
    if _read_keyring():
        raise SessionError("the system's keyring holds a key already; sessions made with it would be lost")
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SessionError("the keyring is an extra: pip install 'cardwatch[keyring]'") from None
    try:
        keyring.set_password(_KEYRING_SERVICE, _KEYRING_USER, key)
    except KeyringError as error:
        raise SessionError(f"the system's keyring did not take the key: {error or type(error).__name__}") from None


def check_key(key: str) -> None:
    """Raise SessionError unless `key`, or the keyring's where it is "", is one."""
    _open_key(key)


def save_session(root: Path, name: str, url: str, state: str, key: str, at: datetime) -> Session:
    """Keep what a storage state holds of the site of `url` under `name`, in place of an older one of that name."""
    secret = _open_key(key)
    path = _place(root, name)
    cut = _cut_state(_parse_state(state), registrable_domain(url))
    if not cut["cookies"] and not cut["origins"]:
        raise SessionError(
            f"nothing was stored for {registrable_domain(url)}: log in until the site greets you, then end; "
            "give the address of the page that is to be watched"
        )
    kept = {"site": registrable_domain(url), "made_at": at.astimezone(UTC).isoformat(), "state": cut}
    head = _MAGIC + _mark(secret)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = head + nonce + AESGCM(secret).encrypt(nonce, json.dumps(kept).encode(), head + name.encode())
    _write_private(path, sealed)
    return _describe(name, kept)


def load_state(root: Path, name: str, url: str, key: str) -> str:
    """Give the storage state that a page at `url` may be visited with, as JSON. Raises SessionError with the reason."""
    kept = _open_session(root, name, _open_key(key))
    site, wanted = str(kept["site"]), registrable_domain(url)
    if site != wanted:
        raise SessionError(f"the session '{name}' is a login at {site} and is not used at {wanted}")
    return json.dumps(_cut_state(kept["state"], wanted))


def list_sessions(root: Path, key: str) -> tuple[Session, ...]:
    """Every session by name; one that cannot be opened says why."""
    folder = root / _FOLDER
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not SESSION_NAME.fullmatch(path.name) or not path.is_file():
            continue
        try:
            found.append(_describe(path.name, _open_session(root, path.name, _open_key(key))))
        except SessionError as error:
            found.append(Session(path.name, trouble=str(error)))
    return tuple(found)


def remove_session(root: Path, name: str) -> None:
    """Delete a session. Raises SessionError when there is none of that name."""
    path = _place(root, name)
    try:
        path.unlink()
    except FileNotFoundError:
        raise SessionError(_tell_absent(root, name)) from None
    sync_folder(path.parent)


def _place(root: Path, name: str) -> Path:
    if not SESSION_NAME.fullmatch(name):
        raise SessionError(f"{name[:80]!r} is no name of a session: letters, digits, - and _, at most 64")
    return root / _FOLDER / name


def _open_key(given: str) -> bytes:
    """The key's bytes: the one given, else the keyring's. A wrong one is never repeated in the message."""
    text = given or _read_keyring()
    if not text:
        raise SessionError(_NO_KEY)
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise SessionError(
            f"{SESSION_KEY} is no key: it must be 32 bytes in base64, as `cardwatch login --new-key` prints them "
            "(a pass phrase is not taken)"
        )
    return key


def _read_keyring() -> str:
    """The key of the system's keyring; "" where the extra is not installed, none runs, or it is locked."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(_KEYRING_SERVICE, _KEYRING_USER) or ""
    except KeyringError:
        return ""


def _mark(key: bytes) -> bytes:
    """Tells keys apart without telling anything of them."""
    return hashlib.sha256(b"cardwatch session key\0" + key).digest()[:_MARK_BYTES]


def _open_session(root: Path, name: str, key: bytes) -> Mapping[str, object]:
    path = _place(root, name)
    try:
        with path.open("rb") as file:
            data = file.read(2 * LARGEST_STATE)
    except FileNotFoundError:
        raise SessionError(_tell_absent(root, name)) from None
    except OSError as error:
        raise SessionError(f"the session '{name}' cannot be read: {error.strerror}") from error
    head, rest = data[: len(_MAGIC) + _MARK_BYTES], data[len(_MAGIC) + _MARK_BYTES :]
    again = f"record it anew: cardwatch login URL --session {name}"
    if not head.startswith(_MAGIC) or len(rest) <= _NONCE_BYTES:
        raise SessionError(f"the session '{name}' is damaged; {again}")
    if not secrets.compare_digest(head[len(_MAGIC) :], _mark(key)):
        raise SessionError(f"the session '{name}' was made with another key than {SESSION_KEY}; set that, or {again}")
    try:
        text = AESGCM(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], head + name.encode())
        kept = json.loads(text)
    except (InvalidTag, ValueError):
        raise SessionError(f"the session '{name}' is damaged or was renamed; {again}") from None
    if not isinstance(kept, dict):
        raise SessionError(f"the session '{name}' is damaged; {again}")
    return kept


def _tell_absent(root: Path, name: str) -> str:
    there = [path.name for path in sorted((root / _FOLDER).glob("*")) if SESSION_NAME.fullmatch(path.name)]
    known = f"; there are: {', '.join(there)}" if there else ""
    return f"there is no session '{name}'{known}. Record it: cardwatch login URL --session {name}"


def _parse_state(text: str) -> object:
    if len(text) > LARGEST_STATE:
        raise SessionError(f"the storage state has more than {LARGEST_STATE >> 20} MB; is this the right file?")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise SessionError("this is no storage state of Playwright: it is not JSON") from None


def _cut_state(state: object, site: str) -> dict[str, list[dict[str, object]]]:
    """The cookies and origins of one site, each well formed."""
    if not isinstance(state, dict) or not isinstance(state.get("cookies"), list):
        raise SessionError('this is no storage state of Playwright: it has no list "cookies"')
    origins = state.get("origins")
    return {
        "cookies": [item for item in _objects(state["cookies"]) if _site_of_cookie(item) == site],
        "origins": [
            item
            for item in _objects(origins if isinstance(origins, list) else [])
            if isinstance(item.get("origin"), str) and _site_of(str(item["origin"])) == site
        ],
    }


def _objects(items: Sequence[object]) -> list[dict[str, object]]:
    return [item for item in items if isinstance(item, dict)]


def _site_of_cookie(cookie: Mapping[str, object]) -> str:
    domain = cookie.get("domain")
    if not isinstance(domain, str) or not all(isinstance(cookie.get(key), str) for key in ("name", "value", "path")):
        return ""
    return _site_of(f"http://{domain.lstrip('.')}/")


def _site_of(url: str) -> str:
    try:
        return registrable_domain(url)
    except ValueError:
        return ""


def _describe(name: str, kept: Mapping[str, object]) -> Session:
    state = _cut_state(kept.get("state"), str(kept.get("site")))
    ends = sorted(
        value for cookie in state["cookies"] if isinstance(value := cookie.get("expires"), int | float) and value > 0
    )
    items = [item.get("localStorage") for item in state["origins"]]
    return Session(
        name=name,
        site=str(kept.get("site")),
        made_at=datetime.fromisoformat(str(kept.get("made_at"))),
        cookies=len(state["cookies"]),
        stored_items=sum(len(item) for item in items if isinstance(item, list)),
        first_expires_at=_moment(ends[0]) if ends else None,
        last_expires_at=_moment(ends[-1]) if ends else None,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(seconds, 253402300799), UTC)


def _write_private(path: Path, data: bytes) -> None:
    """Put the file in place whole, readable by its user only from its first byte on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
