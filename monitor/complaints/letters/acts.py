"""Acts that a report may name: 行为—证据—条款—处罚依据, each from what pages showed. Never that a law was broken.

Takes the material of a report; only what captures in the list of evidence prove is an act. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from monitor.complaints.letters.charges import breached_by_conduct, name_charge
from monitor.complaints.letters.kinds import penalties, platform_duties
from monitor.complaints.letters.law_words import citable
from monitor.complaints.letters.material import Material
from monitor.complaints.letters.page_changes import list_changes
from monitor.complaints.letters.page_clauses import find_clauses, find_clauses_now
from monitor.complaints.letters.page_names import list_hosts
from monitor.complaints.letters.page_sight import make_dense
from monitor.complaints.letters.page_sightings import claimed_captures
from monitor.complaints.letters.sentences import fact
from monitor.complaints.model import Sentence
from monitor.complaints.routing.report_parties import Doer, doer_of, doer_of_urls, keep_own_site
from monitor.findings.model import ZH, FindingKind, SiteFinding
from monitor.operators.seller_role import SellerRole
from monitor.review.laws import Article

_MOST_ACTS = 10
_MOST_LAWS = 3
_REPORTED = (
    FindingKind.IDENTITY_NOT_SHOWN,
    FindingKind.CONTACT_NOT_SHOWN,
    FindingKind.COMPLAINTS_NOT_SHOWN,
    FindingKind.HISTORY_NOT_SHOWN,
    FindingKind.CHANGED_SILENTLY,
    FindingKind.SHORT_NOTICE,
    FindingKind.BACKDATED,
    FindingKind.EFFECTIVE_BEFORE_PUBLISHED,
    FindingKind.APPLIES_BACKWARDS,
    FindingKind.NUMBER_NOT_GENUINE,
)
_CIVIL = ("mfd", "wlxf", "yfk", "msf", "msfjs", "zj")  # what courts apply, no office
_CHANGED = ("dsf-34", "dsf-33")  # duties of platforms


@dataclass(frozen=True)
class Act:
    """One act: its name, whose it is, the sentences that tell it, the articles it may touch, those that punish it."""

    name: str
    doer: Doer
    sentences: tuple[Sentence, ...]
    articles: tuple[Article, ...]
    punished_by: tuple[Article, ...]


def find_acts(material: Material) -> tuple[Act, ...]:
    """The acts, clauses of the rules first; those of the site that was bought from alone."""
    material = replace(material, file=keep_own_site(material.file))
    return tuple([*_of_clauses(material), *_of_findings(material), *_of_changes(material)][:_MOST_ACTS])


def _of_clauses(material: Material) -> Iterator[Act]:
    """One act for each sentence: as seen around the order before as seen last, and what we saw before others' files."""
    every = sorted((*find_clauses(material), *find_clauses_now(material)), key=lambda one: not one.own)
    told: set[tuple[Doer, str]] = set()  # each kind once, and each sentence
    for clause in every:
        fresh = [one for one in clause.findings if (clause.doer, one.pattern) not in told]
        said = (clause.doer, make_dense(clause.quote))
        if not fresh or said in told:
            continue
        told |= {said, *((clause.doer, one.pattern) for one in fresh)}
        charge = name_charge(fresh, clause.quote, clause.heading)
        if not clause.own:
            names = "、".join(one.name for one in fresh)
            material.note(f"“{names}”只见于他人提供的存档文件，文件载有的内容未必显示过，未写入举报")
        elif any(one.marks for one in clause.sentences) and charge.articles:
            yield _make(material, charge.name, clause.doer, clause.sentences, charge.articles, of_text=True)


def _of_findings(material: Material) -> Iterator[Act]:
    claimed = claimed_captures(material.file)
    for finding in material.file.findings:
        if finding.kind not in _REPORTED:
            continue
        if finding.needs_human:
            material.note(f"“{ZH[finding.kind]}”须人工核对后再写，未写入举报")
            continue
        marks = material.marks_of(one for one in finding.captures if one not in claimed)
        if marks:
            told = _sentence(material, finding) + _say_hosts(material, finding)
            doer = doer_of_urls(material.file, finding.urls)
            yield _make(material, ZH[finding.kind], doer, (fact(told, marks),), finding.articles)
        else:
            material.note(f"“{ZH[finding.kind]}”的抓取没有编入证据目录，未写入举报")


def _say_hosts(material: Material, finding: SiteFinding) -> str:
    """The addresses that it was found on, where the pages of the case lie on several sites."""
    hosts = dict.fromkeys(host for url in finding.urls if (host := urlsplit(url).hostname))
    return f"（所涉网站：{'、'.join(hosts)}）" if hosts and len(list_hosts(material)) > 1 else ""


def _sentence(material: Material, finding: SiteFinding) -> str:
    return material.clean(finding.sentence) or ZH[finding.kind]


def _of_changes(material: Material) -> Iterator[Act]:
    by_doer: dict[Doer, list[Sentence]] = {}
    for change, told in list_changes(material, most=3):
        by_doer.setdefault(doer_of(material.file, change.page.url, change.page.role), []).append(told)
    for doer, changes in by_doer.items():
        alone = doer is Doer.SITE and _is_own_site(material)
        yield _make(material, "修改规则或价格", doer, tuple(changes), () if alone else _CHANGED)


def _is_own_site(material: Material) -> bool:
    """Whether one seller sells on a site of his own: duties of platforms are not his."""
    who = material.file.who
    return who is not None and who.answer.seller.role is SellerRole.OWN_SITE


def _make(
    material: Material,
    name: str,
    doer: Doer,
    sentences: tuple[Sentence, ...],
    ids: Iterable[str],
    *,
    of_text: bool = False,
) -> Act:
    """An act with the articles that bind the one whose act it is: duties of platforms are none of a shop on one.

    `of_text`: it is a text and no conduct, for which refusing somebody is not punished.
    """
    bound = [
        one
        for one in ids
        if one.rsplit("-", 1)[0] not in _CIVIL and not (doer is Doer.SHOP and one in platform_duties())
    ]
    articles = citable(bound, material)[:_MOST_LAWS]
    spared = breached_by_conduct() if of_text else frozenset[str]()
    punishing = dict.fromkeys(penalties()[one.id] for one in articles if one.id in penalties() and one.id not in spared)
    return Act(name, doer, sentences, articles, citable(punishing, material))
