"""What one site shows, and when: made from its operator's profile, its theme, its host and whom it copies.

The same site of the same world shows the same on every call, so that a copy can be made from its model.
"""

from __future__ import annotations

import random
from dataclasses import replace

from bench.worlds.model import Shown, day_date
from bench.worlds.population import Operator, Population, SitePlan
from bench.worlds.profiles import FAMILIES, Period, Profile
from bench.worlds.values import digest

# kind: chance that a usual operator shows it on a site, place, block
SHOWN: dict[str, tuple[float, str, str]] = {
    "uscc": (0.5, "visible", "footer"), "company": (0.65, "visible", "footer"), "address": (0.4, "visible", "footer"),
    "icp": (0.7, "visible", "footer"), "icp_license": (0.5, "visible", "footer"),
    "police_icp": (0.6, "visible", "footer"),
    "alipay_static": (0.45, "image_ocr", "order"), "wechat_static": (0.4, "image_ocr", "order"),
    "merchant_id": (0.4, "script", "order"), "epay_pid": (0.55, "attribute", "order"),
    "payee": (0.35, "visible", "order"), "crypto": (0.5, "visible", "order"),
    "qq": (0.75, "attribute", "contact"), "qq_group": (0.55, "attribute", "contact"),
    "wechat": (0.55, "visible", "contact"), "mobile": (0.4, "visible", "contact"),
    "tel400": (0.6, "visible", "contact"), "telegram": (0.55, "attribute", "contact"),
    "email": (0.45, "visible", "contact"), "cs_tenant": (0.65, "script", "scripts"),
    "baidu_tongji": (0.7, "script", "scripts"), "cnzz": (0.65, "script", "scripts"), "la51": (0.7, "script", "scripts"),
    "ga": (0.6, "script", "scripts"), "gtm": (0.6, "script", "scripts"),
    "verification_meta": (0.35, "attribute", "head"), "verification_dns": (0.4, "dns", ""),
    "favicon": (0.6, "attribute", "head"), "design": (0.5, "visible", ""),
    "tls_spki": (0.6, "tls", ""), "ip": (0.65, "dns", ""), "ns": (0.9, "dns", ""), "mx": (0.5, "dns", ""),
}  # fmt: skip
STYLES = {"open": 1.3, "usual": 1.0, "careful": 0.75, "ghost": 0.15}
CHANGED = 0.2  # what is set up anew when an installation goes on under another name
_TEXT = {*FAMILIES["legal"], "address"}
_CONTACT = set(FAMILIES["contact"]) - {"cs_tenant"}
_INFRA = ("ip", "ns", "mx", "tls_spki", "tls_san", "verification_dns", "registrant", "registrar", "registered_on")


def show_site(people: Population, plan: SitePlan, depth: int = 0) -> list[Shown]:
    """All that the site shows in its life, looks and reading errors apart."""
    dice = random.Random(people.seed * 1_000_003 + plan.number)
    operator = people.operators[plan.operator]
    profile = operator.profiles[plan.profile]
    if plan.make in ("saas", "branch"):
        return _show_shop(people, plan, operator, profile, dice, depth)
    if plan.make == "impersonator":
        return _show_copy(people, plan, operator, profile, dice, depth)
    if plan.make == "release":  # a page elsewhere: the name, at times a group and a counter
        return _show_own(people, plan, operator, profile, dice, ("qq_group", "telegram", "baidu_tongji", "la51"))
    shown = _show_own(people, plan, operator, profile, dice)
    if plan.make == "reseller" and depth < 2:
        shown = _with_upstream(people, plan, shown, dice, depth)
    if plan.copied >= 0 and plan.copied != plan.number and depth < 1:
        stranger = show_site(people, people.plans[plan.copied], depth + 1)
        shown = [row for row in shown if row.kind not in _TEXT]
        shown += [_lasting(plan, row, "copied") for row in stranger if row.block == "footer"]
    return shown + _show_carriers(people, plan, profile, dice)


def _show_own(people: Population, plan: SitePlan, operator: Operator, profile: Profile, dice: random.Random,
              kinds: tuple[str, ...] | None = None) -> list[Shown]:  # fmt: skip
    """What of the operator's things stands on this site."""
    factor = STYLES[operator.style] * people.shape.openness
    shown: list[Shown] = []
    suffix = dice.choice((0, 0, 0, 1, 1, 2, 3, 4, 5))
    late = dice.randint(0, 60) if dice.random() < 0.12 else 0
    line = random.Random(people.seed * 1_000_003 - 1 - (plan.line if plan.line >= 0 else plan.number))
    rolls = {kind: line.random() for kind in SHOWN}  # of the installation: what was set up once stays set up
    for kind in kinds or tuple(SHOWN):
        periods = profile.has.get(kind, ())
        chance, place, block = SHOWN[kind]
        roll = dice.random() if dice.random() < CHANGED else rolls[kind]
        if not periods or roll >= min(0.97, chance * factor):
            continue
        if place == "image_ocr" and dice.random() < 0.5:
            place = "attribute"
        elif kind == "qq" and dice.random() < 0.4:
            place = "visible"
        elif kind == "payee" and dice.random() < 0.12:
            place = "voucher"
        elif block == "footer" and dice.random() < 0.04:
            place = "hidden"
        for period in periods:
            first, last = max(period.first, plan.first + late), min(period.last, plan.content_last)
            if first <= last:
                value = f"{period.value}-{suffix}" if kind == "icp" and suffix else period.value
                role = {"company": "版权所有", "payee": "收款方"}.get(kind, "")
                shown.append(Shown(kind, value, place, first, last, period.source, block, role))
    return shown


def _show_carriers(people: Population, plan: SitePlan, profile: Profile, dice: random.Random) -> list[Shown]:
    """Theme, name servers, addresses, keys and registry of a site with a name of its own."""
    shared, shape, shown = people.shared, people.shape, []
    theme, first, last = shared.themes[plan.theme], plan.first, plan.content_last
    line = random.Random(people.seed * 1_000_003 - 2 - (plan.line if plan.line >= 0 else plan.number) * 3)
    if dice.random() < CHANGED:
        line = dice
    own_design = line.random() < 0.2
    home = plan.line if plan.line >= 0 else plan.number
    design = digest(people.seed, "design", home)[:16] if own_design else theme.design
    shown.append(Shown("design", design, "visible", first, last, "own" if own_design else "theme"))
    if line.random() < 0.5 and "favicon" not in profile.has:
        shown.append(Shown("favicon", theme.favicon, "attribute", first, last, "theme", "head"))
    for kind, value, place in theme.leftovers:
        if line.random() < shape.theme_leftovers:
            shown.append(Shown(kind, value, place, first, last, "theme", "contact"))
    hoster = profile.hoster if line.random() < 0.7 else min(line.randrange(len(shared.hosters)), line.randrange(12))
    shown.append(Shown("ns", shared.hosters[hoster], "dns", first, plan.last, "carrier"))
    if line.random() < 0.75:
        pool = shared.pools[min(line.randrange(len(shared.pools)), line.randrange(len(shared.pools)))]
        shown.append(Shown("ip", line.choice(pool), "dns", first, plan.last, "carrier"))
    elif dice.random() < shape.recycled * 4:
        shown.append(Shown("ip", dice.choice(shared.old_servers), "dns", first, min(last, first + 70), "carrier"))
    if dice.random() < 0.1:
        shown.append(Shown("tls_spki", dice.choice(shared.panel_keys), "tls", first, last, "carrier"))
    else:
        for index, day in enumerate(range(first, last, 90 if dice.random() < 0.6 else 365)):
            if day + 90 > 0:
                shown.append(Shown("tls_spki", _unique(plan, f"k{index}"), "tls", day, min(day + 89, last), "unique"))
    if "tls_spki" in profile.has or dice.random() < 0.05:  # one certificate for the names of a compartment
        operator = people.operators[plan.operator]
        for number in operator.sites[:20]:
            other = people.plans[number]
            if other.profile == plan.profile and other.number != plan.number and "/" not in other.site:
                start, end = max(first, other.first), min(last, other.content_last)
                if start <= end and other.make == plan.make:
                    shown.append(Shown("tls_san", other.site, "tls", start, end, "own"))
    return shown + _show_registry(people, plan, profile, dice)


def _show_registry(people: Population, plan: SitePlan, profile: Profile, dice: random.Random) -> list[Shown]:
    first, last, shown = plan.first, plan.last, []
    draw = dice.random()
    if plan.site.endswith((".cn",)) and draw < 0.85:
        periods = profile.has.get("registrant", ())
        if draw < 0.12:
            periods = (Period(dice.choice(people.shared.resold), -9999, 9999, "carrier"),)
        shown += [Shown("registrant", period.value, "registry", first, last, period.source) for period in periods[:1]]
    elif draw < 0.06:
        shown += [Shown("registrant", period.value, "registry", first, last, period.source)
                  for period in profile.has.get("registrant", ())[:1]]  # fmt: skip
    shown.append(Shown("registrar", str(420 + min(dice.randrange(40), dice.randrange(40), profile.number % 60)),
                       "registry", first, last, "carrier"))  # fmt: skip
    if dice.random() < 0.95 or plan.earlier or plan.make == "stranger":
        day = day_date(plan.registered).isoformat()
        shown.append(Shown("registered_on", day, "registry", first, last, "carrier"))
    return shown


def _show_shop(people: Population, plan: SitePlan, operator: Operator, profile: Profile, dice: random.Random,
               depth: int) -> list[Shown]:  # fmt: skip
    """A shop on a host or a 分站: the host's footer, servers and often its payee, contacts of its own."""
    model = people.plans[plan.model]
    base = show_site(people, model, depth + 1) if depth < 2 else []
    pays = dice.random() < (0.7 if plan.make == "saas" else people.shape.upstream_payment * 1.6)
    source = "host" if plan.make == "saas" else "upstream"
    number = str(dice.randint(2, 60)) if plan.make == "saas" else ""
    shown = []
    for row in base:
        keep = row.kind in _INFRA or row.kind == "design" or row.kind in _TEXT
        keep = keep or (row.kind == "favicon" and dice.random() < 0.8) or (row.block == "order" and pays)
        keep = (
            keep or (row.block == "scripts" and dice.random() < 0.5) or (row.kind in _CONTACT and dice.random() < 0.15)
        )
        if keep and row.kind not in ("registered_on", "registrar", "redirect"):
            if number and row.kind == "icp" and "-" not in row.value:
                row = replace(row, value=f"{row.value}-{number}")
            shown.append(_lasting(plan, row, source if row.source in ("own", "unique") else row.source))
    own = (*_CONTACT, "cs_tenant", "baidu_tongji", "la51", "cnzz", *(() if pays else FAMILIES["pay"]))
    kinds = tuple(kind for kind in SHOWN if kind in own)
    if plan.make == "saas" and dice.random() < 0.06:
        kinds += ("uscc", "company")
    return shown + _show_own(people, plan, operator, profile, dice, kinds)


def _show_copy(people: Population, plan: SitePlan, operator: Operator, profile: Profile, dice: random.Random,
               depth: int) -> list[Shown]:  # fmt: skip
    """Everything that can be copied from the victim; own payment, registry, name servers and keys."""
    base = show_site(people, people.plans[plan.model], depth + 1) if depth < 2 else []
    keeps = dice.random() < people.shape.impersonator_contacts
    shown = []
    for row in base:
        if row.kind in _INFRA or row.block == "order" or row.kind in ("redirect", "release_page"):
            continue
        if row.kind in _CONTACT and not keeps and dice.random() < 0.85:
            continue
        shown.append(_lasting(plan, row, "copied" if row.source in ("own", "unique") else row.source))
    kinds = (*FAMILIES["pay"], *(() if keeps else ("qq", "wechat", "telegram")), "ip", "verification_dns")
    shown += _show_own(people, plan, operator, profile, dice, kinds)
    return shown + [row for row in _show_carriers(people, plan, profile, dice) if row.kind in _INFRA]


def _with_upstream(people: Population, plan: SitePlan, shown: list[Shown], dice: random.Random,
                   depth: int) -> list[Shown]:  # fmt: skip
    """A reseller with a name of its own: the upstream's look and goods, at times its footer and its payment."""
    base = show_site(people, people.plans[plan.model], depth + 1)
    footer, pays, looks = dice.random() < 0.3, dice.random() < people.shape.upstream_payment, dice.random() < 0.6
    kept = [row for row in shown if not (pays and row.block == "order") and not (footer and row.kind in _TEXT)]
    for row in base:
        if (row.block == "footer" and footer) or (row.block == "order" and pays) or row.kind == "design" or (
            row.kind == "favicon" and looks) or (row.block == "scripts" and dice.random() < 0.1):  # fmt: skip
            kept.append(_lasting(plan, row, "upstream" if row.source in ("own", "unique") else row.source))
    return kept


def _lasting(plan: SitePlan, row: Shown, source: str) -> Shown:
    """A row as this site shows it: a copy is made once and does not follow the changes of its model."""
    if source in ("copied", "upstream") and row.block != "order" and row.kind not in _INFRA:
        return replace(row, first=plan.first, last=plan.content_last, source=source)
    return replace(row, first=max(row.first, plan.first), last=min(row.last, plan.content_last), source=source)


def _unique(plan: SitePlan, salt: str) -> str:
    return random.Random(f"{plan.site}/{plan.number}/{salt}").randbytes(32).hex()
