"""The address of a page as it is kept and compared: checked, and in one spelling.

Only http and https, no user name or password, host in lower-case ASCII (IDN by IDNA), other characters percent-encoded
as UTF-8, default port and empty path settled. The fragment stays: many shops route by it (`#/buy/12`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlsplit

LONGEST = 2000
_UNSAFE = re.compile("[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\\\\]")
_HOST = re.compile(r"(?=.{1,253}\.?$)(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_PORTS = {"http": 80, "https": 443}
_KEEP = "%/:@!$&'()*+,;=~?#[]|"


@lru_cache(maxsize=8192)
def normalise_address(text: str) -> str:
    """The one spelling of an http(s) address. Raises ValueError that says what is wrong and what to write."""
    wanted = text.strip()
    if len(wanted) > LONGEST:
        raise ValueError(f"the address has {len(wanted)} characters; the most is {LONGEST}")
    if _UNSAFE.search(wanted):
        raise ValueError("the address has a space, a backslash or an invisible character in it; copy it again")
    try:
        parts = urlsplit(wanted)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"'{wanted}' is no address ({error}); write it like https://shop.example/buy/12") from error
    if parts.scheme not in _PORTS:
        shown = f"'{parts.scheme}:' addresses are" if parts.scheme and "://" in wanted else f"'{wanted[:60]}' is"
        raise ValueError(f"{shown} not watched; write an http or https address like https://shop.example/buy/12")
    if "@" in parts.netloc:
        raise ValueError("the address carries a user name or password; for a login see `cardwatch login`")
    host = _normalise_host(parts)
    netloc = host if port is None or port == _PORTS[parts.scheme] else f"{host}:{port}"
    path = quote(parts.path or "/", safe=_KEEP)
    query = f"?{quote(parts.query, safe=_KEEP)}" if parts.query else ""
    fragment = f"#{quote(parts.fragment, safe=_KEEP)}" if parts.fragment else ""
    return f"{parts.scheme}://{netloc}{path}{query}{fragment}"


def _normalise_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not host:
        raise ValueError("the address names no host; write it like https://shop.example/buy/12")
    if ":" in host:
        return f"[{host}]"
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise ValueError(f"the host '{host[:80]}' is no domain name ({error})") from error
    host = host.lower()
    if not _HOST.fullmatch(host):
        raise ValueError(f"the host '{host[:80]}' is no domain name or IP address")
    return host
