"""Acts that a report may name: 行为—证据—条款—处罚依据, each from what pages showed. Never that a law was broken.

Takes the material of a report; only what captures in the list of evidence prove is an act. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.complaints.letters.kinds import penalties
from monitor.complaints.letters.law_words import citable
from monitor.complaints.letters.material import Material
from monitor.complaints.letters.page_words import claimed_captures, find_clauses, find_clauses_now, tell_changes
from monitor.complaints.letters.sentences import fact
from monitor.complaints.model import Sentence
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
_CHANGED = ("dsf-34", "dsf-33")


@dataclass(frozen=True)
class Act:
    """One act: its name, the sentences that tell it, the articles that it may touch and those that punish it."""

    name: str
    sentences: tuple[Sentence, ...]
    articles: tuple[Article, ...]
    punished_by: tuple[Article, ...]


def find_acts(material: Material) -> tuple[Act, ...]:
    """The acts, clauses of the rules first."""
    return tuple([*_of_clauses(material), *_of_findings(material), *_of_changes(material)][:_MOST_ACTS])


def _of_clauses(material: Material) -> Iterator[Act]:
    every = (*find_clauses_now(material), *find_clauses(material))
    clauses = {clause.finding.pattern: clause for clause in sorted(every, key=lambda one: one.own)}
    for clause in clauses.values():
        ids = [one.id for one in clause.finding.laws]
        marked = [one for one in clause.sentences if one.marks]
        if not clause.own:
            material.note(f"“{clause.finding.name}”只见于他人提供的存档文件，文件载有的内容未必显示过，未写入举报")
        elif marked and ids:
            yield _make(material, f"格式条款：{clause.finding.name}", clause.sentences, ids)


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
            told = _sentence(material, finding)
            if material.extra.logged_in & set(finding.captures):
                told += "（所依据的抓取有登录状态下所见的）"
            yield _make(material, ZH[finding.kind], (fact(told, marks),), finding.articles)
        else:
            material.note(f"“{ZH[finding.kind]}”的抓取没有编入证据目录，未写入举报")


def _sentence(material: Material, finding: SiteFinding) -> str:
    return material.clean(finding.sentence) or ZH[finding.kind]


def _of_changes(material: Material) -> Iterator[Act]:
    changes = tell_changes(material, most=3)
    if changes:
        yield _make(material, "修改规则或价格", changes, () if _is_own_site(material) else _CHANGED)


def _is_own_site(material: Material) -> bool:
    """Whether one seller sells on a site of his own: duties of platforms are not his."""
    who = material.file.who
    return who is not None and who.answer.seller.role is SellerRole.OWN_SITE


def _make(material: Material, name: str, sentences: tuple[Sentence, ...], ids: Iterable[str]) -> Act:
    articles = citable((one for one in ids if one.rsplit("-", 1)[0] not in _CIVIL), material)[:_MOST_LAWS]
    punishing = dict.fromkeys(penalties()[one.id] for one in articles if one.id in penalties())
    return Act(name, sentences, articles, citable(punishing, material))
