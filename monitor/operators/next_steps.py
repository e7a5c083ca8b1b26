"""What a person can do next to get certain: where to look, the exact words, what to photograph, how to record it.

Takes the answer about respondents and the sites, gives steps in the order of what they bring. The services, words and
articles are rows of monitor/reference/next_steps.toml; an article that is not in force on the day is not cited. Pure.
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from monitor.operators.proofs import Strength
from monitor.operators.respondents import OPERATOR_ROLES, Respondent, RespondentAnswer, RespondentRole
from monitor.operators.seller_role import SellerRole
from monitor.operators.subject_names import SubjectKind
from monitor.operators.subjects import CHINESE_ENDINGS
from monitor.review.laws import find_articles
from scrapers.domains import readable_host

MOST_STEPS = 12
_MOST_OF_A_KIND = 6
_LONGEST_ASKED = 60  # of a letter the command keeps what it was about
_BY = {"filing_by_domain": "按域名", "registrant_cn": "按域名", "registrant": "按域名"}


@dataclass(frozen=True)
class Step:
    """One thing to do. `words` are to be typed as they are; 〔…〕 are to be filled in by the person."""

    id: str
    service: str
    url: str
    words: str
    screenshot: str
    why: str
    articles: tuple[str, ...]
    record: str  # the command that keeps the answer; of several words that of the first
    each: tuple[str, ...] = ()  # the words one by one, where the same is asked of several


def list_next_steps(answer: RespondentAnswer, sites: Sequence[str], *, platform: str, today: date) -> tuple[Step, ...]:
    """The steps that would bring the most, first; none that was taken already. `sites` stand in their order of use."""
    found: list[Step] = []
    about = platform or (sites[0] if sites else "")
    for row in _rows():
        asked: dict[str, list[dict[str, str]]] = {}  # what is asked for one reason is one step
        for values in list(_wanted(row.needs, answer, sites))[:_MOST_OF_A_KIND]:
            asked.setdefault(row.why.format(**{**values, "domain": "域名"}), []).append(values)
        for why, several in asked.items():
            words = tuple(dict.fromkeys(row.type.format(**values) for values in several))
            service = _services()[row.service]
            found.append(
                Step(
                    row.id,
                    service.name,
                    service.url,
                    words[0] if len(words) == 1 else f"{_BY.get(row.needs, '')}逐一查：{'、'.join(words)}",
                    row.shot,
                    why,
                    tuple(one.id for one in find_articles(row.articles, at=today)),
                    _command(row, several[0].get("domain", "") or about, words[0], today),
                    words,
                )
            )
    return tuple(found[:MOST_STEPS])


@dataclass(frozen=True)
class _Row:
    id: str
    needs: str
    service: str
    type: str
    shot: str
    fields: tuple[str, ...]
    source: str
    articles: tuple[str, ...]
    why: str
    short: str = ""  # what the command says of a whole letter


@dataclass(frozen=True)
class _Service:
    name: str
    url: str
    source: str
    seen: bool


@cache
def _data() -> dict[str, object]:
    text = resources.files("monitor.reference").joinpath("next_steps.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _rows() -> tuple[_Row, ...]:
    rows = _data()["steps"]
    assert isinstance(rows, list)
    return tuple(_Row(**{**row, "fields": tuple(row["fields"]), "articles": tuple(row["articles"])}) for row in rows)


@cache
def _services() -> dict[str, _Service]:
    services = _data()["services"]
    assert isinstance(services, dict)
    return {name: _Service(**row) for name, row in services.items()}


def _wanted(needs: str, answer: RespondentAnswer, sites: Sequence[str]) -> Iterable[dict[str, str]]:
    """The values for which a step is wanted, none where its answer is there."""
    everybody = (*answer.respondents, *answer.leads)
    domains = [{"domain": readable_host(site.split("@")[0].split("/")[0])} for site in sites]
    domains = list({one["domain"]: one for one in domains if one["domain"]}.values())
    if needs == "payee":
        paid = any(
            one.role is RespondentRole.PAYEE
            and any(row.strength in (Strength.VOUCHER, Strength.LINKED) for row in one.rows)
            and one.subject.name
            and one.subject.kind is not SubjectKind.ACCOUNT
            for one in everybody
        )
        return () if paid else ({},)
    if needs in ("register_by_number", "victim_check"):
        suspected = needs == "victim_check"
        subjects = {one.subject.uscc: one.subject for one in everybody if one.subject.uscc}
        return [
            {"uscc": uscc}
            for uscc, subject in subjects.items()
            if subject.shared is suspected and not any(row.source == "gsxt" and row.timely for row in subject.rows)
        ]
    if needs == "register_by_name":
        names = {
            one.subject.name
            for one in everybody
            if one.subject.kind in (SubjectKind.COMPANY, SubjectKind.TRADER)
            and one.subject.name
            and not one.subject.uscc
        }
        return [{"name": name} for name in sorted(names)]
    if needs == "filing_by_domain":
        return () if _asked(everybody, "miit") else domains
    if needs == "filing_by_number":
        numbers = dict.fromkeys(number for one in everybody for number in one.subject.icp)
        return () if _asked(everybody, "miit") else [{"icp": number} for number in numbers]
    if needs == "gateway":
        values = dict.fromkeys(row.value for one in everybody for row in one.rows if row.kind == "epay_pid")
        return [{"gateway": gateway, "pid": pid} for gateway, _, pid in (value.partition("#") for value in values)]
    if needs == "shop":
        return () if answer.seller.role is SellerRole.OWN_SITE or _asked(everybody, "platform") else ({},)
    if needs == "licence":
        shown = any(one.role in OPERATOR_ROLES and one.subject.uscc for one in everybody)
        return () if shown else ({},)
    known = {row.site for one in everybody for row in one.rows if row.kind == "registrant"}
    chinese = needs == "registrant_cn"
    return [
        one
        for one, site in ((values, values["domain"]) for values in domains)
        if site not in known and site.endswith((*CHINESE_ENDINGS, ".中国", ".网络", ".公司")) is chinese
    ]


def _asked(everybody: Iterable[Respondent], source: str) -> bool:
    return any(row.source == source and row.timely for one in everybody for row in one.rows)


def _command(row: _Row, about: str, asked: str, today: date) -> str:
    fields = " ".join(f"--field {name}=…" for name in row.fields)
    if len(asked) > _LONGEST_ASKED:
        asked = row.short
    return (
        f"cardwatch verified add {shlex.quote(about)} --source {row.source} --asked {shlex.quote(asked)} {fields} "
        f"--looked-on {today.isoformat()} --file 截图.png"
    )
