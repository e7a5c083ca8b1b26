"""Which addresses of registries may be asked: those of https, and of this machine itself. Pure, light."""

from __future__ import annotations

from urllib.parse import urlsplit


def refuse_insecure(url: str) -> str:
    """Why an address of a registry is not asked, "" for one that may be."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return f"no address: {url[:200]}"
    own = parts.scheme == "http" and host in ("127.0.0.1", "::1", "localhost")
    if not host or not (parts.scheme == "https" or own):
        return f"not by https: {url[:200]}"
    return ""
