"""One look at a site, and the state that it speaks for: registry × HTTP × content, one after the other.

Pure. `judge_look` gives a sign or None where the look says nothing: an error of ours, a resolver that did not answer,
a name that resolves and was not opened. A server that does not let us in may let in others, so that alone is never
death but a site that we cannot see. It takes no decision; `site_state` does, from several looks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from storage.identity import SiteState

DEAD_SOURCES = 2
"""So many resolvers (or a resolver and the register) must say that a name is not there."""

_HOLDS = frozenset({"clientHold", "serverHold", "inactive"})
_DROPPING = frozenset({"redemptionPeriod", "pendingDelete", "pendingRestore"})
_SHOWN = 60


class Network(StrEnum):
    """How our own network was at a look, as canaries or other sites of the same run show."""

    OK = "ok"
    PARTIAL = "partial"
    DOWN = "down"
    UNKNOWN = "unknown"


class HttpPart(StrEnum):
    """What came over HTTP."""

    UNASKED = ""
    OK = "ok"
    REDIRECT = "redirect"
    ERROR = "error"  # a status of 400 and above that is no lock
    LOCKED = "locked"  # a captcha, a login, 403: somebody is there
    REFUSED = "refused"
    TIMEOUT = "timeout"
    RESET = "reset"  # cut off after the name was named in the TLS handshake
    FAILED = "failed"  # any other failure of the connection


class ContentPart(StrEnum):
    """What the page was."""

    UNSEEN = ""
    OWN = "own"  # the site as we know it: same software, same identifiers
    CHANGED = "changed"  # a page, but nothing of what was known
    PARKED = "parked"
    EXPIRED = "expired"
    BLOCK_PAGE = "block_page"
    NO_SITE = "no_site"  # the web server's own page
    EMPTY = "empty"


@dataclass(frozen=True)
class SiteLook:
    """One check of a site.

    `answers` are (resolver, outcome) with the outcomes of lookups; `split` says that resolvers contradict each other
    about where the site is; `registry` is the outcome of RDAP or WHOIS ("" where not asked), `registered_by` who told
    the day of registration. `compared` says that something known of the site stood on the page again. `parked_by` is a
    parking service among name servers or aliases, `words` what was seen.
    """

    site: str
    at: datetime
    network: Network = Network.UNKNOWN
    answers: tuple[tuple[str, str], ...] = ()
    split: str = ""
    registry: str = ""
    statuses: tuple[str, ...] = ()
    registered_on: date | None = None
    registered_by: frozenset[str] = frozenset()
    expires_on: date | None = None
    parked_by: str = ""
    http: HttpPart = HttpPart.UNASKED
    status: int = 0
    target: str = ""
    content: ContentPart = ContentPart.UNSEEN
    compared: bool = False
    words: str = ""
    proof: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether anything that is there answered: the name resolved, or a page came."""
        resolved = any(outcome == "ok" for _, outcome in self.answers)
        return resolved or self.http in (HttpPart.OK, HttpPart.REDIRECT, HttpPart.ERROR, HttpPart.LOCKED)


@dataclass(frozen=True)
class Sign:
    """The state that a look speaks for. `sources` are those who say that the name is gone."""

    state: SiteState
    reason: str
    registry: str = ""
    http: str = ""
    content: str = ""
    target: str = ""
    sources: frozenset[str] = field(default_factory=frozenset)


def judge_look(look: SiteLook, *, expires_on: date | None = None) -> Sign | None:
    """The sign that a look gives, None where it says nothing. What a page shows counts before what a register says."""
    if look.network is Network.DOWN:
        return None
    by_page = _judge_page(look)
    if by_page is not None:
        return by_page if look.network is not Network.PARTIAL or by_page.state is SiteState.ACTIVE else None
    if look.network is Network.PARTIAL:
        return None
    return _judge_register(look, expires_on) or _judge_answers(look, expires_on)


def _judge_page(look: SiteLook) -> Sign | None:
    """What a page or a redirect shows."""
    words = look.words[:_SHOWN]
    content = look.content
    if content is ContentPart.OWN:
        return _sign(look, SiteState.ACTIVE, f"网站可以打开{'，内容与此前一致' if look.compared else ''}")
    if content is ContentPart.PARKED:
        return _sign(look, SiteState.PARKED, f"页面是域名停放或出售页（{words}）")
    if content is ContentPart.EXPIRED:
        return _sign(look, SiteState.EXPIRED, f"页面是域名到期提示（{words}）")
    if content is ContentPart.BLOCK_PAGE:
        return _sign(look, SiteState.FILTERED, f"页面被拦截或提示页替代（{words}）")
    if look.http is HttpPart.REDIRECT and look.target:
        return _sign(look, SiteState.REDIRECTING, f"打开后跳转到 {look.target}", target=look.target)
    if content is ContentPart.CHANGED:
        return _sign(look, SiteState.ACTIVE, "网站可以打开，但内容与此前不同（可能已易手、改版或被篡改）")
    if look.http is HttpPart.LOCKED:
        return _sign(look, SiteState.ACTIVE, f"网站有人在管：打开时要求验证或登录（{words or look.status or '受限'}）")
    return None


def _judge_register(look: SiteLook, expires_on: date | None) -> Sign | None:
    """What the register says of a name that shows no page."""
    holds = [status for status in look.statuses if status in _HOLDS - {"inactive"}]
    if holds:
        said = "、".join(holds)
        reason = f"注册局状态为 {said}，域名被暂停解析（原因可能是实名、欠费、仲裁或违规，本身不说明任何过错）"
        return _sign(look, SiteState.HELD, reason)
    dropping = [status for status in look.statuses if status in _DROPPING]
    if dropping:
        return _sign(look, SiteState.EXPIRED, f"注册局状态为 {'、'.join(dropping)}，域名到期未续、等待赎回或删除")
    if look.parked_by:
        return _sign(look, SiteState.PARKED, f"域名服务器或别名属于停放服务（{look.parked_by[:_SHOWN]}）")
    passed = look.expires_on or expires_on
    if passed is not None and passed < look.at.date() and not look.answered and _all_missing(look):
        return _sign(look, SiteState.EXPIRED, f"域名已于 {passed.isoformat()} 到期，且不再解析")
    return None


def _judge_answers(look: SiteLook, expires_on: date | None) -> Sign | None:
    """What the resolvers and the connection say where there is no page."""
    if look.split:
        return _sign(look, SiteState.FILTERED, f"不同解析器的答案互相矛盾（{look.split[:_SHOWN]}）")
    resolved = any(outcome == "ok" for _, outcome in look.answers)
    if look.http is HttpPart.RESET and resolved:
        return _sign(look, SiteState.FILTERED, "解析正常，但在连接中报出该域名后即被中断")
    if look.network is not Network.OK:
        return None  # silence may be ours, and so may a name server that knows no name
    told = {server for server, outcome in look.answers if outcome == "no_such_name"}
    if told and not resolved and _all_missing(look):
        missing = {f"resolver {server}" for server in told}
        if look.registry == "no_such_name":
            missing.add("registry")
        return _sign(look, SiteState.DEAD, f"{len(told)} 个解析器均答复查无此域名", sources=frozenset(missing))
    silent = {server for server, outcome in look.answers if outcome in ("timeout", "server_failure", "refused")}
    if silent and len(silent) == len(look.answers):
        sources = frozenset(f"resolver {server}" for server in silent)
        return _sign(look, SiteState.DEAD, f"{len(silent)} 个解析器均得不到答案（对照站点正常）", sources=sources)
    if look.content is ContentPart.NO_SITE:
        return _unreachable(look, f"服务器给出的不是这个网站的页面（{look.words[:_SHOWN]}）")
    if look.http in (HttpPart.REFUSED, HttpPart.TIMEOUT, HttpPart.RESET, HttpPart.FAILED, HttpPart.ERROR):
        said = {
            HttpPart.REFUSED: "服务器拒绝连接",
            HttpPart.TIMEOUT: "连接超时",
            HttpPart.RESET: "连接被中断",
            HttpPart.FAILED: "无法建立连接",
            HttpPart.ERROR: f"服务器返回错误 {look.status}",
        }[look.http]
        return _unreachable(look, said)
    return None


def _unreachable(look: SiteLook, said: str) -> Sign:
    """A site that does not answer us as a site: it may be gone, or may shut us out or show itself to others only."""
    reason = f"从本机无法访问：{said}（对照站点正常）；可能只是不让本机访问，不能据此说网站已停用"
    return _sign(look, SiteState.UNKNOWN, reason)


def _all_missing(look: SiteLook) -> bool:
    """Whether every resolver that answered at all said that there is no such name."""
    told = [outcome for _, outcome in look.answers if outcome in ("ok", "no_such_name")]
    return bool(told) and all(outcome == "no_such_name" for outcome in told)


def _sign(
    look: SiteLook,
    state: SiteState,
    reason: str,
    *,
    target: str = "",
    sources: frozenset[str] = frozenset(),
) -> Sign:
    return Sign(
        state=state,
        reason=reason,
        registry=" ".join(look.statuses[:6]) or look.registry or _say_answers(look),
        http=look.http.value if not look.status else f"{look.http.value} {look.status}",
        content=look.content.value,
        target=target,
        sources=sources,
    )


def _say_answers(look: SiteLook) -> str:
    return " ".join(sorted({outcome for _, outcome in look.answers}))
