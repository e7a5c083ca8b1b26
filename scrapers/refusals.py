"""What a page may not do while it is captured: the rule for one request that is held on its way out.

A navigation never sends a form, and leaves the page no more once the page is held. Data of scripts (XHR, fetch, beacon)
goes out freely while the page loads and while configured steps run: prices and stocks come in answer to POSTs. Once
folded parts are clicked open, only what the page had sent before, word for word, goes out again (a price asked for
anew): a handler behind such a button or tab may order, and what it sends for the first time cannot be told from that.
"""

from __future__ import annotations

from collections.abc import Set
from urllib.parse import urlsplit

Sent = tuple[str, str, bytes | None]  # method, URL, body

_HARMLESS = ("GET", "HEAD", "OPTIONS")


def refuse_navigation(method: str, url: str, *, leaves_held_page: bool) -> str:
    """Why a document is not asked for; "" when it may be."""
    if method != "GET":
        return f"a form would have been submitted ({method}); cardwatch never submits"
    if leaves_held_page:
        return "the page would have gone elsewhere while it was being opened up or read"
    if urlsplit(url).scheme not in ("http", "https", "about", "data", "blob"):
        return "only http and https are followed"
    return ""


def refuse_data(asked: Sent, sent: Set[Sent]) -> str:
    """Why a script's request is not let out after folded parts were clicked; "" when it may go."""
    if asked[0] in _HARMLESS or asked in sent:
        return ""
    return f"data would have been sent after a folded part was clicked ({asked[0]}); cardwatch orders nothing"
