"""Where to complain (投诉), where to report (举报) and where to sue, for a subject in a role on the day of filing.

Takes subjects with their addresses, gives forums with the rule, the article in force on that day and the step by which
the place was found: a looked-up address, a printed one, the code of the registering authority. What is not known
is a problem in words; no bureau's name is made up. Rules are rows of monitor/reference/jurisdiction.toml. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources

from monitor.operators.addresses import find_division_in
from monitor.operators.divisions import Division, Fineness, find_division_of_uscc
from monitor.operators.respondents import NO_PARTY, ROLE_ZH, RespondentRole
from monitor.operators.subject_names import SubjectKind
from monitor.operators.subjects import Subject
from monitor.review.laws import find_articles


class Procedure(StrEnum):
    """What is filed. The words are promises of `cardwatch who --json`."""

    COMPLAINT = "complaint"
    REPORT = "report"
    COURT = "court"


PROCEDURE_ZH = {Procedure.COMPLAINT: "投诉", Procedure.REPORT: "举报", Procedure.COURT: "起诉"}


class Delivery(StrEnum):
    """How the goods came."""

    NETWORK = "network"
    POST = "post"


@dataclass(frozen=True)
class Locality:
    """Where a subject is: the division, the source it was read from, and what is doubtful or missing."""

    division: Division | None
    source: str  # verified, printed, uscc_code, "" for none
    step: str
    problem: str = ""
    zone: str = ""  # 工业园区, 开发区 in a city: no division, but often with an office of its own


@dataclass(frozen=True)
class Forum:
    """One place to file at. `authority` names it as far as the data go; `problem` says what must be found out first."""

    procedure: Procedure
    role: RespondentRole | None
    authority: str
    division: Division | None
    source: str
    step: str
    reason: str
    articles: tuple[str, ...]
    problem: str = ""
    notes: tuple[str, ...] = ()


_SOURCE_ZH = {
    "verified": "核验所得的住所",
    "printed": "页面公示的地址",
    "uscc_code": "信用代码第3至8位（登记机关所在地，不等于今天的住所）",
}


def locate_subject(subject: Subject, *, prefer_printed: bool = False) -> Locality:
    """Where a subject is: by a looked-up address, else a printed one, else the code of its registering authority.

    With `prefer_printed` the printed address goes first: it is what a shop shows on its platform.
    """
    order = ("printed", "verified") if prefer_printed else ("verified", "printed")
    found: list[Locality] = []
    for source in order:
        for address in subject.addresses:
            if address.source == source:
                answer = find_division_in(address.text)
                step = f"{_SOURCE_ZH[source]}：{answer.step}" if answer.step else ""
                zone = find_zone(address.text, answer.division)
                told = f"“{zone}”是功能区，不是行政区划，提交前核对由它的市场监管局还是所在区县办理" if zone else ""
                found.append(Locality(answer.division, source, step, told or answer.problem, zone))
    if subject.uscc:
        answer = find_division_of_uscc(subject.uscc)
        found.append(
            Locality(answer.division, "uscc_code", f"{_SOURCE_ZH['uscc_code']}：{answer.step}", answer.problem)
        )
    located = [one for one in found if one.division is not None]
    if not located:
        told = found[0].problem if found else "没有地址，也没有信用代码"
        if subject.kind is SubjectKind.PERSON:
            return Locality(None, "", "", "住址不明：自然人的住址由公安机关查明，或向法院申请调查")
        return Locality(None, "", "", f"所在地不明（{told}）：先在公示系统查询住所")
    best = located[0]
    if best.zone:
        return best
    finer = next((one for one in located if _refines(one, best)), None)
    if finer is not None:
        best = Locality(finer.division, finer.source, f"{best.step}；{finer.step}", finer.problem)
    odd = [one for one in located if one.source != best.source and _differs(one, best)]
    told = best.problem
    if odd:
        told = "；".join(
            filter(None, (told, f"与{_SOURCE_ZH[odd[0].source]}（{_name(odd[0])}）不一致，以公示系统的住所为准"))
        )
    if best.source == "uscc_code":
        told = "；".join(filter(None, (told, "须在公示系统核对今天的住所")))
    return Locality(best.division, best.source, best.step, told)


def find_forums(
    subject: Subject,
    role: RespondentRole,
    *,
    filed_on: date,
    home: Division | None = None,
    platform: Subject | None = None,
    delivery: Delivery = Delivery.NETWORK,
) -> tuple[Forum, ...]:
    """Where a subject in a role can be complained against, reported and sued, by the rules of the day of filing.

    `platform` is the platform's operator where the subject is a shop on it; `home` is where the buyer lives.
    """
    forums = [_administrative(procedure, subject, role, filed_on, platform) for procedure in _ADMINISTRATIVE]
    if role in NO_PARTY:
        return tuple(forums)  # a registrant or the holder of a filing is no party to the sale by that alone
    return (*forums, *_courts(subject, role, filed_on, home, delivery))


def find_forums_unknown(*, filed_on: date, home: Division | None = None) -> tuple[Forum, ...]:
    """What remains while nobody can be named: a report with its clues; neither a complaint nor a suit."""
    needs = tuple(one.id for one in find_articles(("tsjb-10", "tsjb_old-9"), at=filed_on))
    report = tuple(one.id for one in find_articles(("tsjb-28", "tsjb-8"), at=filed_on))
    sue = tuple(one.id for one in find_articles(("msf-122",), at=filed_on))
    return (
        Forum(
            Procedure.COMPLAINT,
            None,
            "",
            None,
            "",
            "",
            "投诉要写明被投诉人的名称和地址",
            needs,
            "主体不明，先按下列办法查清",
        ),
        Forum(
            Procedure.REPORT,
            None,
            "通过全国12315平台提交线索",
            None,
            "",
            "",
            "举报要有具体线索和事实依据，不以查清名称为前提",
            report,
            "经营者住所地不明，由哪里处理要待查明；无权处理的部门会告知",
        ),
        Forum(Procedure.COURT, None, "", home, "", "", "起诉要有明确的被告", sue, "主体不明，尚不能起诉"),
    )


_ADMINISTRATIVE = (Procedure.COMPLAINT, Procedure.REPORT)


@cache
def _data() -> Mapping[str, object]:
    text = resources.files("monitor.reference").joinpath("jurisdiction.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class _Rule:
    procedure: Procedure
    roles: tuple[str, ...]
    article: str
    level: str
    places: tuple[str, ...]
    says: str


@cache
def _rules() -> tuple[_Rule, ...]:
    rows = _data()["rules"]
    assert isinstance(rows, list)
    return tuple(
        _Rule(
            Procedure(row["procedure"]),
            tuple(RespondentRole(role) for role in row["roles"]),
            row["article"],
            row["level"],
            tuple(row["places"]),
            row["says"],
        )
        for row in rows
    )


def _administrative(
    procedure: Procedure, subject: Subject, role: RespondentRole, filed_on: date, platform: Subject | None
) -> Forum:
    rule = next(
        (
            one
            for one in _rules()
            if one.procedure is procedure and role in one.roles and find_articles((one.article,), at=filed_on)
        ),
        None,
    )
    if rule is None:
        told = f"{filed_on.isoformat()}有效的{PROCEDURE_ZH[procedure]}管辖规定没有收录，须自行查明"
        return Forum(procedure, role, "", None, "", "", "", (), told)
    named = "" if subject.name else "名称不明"
    for place in rule.places:
        where = _place(place, subject, platform)
        if where.division is None:
            continue
        step = (
            where.step
            if place != "platform_domicile"
            else f"平台经营者“{platform.name if platform else ''}”的{where.step}"
        )
        problem = "；".join(filter(None, (named, where.problem)))
        authority = _authority(where.division, rule.level, where.zone)
        return Forum(
            procedure, role, authority, where.division, where.source, step, rule.says, (rule.article,), problem,
            _fallback_notes(place, rule, subject, platform),
        )  # fmt: skip
    missing = "、".join(_PLACE_ZH[place] for place in rule.places)
    problem = "；".join(filter(None, (named, f"{missing}不明，先查清再提交")))
    return Forum(procedure, role, "", None, "", "", rule.says, (rule.article,), problem)


_PLACE_ZH = {
    "domicile": "住所地",
    "published": "公示地址",
    "actual": "实际经营地",
    "platform_domicile": "平台经营者住所地",
    "conduct": "行为发生地",
}


def _place(place: str, subject: Subject, platform: Subject | None) -> Locality:
    """Where a rule's place is for this subject, as far as it is known."""
    nowhere = Locality(None, "", "")
    if place == "domicile":
        return locate_subject(subject)
    if place == "platform_domicile":
        return locate_subject(platform) if platform is not None else nowhere
    if place in ("published", "actual"):
        found = locate_subject(subject, prefer_printed=True)
        if found.source != "printed":
            return nowhere
        if place == "actual":
            said = "；".join(filter(None, (found.problem, "页面公示的地址未必是实际经营地")))
            return Locality(found.division, found.source, found.step, said, found.zone)
        return found
    return nowhere  # 行为发生地 of a sale over a network is nowhere in the data


def _fallback_notes(place: str, rule: _Rule, subject: Subject, platform: Subject | None) -> tuple[str, ...]:
    notes = []
    if place != rule.places[0]:
        notes.append(f"{_PLACE_ZH[rule.places[0]]}不明，按{_PLACE_ZH[place]}")
    elif "platform_domicile" in rule.places and platform is not None:
        other = locate_subject(platform)
        if other.division is not None:
            notes.append(f"也可以向平台经营者“{platform.name}”的住所地{other.division.name}提出")
    if subject.gone:
        notes.append("该主体已注销或吊销，须先查清承受其责任的主体")
    return tuple(notes)


def _courts(
    subject: Subject, role: RespondentRole, filed_on: date, home: Division | None, delivery: Delivery
) -> tuple[Forum, ...]:
    court = _data()["court"]
    assert isinstance(court, dict)
    articles = tuple(one.id for one in find_articles(court["articles"], at=filed_on))
    if filed_on < court["valid_from"] or len(articles) < len(court["articles"]):
        told = f"{filed_on.isoformat()}有效的诉讼管辖规定没有收录，须自行查明"
        return (Forum(Procedure.COURT, role, "", None, "", "", "", (), told),)
    named = "" if subject.name else "被告名称不明，尚不能起诉"
    rule = court["home"] if delivery is Delivery.NETWORK else court["receipt"]
    where = "买家住所地" if delivery is Delivery.NETWORK else "收货地"
    clause = tuple(one.id for one in find_articles(court["clause_articles"], at=filed_on))
    notes = [court["clause"], *([court["service"]] if delivery is Delivery.NETWORK else [])]
    at_home = Forum(
        Procedure.COURT,
        role,
        f"{home.name}的基层人民法院" if home else f"{where}的基层人民法院",
        home,
        "home" if home else "",
        f"{where}：{home.name}" if home else "",
        rule,
        (*articles, *clause),
        "；".join(filter(None, (named, "" if home else f"没有写明{where}（--home 省市区）"))),
        (*notes, *_internet_court(home, court)),
    )
    domicile = locate_subject(subject)
    at_theirs = Forum(
        Procedure.COURT,
        role,
        f"{domicile.division.name}的基层人民法院" if domicile.division else "",
        domicile.division,
        domicile.source,
        domicile.step,
        court["defendant"],
        tuple(one.id for one in find_articles(("msf-24", "msf-22"), at=filed_on)),
        "；".join(filter(None, (named, domicile.problem))),
        _internet_court(domicile.division, court),
    )
    return (at_home, at_theirs)


def _internet_court(division: Division | None, court: Mapping[str, object]) -> tuple[str, ...]:
    cities, told = court["internet_court_cities"], court["internet_court"]
    assert isinstance(cities, dict) and isinstance(told, str)
    if division is None:
        return ()
    name = cities.get(f"{division.code[:2]}0000") or cities.get(f"{division.code[:4]}00")
    return (told.format(court=name),) if name else ()


def find_zone(address: str, division: Division | None) -> str:
    """The zone that an address names behind its city, where it names no county; "" for none."""
    if division is None or division.fineness is not Fineness.PREFECTURE or not division.has_counties:
        return ""
    zones = _data()["zones"]
    assert isinstance(zones, dict)
    city = division.prefecture.removesuffix("市")
    found = re.search(f"{re.escape(city)}市?({zones['words']})", re.sub(r"\s+", "", address[:200]))
    return found[1] if found else ""


def _authority(division: Division, level: str, zone: str = "") -> str:
    if zone:
        return f"{division.name}{zone}市场监督管理部门（提交前核对）"
    if not division.is_local:
        return f"{division.name}（区县未明）的{level}市场监督管理部门"
    if not division.has_counties:
        return f"{division.name}市场监督管理部门（该市不设区县，由其派出机构分片办理）"
    return f"{division.name}（{level}）市场监督管理部门"


def _refines(one: Locality, best: Locality) -> bool:
    """Whether one locality lies within the best and is finer; a code only refines what has no county at all."""
    if best.division is None or one.division is None or one.division.code == best.division.code:
        return False
    return not best.division.is_local and best.division.holds(one.division)


def _differs(one: Locality, best: Locality) -> bool:
    if one.division is None or best.division is None:
        return False
    return not (one.division.holds(best.division) or best.division.holds(one.division))


def _name(one: Locality) -> str:
    return one.division.name if one.division else "不明"


def describe_role(role: RespondentRole | None) -> str:
    """A role in Chinese."""
    return ROLE_ZH[role] if role else "主体不明"
