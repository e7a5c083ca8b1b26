"""Asks name servers about a domain: SOA, A, AAAA, NS, MX, TXT, CNAME, `www`, and a random label below it.

One answer for each resolver, kept apart, so that a split between them is seen and a name counts as gone only on the
word of several. Raw answers are kept as wire messages without what changes from minute to minute (message number,
TTL, order), so that equal answers are equal bytes. Each question has a lifetime; a silent resolver is asked no more.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

from scrapers.addresses import parse_address
from scrapers.gate import Gate, Lane
from scrapers.lookups.connection import connect, open_lane
from scrapers.lookups.dns_reading import MEDIA_TYPE, QUESTIONS, Asked, read_dns, write_dns
from scrapers.lookups.model import DnsFacts, LookupAnswer, LookupFailed, LookupOutcome
from scrapers.model import Clock
from scrapers.names import has_route, split_endpoint

__all__ = ["MEDIA_TYPE", "ask_dns", "ask_name", "find_split", "read_dns", "system_resolvers"]

_TRIES = 2
_AT_ONCE = 4
_PAYLOAD = 1232  # octets: DNS flag day 2020, unfragmented on any network


def system_resolvers() -> tuple[str, ...]:
    """The name servers that this machine uses, as "address:port"; none where it names none."""
    try:
        found = dns.resolver.Resolver(configure=True)
    except (dns.exception.DNSException, OSError):
        return ()
    return tuple(_endpoint(str(one), found.port) for one in found.nameservers[:3] if parse_address(str(one)))


async def ask_dns(
    domain: str, resolver: str, *, clock: Clock, seconds: float, label: str, gate: Gate | None = None
) -> LookupAnswer:
    """Ask one resolver ("address" or "address:port") all questions; `label` is the random one below the name.

    With a gate the questions go by TCP through it (a user's proxy carries no datagrams); else by UDP, and by TCP
    where an answer was cut.
    """
    asked_at = clock()
    asker = _Asker(*split_endpoint(resolver, 53), seconds, gate)
    first = [await asker.ask(domain, "SOA")]
    if not asker.silent:
        first.append(await asker.ask(domain, "A"))
    rest: list[Asked] = []
    if any(one.answer is not None and not _says_gone(one) for one in first):
        places = asyncio.Semaphore(_AT_ONCE)

        async def ask(name: str, kind: str) -> Asked:
            async with places:
                return await asker.ask(name, kind)

        wanted = [(domain, kind) for kind in QUESTIONS if kind not in ("SOA", "A")]
        wanted += [(f"www.{domain}", "A"), (f"{label}.{domain}", "A")]
        rest = list(await asyncio.gather(*(ask(name, kind) for name, kind in wanted)))
    raw = write_dns(domain, resolver, f"{label}.{domain}", (*first, *rest))
    return read_dns(raw, asked_at)


async def ask_name(name: str, resolver: str, *, seconds: float, gate: Gate | None = None) -> Asked:
    """One question for the address of a name."""
    return await _Asker(*split_endpoint(resolver, 53), seconds, gate).ask(name, "A")


def find_split(answers: Sequence[LookupAnswer]) -> tuple[str, ...]:
    """Where resolvers contradict each other: one says that the name is not there, or no address is common to two.

    A service that answers each region otherwise does that too: a split is something to look at, no verdict.
    """
    told = [answer for answer in answers if answer.outcome in (LookupOutcome.OK, LookupOutcome.NO_SUCH_NAME)]
    splits = []
    gone = [one.server for one in told if one.outcome is LookupOutcome.NO_SUCH_NAME]
    there = [one for one in told if one.outcome is LookupOutcome.OK]
    if gone and there:
        splits.append(f"{', '.join(gone)}: no such name; {', '.join(one.server for one in there)}: there is")
    addresses = [(one.server, set(one.facts.values("A"))) for one in there if isinstance(one.facts, DnsFacts)]
    for number, (server, values) in enumerate(addresses):
        for other, others in addresses[number + 1 :]:
            if values and others and not values & others:
                splits.append(f"{server}: {_few(values)}; {other}: {_few(others)}")
            elif bool(values) != bool(others):
                having, lacking = (server, other) if values else (other, server)
                splits.append(f"{having} gives {_few(values or others)}; {lacking} gives no address")
    return tuple(splits[:20])


def _few(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)[:4])


def _says_gone(asked: Asked) -> bool:
    return asked.code == "NXDOMAIN"


def _endpoint(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@dataclass
class _Asker:
    """Asks one resolver; remembers that it is silent, so that eight questions do not wait eight times."""

    host: str
    port: int
    seconds: float
    gate: Gate | None
    silent: bool = False

    async def ask(self, name: str, kind: str) -> Asked:
        if self.silent:
            return Asked(name, kind, None, "timeout", "not asked: this resolver is silent")
        try:
            question = dns.message.make_query(name, kind, use_edns=0, payload=_PAYLOAD)
        except (dns.exception.DNSException, UnicodeError, ValueError):
            return Asked(name, kind, None, "error", "not a name that DNS can hold")
        try:
            answer = await self._exchange(question)
            if answer.rcode() == dns.rcode.FORMERR and not answer.answer:  # an old server that knows no EDNS
                question.use_edns(-1)
                answer = await self._exchange(question)
        except (dns.exception.Timeout, TimeoutError):
            self.silent = True
            return Asked(name, kind, None, "timeout", f"no answer within {self.seconds:g} s")
        except LookupFailed as failed:
            return Asked(name, kind, None, str(failed.outcome), failed.detail)
        except ConnectionRefusedError:
            self.silent = True
            return Asked(name, kind, None, "refused", "nobody listens there")
        except OSError as error:
            away = not self.host.startswith("127.") and not has_route()
            detail = "this machine has no network route" if away else error.strerror or type(error).__name__
            return Asked(name, kind, None, "offline" if away else "error", detail)
        except (dns.exception.DNSException, dns.query.BadResponse, EOFError, ValueError, struct.error) as error:
            return Asked(name, kind, None, "error", f"a malformed answer ({type(error).__name__})")
        return Asked(name, kind, answer)

    async def _exchange(self, question: dns.message.Message) -> dns.message.Message:
        if self.gate is not None:
            async with open_lane(self.gate, self.seconds) as lane:
                return await _ask_stream(lane, self.host, self.port, question)
        share = self.seconds / _TRIES
        for last in (False, True):
            try:
                answer = await dns.asyncquery.udp(
                    question, self.host, timeout=share, port=self.port, ignore_unexpected=True, ignore_trailing=True
                )
                break
            except dns.exception.Timeout:
                if last:
                    raise
        if answer.flags & dns.flags.TC:
            return await dns.asyncquery.tcp(question, self.host, timeout=self.seconds, port=self.port)
        return answer


async def _ask_stream(lane: Lane, host: str, port: int, question: dns.message.Message) -> dns.message.Message:
    async with connect(lane, host, port) as (reader, writer):
        wire = question.to_wire()
        writer.write(struct.pack(">H", len(wire)) + wire)
        (length,) = struct.unpack(">H", await reader.readexactly(2))
        answer = dns.message.from_wire(await reader.readexactly(length), ignore_trailing=True)
    if not question.is_response(answer):
        raise dns.query.BadResponse
    return answer
