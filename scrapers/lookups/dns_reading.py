"""The answers of one resolver as bytes that are kept, and what they say. Pure; never raises for what a server sent."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from scrapers.addresses import explain_refusal, parse_address
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.lookups.model import DnsFacts, DnsRecord, LookupAnswer, LookupOutcome, identify, keep_distinct

MEDIA_TYPE = "application/json"
FORMAT = "cardwatch-dns-1"
QUESTIONS = ("SOA", "A", "AAAA", "NS", "MX", "TXT", "CNAME")
_KEPT = frozenset(QUESTIONS)
_MOST_RECORDS = 100
_ANY = dns.name.Name((b"*",))
_LONGEST_VALUE = 1000
# TXT records that prove control of a name to a service: "google-site-verification=...", "MS=ms12345678" and the like.
_TOKEN = re.compile(
    r"(?P<name>[\w.@-]{0,60}verif[\w.-]{0,40}|ms|apple-domain|docusign|atlassian-domain-\w{1,20}|_?globalsign[\w-]{0,40}"
    r"|keybase[\w-]{0,40}|stripe-\w{1,20}|[\w-]{1,20}-domain-\w{1,20})\s{0,3}[=:]\s{0,3}(?P<token>[^\s\"]{4,300})",
    re.IGNORECASE,
)
_FAILURES = {"NXDOMAIN": LookupOutcome.NO_SUCH_NAME, "SERVFAIL": LookupOutcome.SERVER_FAILURE,
             "REFUSED": LookupOutcome.REFUSED, "NOTAUTH": LookupOutcome.REFUSED}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One question and its answer, or the trouble (a word of LookupOutcome) and its detail."""

    name: str
    kind: str
    answer: dns.message.Message | None = None
    trouble: str | None = None
    detail: str = ""

    @property
    def code(self) -> str:
        """NOERROR, NXDOMAIN ... or the trouble."""
        return dns.rcode.to_text(self.answer.rcode()) if self.answer is not None else self.trouble or "error"


def write_dns(domain: str, server: str, probe: str, asked: Sequence[Asked]) -> bytes:
    """All answers of one resolver as JSON: wire messages in base64, settled so that equal answers are equal bytes."""
    questions = [
        {"name": one.name if one.name != probe else "*", "type": one.kind, **_write_answer(one, probe)} for one in asked
    ]
    told = {
        "format": FORMAT,
        "note": "wire messages; message numbers and TTLs are 0, records sorted; * is a random label that was made up",
        "domain": domain,
        "server": server,
        "questions": questions,
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def read_dns(raw: bytes, asked_at: datetime) -> LookupAnswer:
    """The answer that the kept bytes hold. Raises ValueError for bytes that are not of this form."""
    try:
        told = json.loads(raw)
        if told["format"] != FORMAT:
            raise ValueError("another format")
        domain, server = str(told["domain"]), str(told["server"])
        asked = [_load(one) for one in told["questions"]]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"these are no kept DNS answers: {error}") from None
    codes = tuple((f"{one.name} {one.kind}", one.code) for one in asked)
    records: list[DnsRecord] = []
    wildcard = None
    for one in asked:
        found = _records(one.answer) if one.answer is not None else []
        if one.name == "*":
            has_address = any(record.kind in ("A", "AAAA", "CNAME") for record in found)
            wildcard = has_address if one.code in ("NOERROR", "NXDOMAIN") else None
        else:
            records += found
    kept = tuple(dict.fromkeys(records))[:_MOST_RECORDS]
    outcome, detail = _judge([one for one in asked if one.name == domain])
    if outcome is LookupOutcome.OK and not kept:
        detail = "the name is there, without any of the records that were asked for"
    identifiers = keep_distinct(_identify(kept, domain))
    return LookupAnswer(
        *(domain, "dns", server, asked_at, outcome, detail, raw, MEDIA_TYPE, identifiers),
        facts=DnsFacts(kept, codes, wildcard),
    )


def _judge(asked: Sequence[Asked]) -> tuple[LookupOutcome, str]:
    """What the answers for the name itself come to: any NOERROR shows that it is there."""
    codes = [one.code for one in asked]
    failed = ", ".join(f"{one.kind}: {one.detail or one.code}" for one in asked if one.code != "NOERROR")[:500]
    if "NOERROR" in codes:
        return LookupOutcome.OK, failed
    if codes and all(code == "NXDOMAIN" for code in codes):
        return LookupOutcome.NO_SUCH_NAME, "NXDOMAIN"
    for code in codes:
        if code != "NXDOMAIN":
            known = code in LookupOutcome.__members__.values()
            return (LookupOutcome(code) if known else _FAILURES.get(code, LookupOutcome.ERROR)), failed
    return LookupOutcome.ERROR, "nothing was asked"


def _identify(records: Sequence[DnsRecord], domain: str) -> list[Identifier]:
    found = []
    for record in records:
        where = f"{record.name} {record.kind}"
        if record.kind in ("A", "AAAA"):
            address = parse_address(record.value)
            why = explain_refusal(address) if address is not None else ""
            found.append(identify(IdentifierKind.IP, record.value, Place.DNS, where=where, problem=why))
        elif record.kind == "NS" and record.name == domain:
            found.append(identify(IdentifierKind.NS, record.value, Place.DNS, where=where))
        elif record.kind == "MX" and record.name == domain:
            host = record.value.partition(" ")[2]
            found.append(identify(IdentifierKind.MX, host, Place.DNS, where=where, shown=record.value))
        elif record.kind == "CNAME":
            found.append(identify(IdentifierKind.CNAME, record.value, Place.DNS, where=where))
        elif record.kind == "TXT" and record.name == domain:
            match = _TOKEN.fullmatch(record.value.strip())
            kind = IdentifierKind.TXT if match is None else IdentifierKind.VERIFICATION_DNS
            value = record.value if match is None else f"{match['name'].lower()}={match['token']}"
            found.append(identify(kind, value, Place.DNS, where=where, shown=record.value))
    return found


def _records(answer: dns.message.Message) -> list[DnsRecord]:
    found = []
    for rrset in answer.answer[:40]:
        kind = dns.rdatatype.to_text(rrset.rdtype)
        if kind not in _KEPT:
            continue
        name = str(rrset.name).rstrip(".").lower()
        for rdata in list(rrset)[:_MOST_RECORDS]:
            if kind == "TXT":
                value = b"".join(rdata.strings).decode("utf-8", "replace").replace("\0", "\ufffd")
            else:
                value = " ".join(part.rstrip(".") or "." for part in rdata.to_text().split(" "))
                value = value.lower()
            if value.strip(". "):
                found.append(DnsRecord(name, kind, value[:_LONGEST_VALUE]))
    return found


def _write_answer(asked: Asked, probe: str) -> dict[str, str]:
    if asked.answer is None:
        return {"trouble": asked.trouble or "error", "detail": asked.detail}
    return {"answer": _settle(asked, probe)}


def _settle(asked: Asked, probe: str) -> str:
    """An answer without what changes each time: number and TTLs 0, no EDNS, records in order, no made-up label."""
    answer = asked.answer
    assert answer is not None
    label = dns.name.from_text(probe) if asked.name == probe else None
    settled = dns.message.Message(id=0)
    settled.flags = answer.flags
    settled.set_rcode(answer.rcode() if answer.rcode() <= 15 else dns.rcode.SERVFAIL)
    for section, kept in ((answer.answer, settled.answer), (answer.authority, settled.authority)):
        for rrset in sorted(section, key=lambda one: (one.name, one.rdtype))[:60]:
            ordered = sorted(rrset, key=lambda rdata: bytes(rdata.to_wire() or b""))
            name = _ANY + label.parent() if label is not None and rrset.name == label else rrset.name
            kept.append(dns.rrset.from_rdata_list(name, 0, ordered[:200]))
    try:
        return base64.b64encode(settled.to_wire(max_size=65_535, want_shuffle=False)).decode()
    except (dns.exception.DNSException, ValueError):
        return base64.b64encode(answer.wire or b"").decode()  # too large when settled: as it came


def _load(told: dict[str, str]) -> Asked:
    name, kind = str(told["name"]), str(told["type"])
    if "answer" not in told:
        return Asked(name, kind, None, str(told["trouble"]), str(told["detail"]))
    try:
        wire = base64.b64decode(told["answer"], validate=True)
        return Asked(name, kind, dns.message.from_wire(wire, ignore_trailing=True))
    except (binascii.Error, dns.exception.DNSException, ValueError) as error:
        return Asked(name, kind, None, "error", f"a malformed answer ({type(error).__name__})")
