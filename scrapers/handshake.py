"""Asks a host for its certificate by a TLS handshake of our own, through the capture's lane of the gate.

Sends no more than a handshake, after it the connection is closed; trusts nothing and judges nothing. For hosts whose
chain the browser does not tell: one that it refused, or one that only redirected.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass

from python_socks import ProxyError
from python_socks.async_.asyncio import Proxy

_SECONDS = 4.0
_MOST_LINKS = 20


@dataclass(frozen=True)
class Shown:
    """What a host showed: its chain as DER, leaf first, and the protocol ("TLS 1.3")."""

    chain: tuple[bytes, ...]
    protocol: str


async def ask_chain(lane_port: int, host: str, port: int) -> Shown | None:
    """Shake hands with the host behind a lane; None when no handshake came about in time."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(_SECONDS):
            stream = await Proxy.from_url(f"socks5://127.0.0.1:{lane_port}", rdns=True).connect(host, port)
            _, writer = await asyncio.open_connection(sock=stream, ssl=context, server_hostname=host)
            return read_shown(writer.get_extra_info("ssl_object"))
    except (OSError, ProxyError, TimeoutError, ValueError):  # no such host any more, no TLS there, or too slow
        return None
    finally:
        if writer is not None:
            writer.transport.abort()


def read_shown(connection: ssl.SSLObject) -> Shown | None:
    """What the other side showed; None where it showed no certificate."""
    leaf = connection.getpeercert(binary_form=True)
    if leaf is None:
        return None
    return Shown(_read_links(connection) or (leaf,), (connection.version() or "").replace("TLSv", "TLS "))


def _read_links(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """The whole chain: public from Python 3.13 on; before that the leaf alone is, and the chain one floor below."""
    ask = getattr(connection, "get_unverified_chain", None)
    if ask is not None:
        return tuple(ask())[:_MOST_LINKS]
    inner = getattr(connection, "_sslobj", None)
    ask = getattr(inner, "get_unverified_chain", None)
    if ask is None:
        return ()
    with contextlib.suppress(ValueError):
        return tuple(ssl.PEM_cert_to_DER_cert(link.public_bytes()) for link in (ask() or ())[:_MOST_LINKS])
    return ()
