"""Says what a capture's outcome means beside the one before it: gone, blocked, moved, back.

Takes two stored captures of one page, gives a Difference of class `outcome` or None. A trouble of our own network
is never a fact about a platform, and says nothing here.
"""

from __future__ import annotations

from scrapers.domains import registrable_domain as registrable_domain
from scrapers.model import Outcome, Reason
from storage.model import ChangeClass, Difference, Effect, Severity, StoredCapture

READABLE = frozenset({Outcome.COMPLETE, Outcome.PARTIAL})

# Troubles that may pass by themselves: worth a second try within the run. Locks and verdicts are not.
TRANSIENT = frozenset(
    {
        Reason.DNS_FAILURE,
        Reason.CONNECT_TIMEOUT,
        Reason.UNREACHABLE,
        Reason.RESET,
        Reason.TIMEOUT,
        Reason.CRASH,
        Reason.MEMORY,
        Reason.BROWSER,
        Reason.OWN_NETWORK,
        Reason.EMPTY_ANSWER,
    }
)
_TRANSIENT_STATUS = frozenset({"http_408", "http_425", "http_429", "http_500", "http_502", "http_503", "http_504"})

# Troubles of this machine: they say nothing about the page.
OWN_TROUBLE = frozenset(
    {
        Reason.OWN_NETWORK,
        Reason.CRASH,
        Reason.MEMORY,
        Reason.BROWSER,
        Reason.FORBIDDEN_ADDRESS,
        Reason.SESSION,
    }
)

_WORDS = {
    Reason.LOGIN: "要求登录后才能查看",
    Reason.CAPTCHA: "只显示验证码",
    Reason.CHALLENGE: "只显示浏览器验证（未尝试绕过）",
    Reason.GATE: "只显示“请在其他浏览器打开”的提示",
    Reason.MAINTENANCE: "显示网站维护",
    Reason.EMPTY_SHELL: "页面为空壳，没有内容",
    Reason.SOFT_404: "页面称内容不存在（但返回正常状态）",
    Reason.DNS_NO_SUCH_NAME: "域名无法解析（查无此名）",
    Reason.DNS_FAILURE: "域名解析失败",
    Reason.REFUSED: "服务器拒绝连接",
    Reason.CONNECT_TIMEOUT: "连接超时",
    Reason.UNREACHABLE: "服务器不可达",
    Reason.RESET: "连接被中断",
    Reason.TLS: "安全连接（TLS）失败",
    Reason.TIMEOUT: "页面在时限内没有打开",
    Reason.DOWNLOAD: "地址返回的是文件，不是页面",
    Reason.REDIRECT_LOOP: "页面循环跳转",
    Reason.UNSAFE_REDIRECT: "跳转到不是网页的地址",
    Reason.EMPTY_ANSWER: "服务器没有返回内容",
    Reason.SESSION: "登录会话不可用，未访问页面",
}


def is_readable(outcome: Outcome) -> bool:
    """Whether a capture of this outcome shows the page itself and may become a version."""
    return outcome in READABLE


def is_transient(outcome: Outcome, reason: str) -> bool:
    """Whether trying again soon may help."""
    return outcome is Outcome.FAILED and (reason in TRANSIENT or reason in _TRANSIENT_STATUS)


def left_site(capture: StoredCapture) -> str:
    """The other site's domain when a readable capture ended on a site that is not the page's own, else ""."""
    if not is_readable(capture.outcome) or not capture.final_url:
        return ""
    arrived = registrable_domain(capture.final_url)
    return arrived if arrived and arrived != registrable_domain(capture.page.url) else ""


def say_outcome(capture: StoredCapture) -> str:
    """One Chinese phrase for what a capture met."""
    other = left_site(capture)
    if other:
        return f"跳转到另一个网站 {other}"
    if is_readable(capture.outcome):
        return (
            "可以正常打开" if not capture.certificate_error else f"可以打开，但证书有误（{capture.certificate_error}）"
        )
    if capture.reason.startswith("http_"):
        return f"服务器返回错误 {capture.reason.removeprefix('http_')}"
    return _WORDS.get(Reason(capture.reason), capture.reason) if capture.reason in set(Reason) else capture.reason


def outcome_state(capture: StoredCapture) -> str:
    """One word that is equal for two captures that met the same thing."""
    other = left_site(capture)
    if other:
        return f"moved:{other}"
    if is_readable(capture.outcome):
        return f"open:{capture.certificate_error}"
    return f"{capture.outcome}:{capture.reason}"


def compare_outcomes(before: StoredCapture | None, after: StoredCapture) -> Difference | None:
    """The transition between two captures of one page, or None when the state is the same or the trouble is ours.

    Kinds: site_moved (high), site_unreachable and page_gone (medium), page_blocked (low, login medium),
    certificate_bad (medium), site_back (none).
    """
    if after.reason in OWN_TROUBLE:
        return None
    state = outcome_state(after)
    if before is None:
        if state == "open:":
            return None
    elif outcome_state(before) == state:
        return None
    kind, severity, effect = _judge(after)
    said_before = say_outcome(before) if before else ""
    said_after = say_outcome(after)
    reason = f"由“{said_before}”变为“{said_after}”" if said_before else f"首次抓取时{said_after}"
    if kind == "site_moved":
        reason += f"：原地址 {after.page.url} 现在跳到 {after.final_url}，是否为同一经营者尚需核实"
    return Difference(
        change_class=ChangeClass.OUTCOME,
        severity=severity,
        effect=effect,
        kinds=(kind,),
        subject=after.page.url,
        before=said_before,
        after=said_after,
        reason=reason,
    )


def _judge(capture: StoredCapture) -> tuple[str, Severity, Effect]:
    if left_site(capture):
        return "site_moved", Severity.HIGH, Effect.WORSE
    if is_readable(capture.outcome):
        if capture.certificate_error:
            return "certificate_bad", Severity.MEDIUM, Effect.WORSE
        return "site_back", Severity.NONE, Effect.NEUTRAL
    if capture.outcome is Outcome.BLOCKED:
        if capture.reason == Reason.SOFT_404:
            return "page_gone", Severity.MEDIUM, Effect.WORSE
        severity = Severity.MEDIUM if capture.reason in {Reason.LOGIN, Reason.EMPTY_SHELL} else Severity.LOW
        return "page_blocked", severity, Effect.WORSE
    if capture.reason in {"http_404", "http_410", Reason.SOFT_404}:
        return "page_gone", Severity.MEDIUM, Effect.WORSE
    return "site_unreachable", Severity.MEDIUM, Effect.WORSE
