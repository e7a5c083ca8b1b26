"""What one question about a domain gave: the answer as it came, what it says, and the identifiers in it.

Frozen values. An error of ours is an outcome, never a fact about the domain: only `ok` and `no_such_name` say anything
about it, and `no_such_name` of DNS is the word of one resolver.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from scrapers.identifiers.checks import canonical_value
from scrapers.identity import Identifier
from scrapers.model import Reason

MOST_SHOWN = 300


class LookupOutcome(StrEnum):
    """How a question ended. The words stand in tables and JSON."""

    OK = "ok"
    NO_SUCH_NAME = "no_such_name"
    REFUSED = "refused"  # the server will not answer, or nobody listens there
    TIMEOUT = "timeout"
    SERVER_FAILURE = "server_failure"
    NOT_SUPPORTED = "not_supported"  # nobody can be asked this about such a name
    OFFLINE = "offline"  # not asked: offline mode, or our own network is down
    RATE_LIMITED = "rate_limited"
    ERROR = "error"  # the answer cannot be understood, or may not be asked for


TELLING = frozenset({LookupOutcome.OK, LookupOutcome.NO_SUCH_NAME})

_OUTCOMES = {
    Reason.DNS_NO_SUCH_NAME: LookupOutcome.NO_SUCH_NAME,
    Reason.DNS_FAILURE: LookupOutcome.SERVER_FAILURE,
    Reason.REFUSED: LookupOutcome.REFUSED,
    Reason.CONNECT_TIMEOUT: LookupOutcome.TIMEOUT,
    Reason.UNREACHABLE: LookupOutcome.SERVER_FAILURE,
    Reason.RESET: LookupOutcome.SERVER_FAILURE,
    Reason.OWN_NETWORK: LookupOutcome.OFFLINE,
}


@dataclass(frozen=True)
class DnsRecord:
    """One record of an answer; `value` as the zone file writes it, names without a last dot."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True)
class DnsFacts:
    """What one resolver said. `codes` are (question, NOERROR, NXDOMAIN ... or the trouble).

    `wildcard` says whether a random label under the name answers too; None where that was not found out.
    """

    records: tuple[DnsRecord, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    wildcard: bool | None = None

    def values(self, kind: str) -> tuple[str, ...]:
        """The values of one kind of record, sorted."""
        return tuple(sorted({record.value for record in self.records if record.kind == kind}))


@dataclass(frozen=True)
class RegistryFacts:
    """What a registry or registrar says. Dates are those that it prints; `None` and "" are what it does not say.

    `registrant_is_person`: the name is not known to be that of an organisation. `redacted` names what it holds back.
    `status` are EPP words in camelCase (clientHold). `registrar` is a name, `registrar_id` IANA's number.
    """

    domain: str = ""
    registered_at: datetime | None = None
    registered_on: str = ""
    updated_at: datetime | None = None
    expires_at: datetime | None = None
    expires_on: str = ""
    registrar: str = ""
    registrar_id: str = ""
    registrant: str = ""
    registrant_is_person: bool = False
    registrant_email: str = ""
    region: str = ""
    country: str = ""
    status: tuple[str, ...] = ()
    nameservers: tuple[str, ...] = ()
    redacted: tuple[str, ...] = ()
    referral: str = ""  # the registrar's own server, where the answer names one


@dataclass(frozen=True)
class TlsFacts:
    """What a host showed at its TLS handshake. `fault` says why a browser would refuse it, "" when it would not."""

    host: str
    address: str
    protocol: str
    subject: str
    issuer: str
    valid_from: datetime | None
    valid_to: datetime | None
    names: tuple[str, ...]
    spki: str
    chain: tuple[str, ...]  # SHA-256 of each certificate, leaf first
    fault: str = ""


@dataclass(frozen=True)
class HttpHop:
    """One request of a look and its answer; `trouble` where there was none."""

    url: str
    address: str = ""
    status: int = 0
    location: str = ""
    server: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class HttpFacts:
    """What a plain GET of the front page met. `html` is what came of the last page, at most 64 KB, decoded."""

    hops: tuple[HttpHop, ...]
    final_url: str = ""
    status: int = 0
    title: str = ""
    html: str = ""
    looped: bool = False


Facts = DnsFacts | RegistryFacts | TlsFacts | HttpFacts


@dataclass(frozen=True)
class LookupAnswer:
    """One question to one server and what came back. `kind` is dns, rdap, whois, tls, http or icon.

    `raw` is kept as evidence and can be read again by the `read_...` function of its module.
    """

    domain: str
    kind: str
    server: str
    asked_at: datetime
    outcome: LookupOutcome
    detail: str = ""
    raw: bytes = b""
    media_type: str = ""
    identifiers: tuple[Identifier, ...] = ()
    facts: Facts | None = None


class LookupFailed(Exception):  # noqa: N818 - named for what happened
    """No answer came about; carries the outcome, and in words why."""

    def __init__(self, outcome: LookupOutcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


BeforeReferral = Callable[[str], Awaitable[bool]]
"""Called with a registrar's server before it is asked; False leaves it alone."""


async def follow_referral(_server: str) -> bool:
    """Ask the registrar at once."""
    return True


def not_the_registrys(answer: LookupAnswer) -> LookupAnswer:
    """A registrar's answer to a referral: that it does not know a name which the registry holds is its own trouble."""
    if answer.outcome is not LookupOutcome.NO_SUCH_NAME:
        return answer
    detail = f"the registrar does not know the name, which the registry holds: {answer.detail}"
    return replace(answer, outcome=LookupOutcome.ERROR, detail=detail)


def outcome_of(reason: Reason) -> LookupOutcome:
    """The outcome of a connection that the gate did not bring about."""
    return _OUTCOMES.get(reason, LookupOutcome.ERROR)


def identify(
    kind: str, value: str, place: str, *, where: str = "", shown: str = "", role: str = "", problem: str = ""
) -> Identifier:
    """An identifier in its one spelling."""
    spelt = canonical_value(kind, value)
    return Identifier(kind, spelt, place, (shown or value)[:MOST_SHOWN], where[:MOST_SHOWN], role, problem)


def keep_distinct(identifiers: Sequence[Identifier], most: int = 400) -> tuple[Identifier, ...]:
    """Each kind and value once, in their order; those without a value left out."""
    found = {(one.kind, one.value): one for one in reversed(identifiers) if one.value}
    return tuple(reversed(found.values()))[:most]
