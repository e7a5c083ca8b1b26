"""Renders a dossier as one HTML file in Chinese, to read, to print and to hand over: conclusion, rows, pictures, proof.

Takes a Dossier; gives HTML without scripts or outside files. What came from pages is hostile: it is cut, its hidden
marks are shown as codes, and the template escapes it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib import resources
from typing import cast

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from monitor.attestation.html import show
from monitor.dossier.domain_line import draw_domains
from monitor.dossier.link_graph import draw_links
from monitor.dossier.masking import Mask
from monitor.dossier.model import Dossier
from monitor.dossier.screenshots import coarsen
from monitor.dossier.view import Row, dossier_data, masker
from monitor.operators.move_days import find_days, turn_day
from monitor.operators.verified_answers import FIELDS
from monitor.times import SHANGHAI

_LONGEST = 400
_SMALL = 0.5  # bits: rows worth less are one line, so that the bits still add up
_MOST_ROWS = 12  # of one respondent; the strongest come first
_MOST_FOLDED = 6


def render_dossier(dossier: Dossier, *, unmask: bool = False) -> str:
    """The whole file."""
    view = dossier_data(dossier, unmask=unmask)
    pictures = _draw(dossier, masker(dossier, unmask=unmask), unmask=unmask)
    return (
        _environment()
        .from_string(_read("dossier.html"))
        .render(
            view=view,
            pictures=pictures,
            summary=_summarise(view),
            links=[_fold(one) for one in _list(view, "links") if one["whole"]],
            briefs=[_brief(one) for one in _list(view, "links") if not one["whole"]],
            fields=FIELDS,
            most_rows=_MOST_ROWS,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["told"] = lambda text: Markup(show(text, _LONGEST))  # noqa: S704 - show() escapes
    environment.filters["time"] = _time
    environment.filters["day"] = lambda moment: _time(moment)[:10]
    return environment


@cache
def _read(name: str) -> str:
    return resources.files("monitor.dossier").joinpath("templates", name).read_text(encoding="utf-8")


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""


def _list(row: Mapping[str, object], name: str) -> Sequence[Row]:
    return cast(Sequence[Row], row[name])


def _draw(dossier: Dossier, mask: Mask, *, unmask: bool) -> dict[str, object]:
    """The pictures; what their titles say goes through the mask too."""
    periods = [replace(one, reason=mask(one.reason)) for one in dossier.periods]
    moves = [
        replace(one, since=turn_day(one, find_days(dossier.said, one)), reason=mask(one.reason))
        for one in dossier.moves
    ]
    names = [site.site for site in dossier.sites]
    return {
        "domains": Markup(draw_domains(periods, moves)),  # noqa: S704 - escaped where it is drawn
        "graph": Markup(draw_links([one.link for one in dossier.links], names)),  # noqa: S704
        "style": Markup(_read("dossier.css")),  # noqa: S704 - our own file
        "sites": [
            {
                "site": site.site,
                "at": site.pictured_at,
                "number": dossier.number_of(site.picture_proof),
                "source": _embed(site.picture if unmask else coarsen(site.picture)),
            }
            for site in dossier.sites
            if site.picture
        ],
    }


def _embed(picture: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"


def _summarise(view: Row) -> Row:
    """What the first page says: where the platform is and was, and where to file."""
    now: list[Row] = []
    before: list[Row] = []
    for site in _list(view, "sites"):
        periods = _list(site, "periods")
        if site["why"] not in ("line", "release") or not periods:
            continue
        last = periods[-1]
        lasting = last["until"] is None and last["state"] in ("active", "redirecting", "unknown")
        (now if lasting and last["state"] != "redirecting" else before).append({"why": site["why_name"], **last})
    first = [one for one in _list(view, "respondents") if one["first"]]
    forums = _list(first[0], "forums") if first else _list(view, "forums")
    return {"now": now, "before": before, "forums": forums, "first": first}


def _fold(link: Row) -> Row:
    """A link with its small rows as one: their bits together, and what they are."""
    rows, contrary = _list(link, "rows"), _list(link, "contrary")
    small = [row for row in (*rows, *contrary) if abs(float(str(row["bits"]))) < _SMALL]
    kinds = list(dict.fromkeys(str(row["kind_name"]) for row in small))
    return {
        **link,
        "rows": [row for row in rows if row not in small],
        "contrary": [row for row in contrary if row not in small],
        "small": f"{sum(float(str(row['bits'])) for row in small):+.1f}" if small else "",
        "small_kinds": kinds[:_MOST_FOLDED],
        "small_count": len(small),
    }


def _brief(link: Row) -> Row:
    """A link in a line: its strongest rows, all that speaks against it, and the numbers of both."""
    rows = [row for row in _list(link, "rows") if row["kind"] != "prior" and float(str(row["bits"])) >= _SMALL][:4]
    against = [row for row in _list(link, "contrary") if abs(float(str(row["bits"]))) >= _SMALL]
    numbers = [number for row in (*rows, *against) for number in cast(Sequence[int], row["proof"])]
    return {**link, "rows": rows, "contrary": against, "proof": sorted(set(numbers))[:12]}
