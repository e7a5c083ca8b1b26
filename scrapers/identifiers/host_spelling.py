"""One spelling for hosts, domains, addresses of machines and of pages.

Takes cleaned text, a URL or a bare name; gives it in lower case with A-labels, or as it was where it is none.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from scrapers.domains import ascii_host, site_of_host


def _domain(text: str) -> str:
    host = ascii_host(bare_host(text).removeprefix("*."))
    return site_of_host(host) if "." in host else text.lower()


def _host(text: str) -> str:
    return re.sub(r"^[0-9]{1,5}\s+", "", text).lower().rstrip(".")


def _ip(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return text.lower()


def _release_page(text: str) -> str:
    text = re.sub(r"^[a-z]+://", "", text, flags=re.I)
    text = re.split(r"[?#]", text, maxsplit=1)[0]
    host, slash, path = text.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")


def bare_host(text: str) -> str:
    """The host that a URL or a bare `host:port/path` names, lower case, without port, user and last dot."""
    text = re.sub(r"^(?:[a-z][a-z0-9+.-]{0,20}:)?//", "", text.strip(), flags=re.I)
    text = re.split(r"[/?#\\]", text, maxsplit=1)[0].rpartition("@")[2]
    return re.sub(r":[0-9]{0,5}\Z", "", text).strip(".").lower()


HOST_SPELLINGS: dict[str, Callable[[str], str]] = {
    "tls_san": _domain,
    "ip": _ip,
    "ns": _host,
    "mx": _host,
    "cname": _host,
    "redirect": _domain,
    "notice_successor": _domain,
    "release_page": _release_page,
}
