"""All hostile pages by name."""

from __future__ import annotations

from .page import Page, html
from .pages import bodies, going, memory, network, scripts, texts, transport, windows
from .site import Handler

PLAIN = "plain"
"""The page without a trick that is captured after the hostile ones."""


def list_pages() -> tuple[Page, ...]:
    """Every page, the slowest first so that none of them is waited for alone at the end."""
    groups = (going, bodies, scripts, memory, network, windows, texts, transport)
    return tuple(page for group in groups for page in group.PAGES)


def list_handlers(pages: tuple[Page, ...]) -> dict[str, Handler]:
    """What the site serves: the pages and the plain one."""
    return {page.name: page.serve for page in pages} | {
        PLAIN: html("<!doctype html><meta charset=utf-8><title>点卡</title><h1>游戏点卡</h1><p>售后：7天内包补发。</p>")
    }


def address_of(page: Page) -> str:
    """Where a page stands."""
    secure = page.host not in ("a.test", "b.test", "c.test", "d.test")
    return f"{'https' if secure else 'http'}://{page.host}/{page.name}"
