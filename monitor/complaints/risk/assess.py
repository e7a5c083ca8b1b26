"""Judges what is known of a platform: each sign with its proof and a word for its weight. Pure; no total score.

What was not looked at is unknown, with the reason; what was looked at and not found is unseen. Signs from own cases are
经营异常迹象 and stay on this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from monitor.complaints.risk.book import Limits, RiskBook, load_risk
from monitor.complaints.risk.metrics import measure_cases
from monitor.complaints.risk.model import Factor, RiskAnswer, RiskInput, Weight
from monitor.complaints.risk.own_cases import judge_burst, judge_withdrawals
from monitor.complaints.risk.prices import judge_prices
from monitor.config.complaints import ComplaintSettings
from monitor.findings.empty_pages import says_no_rule, shows_nothing_of_shop
from monitor.findings.model import FindingKind, SiteFinding
from monitor.operators.kind_words import STATE_WORDS
from monitor.operators.model import Band
from monitor.review.laws import find_articles
from monitor.times import SHANGHAI, show_time
from scrapers.contacts import find_licences
from scrapers.model import FactKind, Role
from storage.identity import SiteState
from storage.model import Severity

_ORDER = (Weight.GRAVE, Weight.HEED, Weight.UNKNOWN, Weight.UNSEEN)
_MOST_PROOF = 6
_SILENT = (
    FindingKind.CHANGED_SILENTLY,
    FindingKind.SHORT_NOTICE,
    FindingKind.BACKDATED,
    FindingKind.APPLIES_BACKWARDS,
    FindingKind.EFFECTIVE_BEFORE_PUBLISHED,
)
_GONE = (SiteState.DEAD, SiteState.EXPIRED, SiteState.HELD, SiteState.PARKED, SiteState.FILTERED)

Judge = Callable[[RiskInput, Limits], Factor]


def assess_risk(known: RiskInput, settings: ComplaintSettings) -> RiskAnswer:
    """The answer for one platform at one moment."""
    book = load_risk()
    judged = [_name(_JUDGES[name](known, book.limits), name, book, known.at) for name in book.factors]
    factors = tuple(sorted(judged, key=lambda one: _ORDER.index(one.weight)))
    counts = {weight: sum(one.weight is weight for one in factors) for weight in Weight}
    return RiskAnswer(
        known.asked,
        known.platforms,
        known.at,
        f"严重{counts[Weight.GRAVE]}项、注意{counts[Weight.HEED]}项；另有{counts[Weight.UNKNOWN]}项未知、"
        f"{counts[Weight.UNSEEN]}项未见。这是按证据排列的清单，不是评分，也不等于认定违法",
        factors,
        measure_cases(known.cases, known.at, settings),
        len(known.cases),
        known.figures,
        known.notes,
    )


def _name(factor: Factor, name: str, book: RiskBook, at: datetime) -> Factor:
    """The factor under its name, with the articles in force where it is a sign at all."""
    title, ids = book.factors[name]
    told = factor.weight in (Weight.GRAVE, Weight.HEED)
    articles = factor.articles or (find_articles(ids, at=at.astimezone(SHANGHAI).date()) if told else ())
    return Factor(
        name,
        title,
        factor.weight,
        factor.sentence,
        tuple(dict.fromkeys(factor.captures))[:_MOST_PROOF],
        factor.cases[:_MOST_PROOF],
        factor.other_proof[:_MOST_PROOF],
        factor.quote,
        articles,
        factor.local,
    )


def _say(weight: Weight, sentence: str) -> Factor:
    return Factor("", "", weight, sentence)


def _of_finding(found: Sequence[SiteFinding], more: str = "") -> Factor:
    """A factor of findings: the gravest tells it; one that a person must look at first is never grave."""
    first = max(found, key=lambda one: (one.severity.rank, not one.needs_human))
    grave = first.severity.rank >= Severity.HIGH.rank and not first.needs_human
    several = f"（共{len(found)}处）" if len(found) > 1 else ""
    doubt = "；须人工核对" if first.needs_human else ""
    return Factor(
        "",
        "",
        Weight.GRAVE if grave else Weight.HEED,
        f"{first.sentence}{several}{more}{doubt}",
        tuple(capture for one in found for capture in one.captures),
        other_proof=tuple(change for one in found for change in one.changes),
        quote=first.quote[:120],
    )


def _of_kinds(known: RiskInput, *kinds: FindingKind) -> list[SiteFinding]:
    return [one for one in known.findings if one.kind in kinds and one.severity is not Severity.NONE]


def _not_seen(known: RiskInput, what: str) -> Factor:
    read = sum(not shows_nothing_of_shop(sight.version.reading) for sight in known.sights)
    if not read:
        return _say(Weight.UNKNOWN, f"没有读到这个平台有内容的页面，{what}未知")
    return _say(Weight.UNSEEN, f"在已监测的{read}个页面中没有发现{what}方面的问题")


def _judge_identity(known: RiskInput, _limits: Limits) -> Factor:
    found = _of_kinds(known, FindingKind.IDENTITY_NOT_SHOWN)
    return _of_finding(found) if found else _not_seen(known, "经营主体信息")


def _judge_filing(known: RiskInput, _limits: Limits) -> Factor:
    homes = [sight for sight in known.sights if sight.page.role is Role.HOME]
    shown = [
        sight
        for sight in known.sights
        if "icp" in find_licences(sight.seen_text)
        or any(fact.kind is FactKind.LICENCE and fact.qualifier == "icp" for fact in sight.version.reading.facts)
    ]
    if shown:
        captures = tuple(sight.version.capture_id for sight in shown)
        return Factor("", "", Weight.UNSEEN, "页面标有备案号（真伪要到备案系统核对）", captures)
    if not homes:
        return _say(Weight.UNKNOWN, "首页没有抓取，有没有标备案号未知")
    day = show_time(max(sight.at for sight in homes))[:10]
    return Factor(
        "",
        "",
        Weight.HEED,
        f"{day}所见的首页没有标备案号（服务器在境内的应当标明；图片中的文字未核对）",
        tuple(sight.version.capture_id for sight in homes),
    )


def _judge_numbers(known: RiskInput, _limits: Limits) -> Factor:
    found = _of_kinds(known, FindingKind.NUMBER_NOT_GENUINE, FindingKind.PLACES_DISAGREE)
    if not found and known.sights and not any(find_licences(sight.seen_text) for sight in known.sights):
        return _say(Weight.UNKNOWN, "页面没有写证照或备案编号，无从核对真假")
    return _of_finding(found) if found else _not_seen(known, "证照编号")


def _judge_respondent(known: RiskInput, _limits: Limits) -> Factor:
    if known.who is None or not known.sites:
        return _say(Weight.UNKNOWN, "没有站点记录，被投诉人未知")
    best = known.who.first
    if best is None:
        return _say(Weight.HEED, f"{known.who.conclusion}；没有名称和地址，12315投诉会被要求补正")
    sure = best.band is Band.CONFIRMED
    proof = tuple(one for row in best.rows for one in row.proof[:1])
    return Factor(
        "",
        "",
        Weight.UNSEEN if sure else Weight.HEED,
        known.who.conclusion,
        tuple(one for one in proof if one.startswith("c-")),
        other_proof=tuple(one for one in proof if not one.startswith("c-")),
        local=not sure,
    )


def _judge_contact(known: RiskInput, _limits: Limits) -> Factor:
    found = _of_kinds(known, FindingKind.CONTACT_NOT_SHOWN)
    return _of_finding(found) if found else _not_seen(known, "联系方式")


def _judge_complaints(known: RiskInput, _limits: Limits) -> Factor:
    found = _of_kinds(known, FindingKind.COMPLAINTS_NOT_SHOWN)
    return _of_finding(found) if found else _not_seen(known, "投诉渠道")


def _judge_clauses(known: RiskInput, limits: Limits) -> Factor:
    reviewed = (Role.TERMS, Role.PRODUCT, Role.NOTICE, Role.HOME)
    rules = [one for one in known.sights if one.page.role in reviewed and not says_no_rule(one.version.reading)]
    if not rules:
        return _say(Weight.UNKNOWN, "没有读到规则或商品页面，条款未知")
    every = [one for one in known.clauses if one.finding.severity.rank >= Severity.MEDIUM.rank]
    shown = [one for one in every if one.finding.quotable]
    found = [one for one in shown if not one.finding.guessed]
    unseen, alike = len(every) - len(shown), len(shown) - len(found)
    aside = f"；另有{unseen}处只在页面的隐藏内容或图片文字中读到，没有计入，须人工核对" if unseen else ""
    if alike:
        aside += f"；另有{alike}处只是与这类条款相像，没有计入，须人工核对"
    if not found:
        told = f"在已读到的{len(rules)}个页面显示的文字中没有认出不公平条款{aside}"
        if not aside:
            return _say(Weight.UNSEEN, told)
        return Factor("", "", Weight.HEED, told, tuple(one.sight.version.capture_id for one in every))
    found.sort(key=lambda one: (-one.finding.severity.rank, one.finding.needs_human))
    sure = [one for one in found if not one.finding.needs_human]
    high = sum(one.finding.severity.rank >= Severity.HIGH.rank for one in sure)
    critical = any(one.finding.severity is Severity.CRITICAL for one in sure)
    grave = critical or high >= limits.clauses_grave
    names = "、".join(dict.fromkeys(one.finding.name for one in found[:8]))
    day = show_time(max(one.sight.at for one in found))[:10]
    return Factor(
        "",
        "",
        Weight.GRAVE if grave else Weight.HEED,
        f"{day}为止最近抓取的页面中显示有{len(found)}处可能不公平的条款：{names}（是否无效由法院认定）{aside}",
        tuple(one.sight.version.capture_id for one in found),
        quote=found[0].finding.text[:120],
        articles=tuple({law.id: law for one in found[:3] for law in one.finding.laws}.values())[:6],
    )


def _judge_changes(known: RiskInput, limits: Limits) -> Factor:
    since = known.at - timedelta(days=limits.change_days)
    found = [one for one in _of_kinds(known, *_SILENT) if one.at >= since]
    unsure = [one for one in known.findings if one.kind is FindingKind.NOTICE_UNKNOWN and one.at >= since]
    if found:
        return _of_finding(found)
    if unsure:
        told = f"{limits.change_days}天内有{len(unsure)}处规则修改，公告页没有抓取，是否公示不明"
        captures = tuple(capture for one in unsure for capture in one.captures)
        return Factor("", "", Weight.HEED, told, captures)
    if not known.rules_watched:
        return _say(Weight.UNKNOWN, f"{limits.change_days}天内没有对规则页的两次以上抓取，有没有改过未知")
    return _say(Weight.UNSEEN, f"{limits.change_days}天内对{known.rules_watched}个页面的抓取中没有发现未公示的规则修改")


def _judge_moves(known: RiskInput, limits: Limits) -> Factor:
    if not known.sites:
        return _say(Weight.UNKNOWN, "没有站点记录，是否换过域名未知")
    since = known.at - timedelta(days=limits.move_days)
    moves = [move for move in known.moves if since <= move.since <= known.at]
    more = f"；另有{known.candidates}个未确认的候选没有计入" if known.candidates else ""
    if not moves:
        return _say(Weight.UNSEEN, f"{limits.move_days}天内没有确认的更换域名{more}")
    told = "；".join(f"{move.before}→{move.after}（{show_time(move.since)[:10]}起）" for move in moves[:4])
    return Factor(
        "",
        "",
        Weight.GRAVE if len(moves) >= limits.moves_grave else Weight.HEED,
        f"{limits.move_days}天内更换域名{len(moves)}次：{told}{more}",
        other_proof=tuple(proof for move in moves for _, _, proof in move.signals if proof),
    )


def _judge_site(known: RiskInput, _limits: Limits) -> Factor:
    current = [one for one in known.periods if one.ended_at is None]
    if not current or all(one.state is SiteState.UNKNOWN for one in current):
        return _say(Weight.UNKNOWN, "没有最近的站点状态记录（cardwatch lookup 可查）")
    gone = [one for one in current if one.state in _GONE]
    if not gone:
        return _say(
            Weight.UNSEEN,
            "站点状态正常（" + "、".join(f"{one.site} {STATE_WORDS[one.state]}" for one in current[:3]) + "）",
        )
    live = [one for one in current if one.state is SiteState.ACTIVE]
    told = "、".join(f"{one.site} {STATE_WORDS[one.state]}（{show_time(one.since)[:10]}起）" for one in gone[:4])
    return Factor(
        "",
        "",
        Weight.HEED if live else Weight.GRAVE,
        told + ("；另有站点仍在使用" if live else "；没有看到仍在使用的站点"),
        other_proof=tuple(proof for one in gone for proof in one.proof),
    )


_JUDGES: dict[str, Judge] = {
    "identity": _judge_identity,
    "filing": _judge_filing,
    "numbers": _judge_numbers,
    "respondent": _judge_respondent,
    "contact": _judge_contact,
    "complaints": _judge_complaints,
    "clauses": _judge_clauses,
    "changes": _judge_changes,
    "moves": _judge_moves,
    "site": _judge_site,
    "withdrawals": judge_withdrawals,
    "burst": judge_burst,
    "price": judge_prices,
}
