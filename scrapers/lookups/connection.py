"""One connection to one server through a lane of the gate: the same rules for addresses as a capture's.

Gives streams that end: every read is bounded in bytes and by the deadline of whoever asks. Raises LookupFailed with
the outcome and the reason that the gate knows.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from python_socks import ProxyError
from python_socks.async_.asyncio import Proxy

from scrapers.gate import Gate, Lane
from scrapers.lookups.model import LookupFailed, LookupOutcome, outcome_of
from scrapers.names import has_route

LONGEST_LINE = 16_384
_LANE_BYTES = 8_000_000


@asynccontextmanager
async def open_lane(gate: Gate, seconds: float) -> AsyncIterator[Lane]:
    """A lane for one question that takes at most `seconds`; what is late ends as a timeout."""
    lane = await gate.open_lane(_LANE_BYTES)
    try:
        async with asyncio.timeout(seconds):
            yield lane
    except TimeoutError:
        raise LookupFailed(LookupOutcome.TIMEOUT, f"no whole answer within {seconds:g} s") from None
    finally:
        await lane.close()


@asynccontextmanager
async def connect(
    lane: Lane, host: str, port: int, context: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A stream to the endpoint, with TLS where a context is given; closed at the end whatever happens."""
    writer: asyncio.StreamWriter | None = None
    try:
        try:
            proxy = Proxy.from_url(f"socks5://127.0.0.1:{lane.port}", rdns=True)
            stream = await proxy.connect(host, port, timeout=120)  # the lane's deadline is shorter
            reader, writer = await asyncio.open_connection(
                sock=stream, limit=LONGEST_LINE, ssl=context, server_hostname=host if context else None
            )
        except ssl.SSLCertVerificationError as error:
            detail = f"the certificate of {host} is not trusted: {error.verify_message}"
            raise LookupFailed(LookupOutcome.ERROR, detail) from None
        except ssl.SSLError as error:
            detail = f"{host}:{port} does not shake hands by TLS ({error.reason or 'no TLS there'})"
            raise LookupFailed(LookupOutcome.SERVER_FAILURE, detail) from None
        except (ProxyError, OSError, UnicodeError, ValueError) as error:
            raise _explain(lane, host, port, error) from None
        yield reader, writer
    except (ConnectionError, ssl.SSLError) as error:
        detail = f"{host}:{port} broke the connection off ({type(error).__name__})"
        raise LookupFailed(LookupOutcome.SERVER_FAILURE, detail) from None
    finally:
        if writer is not None:
            writer.transport.abort()


def look_any() -> ssl.SSLContext:
    """A context that shakes hands with anybody, also with old or badly certified servers: it judges nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def trust_known() -> ssl.SSLContext:
    """A context for registries: they must be who they say they are."""
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


def _explain(lane: Lane, host: str, port: int, error: Exception) -> LookupFailed:
    refusal = lane.failure(host, port)
    if refusal is not None:
        return LookupFailed(outcome_of(refusal.reason), refusal.detail)
    if lane.remote_address(host, port):  # the lane reached it: what failed came after
        return LookupFailed(LookupOutcome.SERVER_FAILURE, f"{host}:{port} closed the connection at once")
    if not has_route():
        return LookupFailed(LookupOutcome.OFFLINE, "this machine has no network route")
    return LookupFailed(LookupOutcome.ERROR, f"{host}:{port} could not be asked ({type(error).__name__}: {error})")
