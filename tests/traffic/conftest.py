from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import trustme
from capture.conftest import Visitor, found_browser

from scrapers.browser import FoundBrowser
from scrapers.model import NetworkPolicy

from .server import Server, spki_of

__all__ = ["found_browser"]

AUTHORITY = trustme.CA()
HOSTS = ("shop.test", "cdn.example", "frames.example", "deep.example", "hop.example")
OpenServer = Callable[..., Server]


@pytest.fixture(scope="session")
def certificates() -> dict[str, trustme.LeafCert]:
    return {host: AUTHORITY.issue_cert(host, f"www.{host}") for host in HOSTS}


@pytest.fixture(scope="session")
def _shared_web(certificates: dict[str, trustme.LeafCert]) -> Iterator[Server]:
    server = Server(certificates, http2=True)
    yield server
    server.close()


@pytest.fixture
def web(_shared_web: Server) -> Server:
    """The hosts of HOSTS over TLS, HTTP/2 or HTTP/1.1, with nothing on them yet."""
    _shared_web.answers.clear()
    _shared_web.seen.clear()
    return _shared_web


@pytest.fixture
def old_web(certificates: dict[str, trustme.LeafCert]) -> Iterator[Server]:
    """The same hosts over TLS and HTTP/1.1 only."""
    server = Server(certificates)
    yield server
    server.close()


Visit = Callable[..., AbstractContextManager[Visitor]]


@pytest.fixture(scope="session")
def visiting_hosts(found_browser: FoundBrowser, certificates: dict[str, trustme.LeafCert]) -> Visit:
    """A browser that finds `server` under every host and trusts the certificates of HOSTS."""

    @contextmanager
    def make(server: Server, *hosts: str) -> Iterator[Visitor]:
        policy = NetworkPolicy(resolve=tuple((host, server.endpoint) for host in (*HOSTS, *hosts)))
        trusted = tuple(spki_of(certificate) for certificate in certificates.values())
        visitor = Visitor(found_browser, policy, trusted_spki=trusted)
        try:
            yield visitor
        finally:
            visitor.close()

    return make


@pytest.fixture(scope="session")
def visitor(_shared_web: Server, visiting_hosts: Visit) -> Iterator[Visitor]:
    """A visitor of `web`."""
    with visiting_hosts(_shared_web) as visitor:
        yield visitor
