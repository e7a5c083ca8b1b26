"""Renders a dossier as one HTML file in Chinese, to read, to print and to hand over: pictures, rows of proof, limits.

Takes a Dossier; gives HTML without scripts or outside files. What came from pages is hostile: it is cut, its hidden
marks are shown as codes, and the template escapes it. Unless asked otherwise natural persons and contacts are masked.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from monitor.attestation.html import show
from monitor.dossier.domain_line import draw_domains
from monitor.dossier.link_graph import draw_links
from monitor.dossier.model import Dossier, Proof, SiteFile
from monitor.operators.jurisdiction import PROCEDURE_ZH
from monitor.operators.kind_words import KIND_WORDS, MOVE_WORDS, STATE_WORDS
from monitor.operators.model import ForgeClass, Link, LinkRow
from monitor.operators.move_words import say_signal
from monitor.operators.place_words import PLACE_WORDS
from monitor.operators.proofs import STRENGTH_ZH
from monitor.operators.respondents import ROLE_ZH, Respondent
from monitor.operators.subject_names import KIND_ZH, mask_value
from monitor.operators.who import Placed
from monitor.operators.who_masking import mask_data
from monitor.times import SHANGHAI
from storage.identity import Move, SitePeriod, Statement

Row = dict[str, object]
_FORGE_ZH = {
    ForgeClass.CONTROL: "须掌握账户、密钥或服务器",
    ForgeClass.REGISTRY: "登记记录",
    ForgeClass.TEXT: "任何人可照抄",
    ForgeClass.NONE: "不作证据",
}
_MOST_PROOF = 4  # numbers in one cell: the first and the nearest are enough to check it
_PROOF_ZH = {"capture": "网页抓取", "lookup": "查询应答", "evidence": "证据文件"}


def render_dossier(dossier: Dossier, *, unmask: bool = False) -> str:
    """The whole file."""
    view = dossier_data(dossier, unmask=unmask)
    shown = {site.site for site in dossier.sites}
    periods = [period for period in dossier.periods if period.site in shown]
    until = max((period.ended_at or period.checked_at for period in periods), default=dossier.made_at)
    pictures = {
        "domains": Markup(draw_domains(periods, dossier.moves, until)),  # noqa: S704 - escaped where it is drawn
        "graph": Markup(draw_links(dossier.links, [site.site for site in dossier.sites])),  # noqa: S704
        "sites": [_screenshot(dossier, site) for site in dossier.sites if site.picture],
        "style": Markup(_read("dossier.css")),  # noqa: S704 - our own file
    }
    return _environment().from_string(_read("dossier.html")).render(view=view, pictures=pictures)


def dossier_data(dossier: Dossier, *, unmask: bool = False) -> Row:
    """What the file states, as plain data, masked unless asked otherwise; pictures are left out."""
    view = _view(dossier, unmask=unmask)
    return view if unmask else mask_data(view, dossier.who)


@cache
def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["told"] = lambda text: Markup(show(text, 600))  # noqa: S704 - show() escapes
    return environment


@cache
def _read(name: str) -> str:
    return resources.files("monitor.dossier").joinpath("templates", name).read_text(encoding="utf-8")


def _view(dossier: Dossier, *, unmask: bool) -> Row:
    who = dossier.who
    return {
        "platform": dossier.platform,
        "made_at": _time(dossier.made_at),
        "ordered_on": _day(who.at),
        "filed_on": who.filed_on.isoformat(),
        "tool": dossier.tool,
        "masked": not unmask,
        "internal": dossier.internal,
        "conclusion": who.conclusion,
        "seller": who.answer.seller.sentence,
        "respondents": [_respondent(dossier, one) for one in who.placed],
        "leads": [_lead(one) for one in who.answer.leads] if dossier.internal else [],
        "leads_left": 0 if dossier.internal else len(who.answer.leads),
        "victims": [{"name": one.name or one.uscc, "doubts": list(one.doubts)} for one in who.answer.victims],
        "steps": [{"service": one.service, "why": one.why, "url": one.url, "words": one.words} for one in who.steps],
        "sites": [_site(dossier, one, unmask=unmask) for one in dossier.sites],
        "moves": [_move(dossier, one) for one in dossier.moves],
        "links": [_link(one, unmask=unmask) for one in dossier.links],
        "sisters": list(dossier.sisters),
        "findings": [
            {"sentence": one.sentence, "quote": one.quote, "proof": _numbers(dossier, one.captures)}
            for one in dossier.findings
        ],
        "verified": [
            {
                "source": one.source,
                "asked": one.asked,
                "fields": [f"{name}：{value}" for name, value in one.fields],
                "on": one.looked_on.isoformat(),
                "by": one.recorded_by,
                "revoked": one.revoked_at is not None,
            }
            for one in dossier.verified
        ],
        "objections": [{"by": one.by, "text": one.text, "on": _day(one.received_at)} for one in dossier.objections],
        "proofs": [_proof(one) for one in dossier.proofs],
        "notes": list(dossier.notes),
    }


def _respondent(dossier: Dossier, placed: Placed) -> Row:
    one = placed.respondent
    where = placed.locality
    return {
        "name": _name_of(one),
        "kind": KIND_ZH[one.subject.kind],
        "role": ROLE_ZH[one.role],
        "band": one.band.value,
        "why": one.why,
        "missing": list(one.missing),
        "doubts": list(one.subject.doubts),
        "uscc": one.subject.uscc,
        "addresses": [address.text for address in one.subject.addresses],
        "division": where.division.name if where.division else "",
        "division_how": "；".join(part for part in (where.step, where.problem) if part),
        "rows": [
            {
                "strength": STRENGTH_ZH[row.strength],
                "what": KIND_WORDS.get(row.kind, row.kind),
                "value": row.value,
                "sentence": row.sentence,
                "proof": _numbers(dossier, row.proof),
            }
            for row in one.rows
        ],
        "forums": [
            {
                "procedure": PROCEDURE_ZH[forum.procedure],
                "authority": forum.authority or "尚不能确定",
                "reason": forum.reason,
                "problem": forum.problem,
            }
            for forum in placed.forums
        ],
    }


def _lead(one: Respondent) -> Row:
    return {"name": _name_of(one), "role": ROLE_ZH[one.role], "why": one.why}


def _name_of(one: Respondent) -> str:
    subject = one.subject
    return subject.name or subject.uscc or (subject.icp[0] if subject.icp else subject.key.rpartition(":")[2])


def _site(dossier: Dossier, site: SiteFile, *, unmask: bool) -> Row:
    return {
        "site": site.site,
        "periods": [_period(dossier, one) for one in site.periods],
        "statements": [_statement(dossier, one, unmask=unmask) for one in site.statements],
    }


def _period(dossier: Dossier, one: SitePeriod) -> Row:
    return {
        "state": STATE_WORDS[one.state],
        "since": _time(one.since),
        "until": _time(one.ended_at) if one.ended_at else f"最近检查 {_time(one.checked_at)}",
        "reason": one.reason,
        "proof": _numbers(dossier, one.proof),
    }


def _statement(dossier: Dossier, one: Statement, *, unmask: bool) -> Row:
    return {
        "kind": KIND_WORDS.get(one.kind, one.kind),
        "value": one.value if unmask else mask_value(one.kind, one.value),
        "place": PLACE_WORDS.get(one.place, one.place),
        "first": _time(one.first_seen),
        "last": _time(one.last_seen),
        "problem": one.problem,
        "third_party": one.role == "third_party",
        "proof": _numbers(dossier, (one.first_capture, one.last_capture)),
    }


def _move(dossier: Dossier, one: Move) -> Row:
    return {
        "before": one.before,
        "after": one.after,
        "kind": MOVE_WORDS[one.kind],
        "since": _time(one.since),
        "reason": one.reason,
        "decided_by": one.decided_by,
        "signals": [
            {"what": say_signal(name), "bits": f"{bits:+.1f}", "proof": _numbers(dossier, (proof,))}
            for name, bits, proof in one.signals
        ],
    }


def _link(link: Link, *, unmask: bool) -> Row:
    return {
        "a": link.a,
        "b": link.b,
        "band": link.band.value,
        "bits": f"{link.bits:+.1f}",
        "decided": link.decided,
        "rows": [_link_row(row, unmask=unmask) for row in link.rows],
        "contrary": [_link_row(row, unmask=unmask) for row in link.contrary],
    }


def _link_row(row: LinkRow, *, unmask: bool) -> Row:
    value, other = (text if unmask or not text else mask_value(row.kind, text) for text in (row.value, row.other_value))
    return {
        "kind": "起点" if row.kind == "prior" else KIND_WORDS.get(row.kind, row.kind),
        "value": f"{value} ≠ {other}" if other else value,
        "bits": f"{row.bits:+.1f}",
        "forge": _FORGE_ZH[row.forge] if row.kind != "prior" else "",
        "a": _sight(row.place_a, row.first_a, row.last_a),
        "b": _sight(row.place_b, row.first_b, row.last_b),
        "sites": row.sites,
        "reason": row.reason,
        "without": row.without.value if row.without and row.kind != "prior" else "",
    }


def _sight(place: str, first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return ""
    return f"{PLACE_WORDS.get(place, place)}，{_day(first)} 至 {_day(last)}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"


def _numbers(dossier: Dossier, ids: Iterable[str]) -> list[int]:
    numbers = (dossier.number_of(one) for one in dict.fromkeys(ids))
    return [number for number in numbers if number is not None][:_MOST_PROOF]


def _proof(one: Proof) -> Row:
    return {
        "number": one.number,
        "kind": _PROOF_ZH[one.kind],
        "about": one.about,
        "at": _time(one.at),
        "said": one.said,
        "id": one.id,
        "log": "" if one.log_index is None else str(one.log_index),
        "sha256": one.sha256,
    }


def _screenshot(dossier: Dossier, site: SiteFile) -> Row:
    return {
        "site": site.site,
        "at": _time(site.pictured_at) if site.pictured_at else "",
        "number": dossier.number_of(site.picture_proof) or "",
        "source": f"data:image/jpeg;base64,{base64.b64encode(site.picture).decode()}",
    }
