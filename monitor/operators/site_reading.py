"""Makes one look at a site out of what a run brought: captures of its pages and answers of lookups.

Pure. What was captured with a browser counts before a plain HTTP look. Whether a page is the site as we know it is told
by the values that it showed before; where nothing is known yet, an open page is taken as the site itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.operators.parking import Standin, is_sinkhole, recognise_nameservers, recognise_page, recognise_target
from monitor.operators.site_looks import ContentPart, HttpPart, Network, SiteLook
from monitor.outcomes import OWN_TROUBLE, is_readable, left_site
from scrapers.domains import registrable_domain, site_of_host
from scrapers.lookups.model import DnsFacts, HttpFacts, LookupAnswer, RegistryFacts
from scrapers.model import Outcome, Reason, Role
from scrapers.text import readable_text
from storage.identity import SiteState
from storage.model import StoredCapture

_LOCKS = frozenset({Reason.LOGIN, Reason.CAPTCHA, Reason.CHALLENGE, Reason.GATE, Reason.MAINTENANCE})
_LOCK_STATUS = frozenset({401, 403, 407, 429, 451})
_CONTENT = {
    SiteState.PARKED: ContentPart.PARKED,
    SiteState.EXPIRED: ContentPart.EXPIRED,
    SiteState.FILTERED: ContentPart.BLOCK_PAGE,
    SiteState.DEAD: ContentPart.NO_SITE,
}
_FAILURES = {
    Reason.REFUSED: HttpPart.REFUSED,
    Reason.CONNECT_TIMEOUT: HttpPart.TIMEOUT,
    Reason.TIMEOUT: HttpPart.TIMEOUT,
    Reason.UNREACHABLE: HttpPart.FAILED,
    Reason.RESET: HttpPart.FAILED,
    Reason.EMPTY_ANSWER: HttpPart.FAILED,
    Reason.TLS: HttpPart.FAILED,
}
_OUTCOMES = {"refused": HttpPart.REFUSED, "timeout": HttpPart.TIMEOUT, "server_failure": HttpPart.FAILED}
_BEST = (
    ContentPart.OWN,
    ContentPart.PARKED,
    ContentPart.EXPIRED,
    ContentPart.BLOCK_PAGE,
    ContentPart.CHANGED,
    ContentPart.NO_SITE,
    ContentPart.EMPTY,
    ContentPart.UNSEEN,
)
_GONE_STATUS = frozenset({404, 410})
_CUT_OFF = "ERR_CONNECTION_RESET"  # the connection stood already: a reset before that is the gate's word
_LEAST_KNOWN = 2  # so many values must be known before their absence says that the content is another
_MOST_HTML = 200_000


@dataclass(frozen=True)
class SeenPage:
    """A capture with what a reader needs beside it: the page's text, and whether a known value stood in it."""

    capture: StoredCapture
    text: str = ""
    recognised: bool | None = None  # None: nothing was known to compare with


@dataclass(frozen=True)
class Answer:
    """An answer of a lookup, and the id under which it is kept."""

    answer: LookupAnswer
    id: str = ""


def recognises(known: Iterable[str], shown: Iterable[str]) -> bool | None:
    """Whether any known value is shown again; None where too little is known to say."""
    wanted = frozenset(known)
    return None if len(wanted) < _LEAST_KNOWN else not wanted.isdisjoint(shown)


def build_look(
    site: str,
    at: datetime,
    *,
    pages: Sequence[SeenPage] = (),
    answers: Sequence[Answer] = (),
    network: Network = Network.UNKNOWN,
    silent_resolvers: Sequence[str] = (),
    known_values: frozenset[str] = frozenset(),
) -> SiteLook:
    """One look at a site from the captures and answers of about one moment.

    Resolvers that answered nothing at all (`silent_resolvers`) are left out: theirs is no word about this name.
    """
    look = SiteLook(site, at, network=network)
    seen = [_look_at_page(look, page) for page in pages]
    told = [part for part in seen if part is not None]
    if told:
        look = _best_page(told)
    answers = [one for one in answers if one.answer.server not in silent_resolvers]
    look = _add_names(look, [one for one in answers if one.answer.kind == "dns"])
    look = _add_registry(look, [one for one in answers if one.answer.kind in ("rdap", "whois")])
    if not told:
        for one in answers:
            if one.answer.kind == "http":
                look = _add_http(look, one, known_values)
    return replace(look, at=at, proof=tuple(dict.fromkeys(proof for proof in look.proof if proof)))


def _look_at_page(look: SiteLook, page: SeenPage) -> SiteLook | None:
    """What one capture says, None where it says nothing about the site."""
    capture = page.capture
    if capture.reason in OWN_TROUBLE:
        return None
    found = replace(look, proof=(capture.id,), status=capture.status or 0)
    if is_readable(capture.outcome):
        return _look_at_open_page(found, page)
    if capture.reason in _LOCKS or capture.status in _LOCK_STATUS:
        return replace(found, http=HttpPart.LOCKED, words=capture.detail or capture.reason)
    if capture.reason == Reason.SUSPENDED:
        standin = recognise_page(capture.title, f"{capture.detail} {page.text}")
        content = _CONTENT[standin.state] if standin else ContentPart.BLOCK_PAGE
        return replace(found, http=HttpPart.OK, content=content, words=standin.sign if standin else capture.detail)
    if capture.outcome is Outcome.BLOCKED:
        return replace(found, http=HttpPart.OK, content=ContentPart.EMPTY)
    if capture.reason == Reason.DNS_NO_SUCH_NAME:
        return replace(found, answers=(("browser", "no_such_name"),))
    if capture.reason == Reason.DNS_FAILURE:
        return replace(found, answers=(("browser", "server_failure"),))
    if capture.reason.startswith("http_"):
        one_page_only = capture.status in _GONE_STATUS and capture.page.role is not Role.HOME
        return replace(found, http=HttpPart.OK if one_page_only else HttpPart.ERROR)
    if capture.reason == Reason.RESET and capture.page.url.startswith("https:") and _CUT_OFF in capture.detail:
        return replace(found, http=HttpPart.RESET)
    failure = _FAILURES.get(Reason(capture.reason)) if capture.reason in set(Reason) else None
    return replace(found, http=failure) if failure else None


def _look_at_open_page(found: SiteLook, page: SeenPage) -> SiteLook:
    capture = page.capture
    target = left_site(capture)
    if target:
        standin = recognise_target(capture.final_url) or recognise_page(capture.title, page.text)
        if standin is not None:
            return _with_standin(found, standin)
        return replace(found, http=HttpPart.REDIRECT, target=target)
    standin = recognise_page(capture.title, page.text)
    if standin is not None:
        return _with_standin(found, standin)
    content = ContentPart.CHANGED if page.recognised is False else ContentPart.OWN
    return replace(found, http=HttpPart.OK, content=content, compared=page.recognised is True)


def _with_standin(found: SiteLook, standin: Standin) -> SiteLook:
    return replace(found, http=HttpPart.OK, content=_CONTENT[standin.state], words=standin.sign)


def _best_page(looks: Sequence[SiteLook]) -> SiteLook:
    """The look that says most for the site being there; its proof comes first, the others' follow."""

    def rank(look: SiteLook) -> tuple[int, int]:
        redirect = look.http is HttpPart.REDIRECT
        order = 1 if redirect else _BEST.index(look.content) + (look.content is not ContentPart.OWN)
        alive = look.http in (HttpPart.OK, HttpPart.LOCKED, HttpPart.REDIRECT)
        return order, 0 if alive else 1

    ranked = sorted(looks, key=rank)
    proof = tuple(proof for look in ranked for proof in look.proof)
    answers = tuple(dict.fromkeys(answer for look in ranked for answer in look.answers))
    return replace(ranked[0], proof=proof, answers=answers)


def _add_names(look: SiteLook, answers: Sequence[Answer]) -> SiteLook:
    if not answers:
        return look
    told = tuple((one.answer.server, str(one.answer.outcome)) for one in answers)
    facts = [(one.answer.server, one.answer.facts) for one in answers if isinstance(one.answer.facts, DnsFacts)]
    nameservers = sorted({value for _, fact in facts for value in fact.values("NS")})
    aliases = sorted({value for _, fact in facts for value in fact.values("CNAME")})
    standin = recognise_nameservers(nameservers, aliases)
    return replace(
        look,
        answers=(*told, *look.answers),
        split=_find_split(told, facts),
        parked_by=standin.sign if standin and standin.state is SiteState.PARKED else "",
        proof=(*look.proof, *(one.id for one in answers)),
    )


def _find_split(told: Sequence[tuple[str, str]], facts: Sequence[tuple[str, DnsFacts]]) -> str:
    """Where resolvers contradict each other: a name that one does not know, or an address that leads nowhere."""
    addresses = {server: (*fact.values("A"), *fact.values("AAAA")) for server, fact in facts}
    sunk = {server: found[0] for server, found in addresses.items() if found and all(map(is_sinkhole, found))}
    real = {server for server, found in addresses.items() if found and server not in sunk}
    missing = [server for server, outcome in told if outcome == "no_such_name"]
    if not real:
        return ""
    if sunk:
        server, address = sorted(sunk.items())[0]
        return f"{server}: {address}"
    return f"{sorted(missing)[0]}: 查无此名" if missing else ""


def _add_registry(look: SiteLook, answers: Sequence[Answer]) -> SiteLook:
    telling = [one for one in answers if str(one.answer.outcome) in ("ok", "no_such_name")]
    for one in sorted(telling, key=lambda one: one.answer.asked_at):
        fact = one.answer.facts
        look = replace(look, registry=str(one.answer.outcome), proof=(*look.proof, one.id))
        if not isinstance(fact, RegistryFacts):
            continue
        registered = fact.registered_at.date() if fact.registered_at else None
        same = registered is not None and registered == look.registered_on
        look = replace(
            look,
            statuses=tuple(dict.fromkeys((*look.statuses, *fact.status))),
            registered_on=registered or look.registered_on,
            registered_by=(look.registered_by if same else frozenset()) | {one.answer.kind}
            if registered
            else look.registered_by,
            expires_on=fact.expires_at.date() if fact.expires_at else look.expires_on,
        )
    return look


def _add_http(look: SiteLook, one: Answer, known_values: frozenset[str]) -> SiteLook:
    answer, fact = one.answer, one.answer.facts
    look = replace(look, proof=(*look.proof, one.id))
    if not isinstance(fact, HttpFacts) or not fact.status:
        failure = _OUTCOMES.get(str(answer.outcome))
        return replace(look, http=failure) if failure else look
    look = replace(look, status=fact.status)
    if fact.status in _LOCK_STATUS:
        return replace(look, http=HttpPart.LOCKED)
    text = readable_text(fact.html[:_MOST_HTML]) if fact.html else ""
    arrived = registrable_domain(fact.final_url)
    away = arrived != "" and arrived != site_of_host(look.site.partition("/")[0])
    standin = (recognise_target(fact.final_url) if away else None) or recognise_page(fact.title, text)
    if standin is not None:
        return _with_standin(look, standin)
    if fact.status >= 400:
        return replace(look, http=HttpPart.ERROR)
    if away:
        return replace(look, http=HttpPart.REDIRECT, target=arrived)
    # A page without its scripts may show nothing of the site: only what is there says something.
    found = any(len(value) >= 5 and value in fact.html for value in known_values)
    own = found or not known_values
    return replace(look, http=HttpPart.OK, content=ContentPart.OWN if own else ContentPart.UNSEEN, compared=found)
