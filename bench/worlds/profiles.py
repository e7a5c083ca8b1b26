"""What an operator has to show: accounts, contacts, counters, servers; and what many share: themes, payees."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from bench.worlds.model import SPAN, Shape
from bench.worlds.values import make_address, make_company, make_icp, make_uscc, make_value

# kind: chance that an operator has it, days until it changes (0: never), how many at a time at most
HAS: dict[str, tuple[float, int, int]] = {
    "icp_license": (0.06, 0, 1), "police_icp": (0.22, 0, 1),
    "alipay_static": (0.22, 170, 2), "wechat_static": (0.16, 140, 2), "merchant_id": (0.25, 300, 1),
    "epay_pid": (0.45, 360, 1), "payee": (0.55, 200, 2), "crypto": (0.1, 220, 1),
    "qq": (0.85, 280, 2), "qq_group": (0.55, 200, 1), "wechat": (0.4, 280, 1), "mobile": (0.2, 400, 1),
    "tel400": (0.05, 0, 1), "telegram": (0.3, 320, 1), "email": (0.3, 500, 1),
    "baidu_tongji": (0.4, 0, 1), "cnzz": (0.2, 0, 1), "la51": (0.3, 0, 1), "ga": (0.1, 0, 1), "gtm": (0.03, 0, 1),
    "verification_meta": (0.2, 0, 1), "verification_dns": (0.12, 0, 1), "cs_tenant": (0.2, 0, 1),
    "favicon": (0.45, 400, 1), "design": (0.25, 300, 1), "tls_spki": (0.18, 200, 1), "ip": (0.55, 220, 1),
    "ns": (0.05, 0, 1), "mx": (0.08, 0, 1), "registrant": (0.95, 0, 1),
}  # fmt: skip
FAMILIES = {
    "legal": ("uscc", "company", "icp", "icp_license", "police_icp"),
    "pay": ("alipay_static", "wechat_static", "merchant_id", "epay_pid", "payee", "crypto"),
    "contact": ("qq", "qq_group", "wechat", "mobile", "tel400", "telegram", "email", "cs_tenant"),
    "analytics": ("baidu_tongji", "cnzz", "la51", "ga", "gtm"),
    "verify": ("verification_meta", "verification_dns"),
    "design": ("favicon", "design"),
    "infra": ("tls_spki", "ip", "ns", "mx"),
    "registry": ("registrant",),
}
_HOSTERS = ("alidns.com", "hichina.com", "dnspod.net", "cloudflare.com", "hwclouds-dns.com", "domaincontrol.com",
            "xincache.com", "myhostadmin.net", "registrar-servers.com", "22.cn", "bdydns.cn", "jdgslb.com")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """A value that is used from one day to another."""

    value: str
    first: int
    last: int
    source: str = "own"


@dataclass(slots=True)
class Profile:
    """A compartment of an operator: what its sites may show."""

    has: dict[str, tuple[Period, ...]]
    number: int  # of its company, its person
    aggregator: int = -1
    firm: int = -1  # number of the uninvolved firm whose licence it shows
    hoster: int = 0


@dataclass(slots=True)
class Values:
    """Numbers that no two identifiers of a world share."""

    number: int

    def draw(self) -> int:
        """The next number."""
        self.number += 1
        return self.number


@dataclass(slots=True)
class Theme:
    """A shop software with what its author left in it."""

    design: str
    favicon: str
    leftovers: tuple[tuple[str, str, str], ...]  # kind, value, place


@dataclass
class Shared:
    """What many sites have in common without having an operator in common."""

    themes: list[Theme]
    payees: list[dict[str, tuple[Period, ...]]]
    small_payees: list[dict[str, tuple[Period, ...]]]
    firms: list[int]
    jumps: list[str]
    hosters: list[str]
    pools: list[list[str]] = field(default_factory=list)  # addresses of CDNs and shared servers
    old_servers: list[str] = field(default_factory=list)
    panel_keys: list[str] = field(default_factory=list)
    resold: list[str] = field(default_factory=list)  # names that resellers of domains register under

    def draw_theme(self, dice: random.Random) -> int:
        """A theme: few are everywhere, many are rare."""
        return min(dice.randrange(len(self.themes)), dice.randrange(len(self.themes)), dice.randrange(len(self.themes)))


def draw_periods(dice: random.Random, values: Values, kind: str, days: int, count: int, rotation: float,
                 source: str = "own") -> tuple[Period, ...]:  # fmt: skip
    """The values of one kind over time, with overlaps, as an operator uses them."""
    found = []
    for _ in range(dice.randint(1, count)):
        day = -300
        while day < SPAN:
            length = 2000 if not days else 20 + int(dice.expovariate(rotation / days))
            value = "" if kind == "ns" else make_value(kind, values.draw())
            if kind == "ns":
                value = f"ns-{values.draw()}-dns.com"
            found.append(Period(value, day, day + length, source))
            day += max(15, length - dice.randint(0, 20))
    return tuple(found)


def make_shared(dice: random.Random, values: Values, sites: int, shape: Shape) -> Shared:
    """Themes, payees, firms, jump hosts and carriers for so many sites."""
    themes = []
    for _ in range(max(12, min(160, sites // 40))):
        leftovers = [
            (kind, make_value(kind, values.draw()), place)
            for kind, place, chance in (
                ("qq", "visible", 0.5), ("qq_group", "attribute", 0.6), ("telegram", "attribute", 0.3),
                ("cnzz", "script", 0.3), ("baidu_tongji", "script", 0.2), ("icp", "comment", 0.25),
                ("email", "visible", 0.2), ("icp", "visible", 0.08),
            )
            if dice.random() < chance
        ]  # fmt: skip
        themes.append(
            Theme(make_value("design", values.draw()), make_value("favicon", values.draw()), tuple(leftovers))
        )

    def make_payee() -> dict[str, tuple[Period, ...]]:
        kinds = {"merchant_id": 150, "payee": 120, "epay_pid": 400}
        chosen = [kind for kind in kinds if dice.random() < 0.7] or ["merchant_id"]
        return {kind: draw_periods(dice, values, kind, kinds[kind], 2, shape.rotation, "aggregator") for kind in chosen}

    pools = [
        [make_value("ip", values.draw()) for _ in range(dice.choice((4, 16, 60)))] for _ in range(3 + sites // 2000)
    ]
    pools += [[make_value("ip", values.draw())] for _ in range(max(6, sites // 30))]
    return Shared(
        themes,
        [make_payee() for _ in range(4 + sites // 1500)],
        [make_payee() for _ in range(4 + int(sites * shape.aggregators * shape.small_aggregators) // 10)],
        [values.draw() for _ in range(3 + int(sites * shape.stolen / 6))],
        [f"jump{values.draw()}.cn" for _ in range(4 + sites // 2500)],
        [*_HOSTERS, *(f"dns{values.draw()}.net" for _ in range(4 + sites // 150))],
        pools,
        [make_value("ip", values.draw()) for _ in range(5 + int(sites * shape.recycled / 3))],
        [make_value("tls_spki", values.draw()) for _ in range(3 + sites // 1500)],
        [make_company(values.draw()) for _ in range(3 + sites // 1000)],
    )


def make_profiles(dice: random.Random, values: Values, shared: Shared, shape: Shape, operator: int, count: int,
                  make: str) -> list[Profile]:  # fmt: skip
    """The compartments of one operator: the first is the main one, the others leak a family of it at times."""
    profiles: list[Profile] = []
    firm = shared.firms[dice.randrange(len(shared.firms))] if dice.random() < shape.stolen and make != "host" else -1
    number = values.draw()
    for index in range(count):
        if index and dice.random() < 0.6:
            number = values.draw()
        profile = _make_profile(dice, values, shape, number, firm, make)
        profile.hoster = min(dice.randrange(len(shared.hosters)), dice.randrange(len(shared.hosters)))
        if make != "host" and dice.random() < shape.aggregators:
            small = dice.random() < shape.small_aggregators
            pool = shared.small_payees if small else shared.payees
            profile.aggregator = dice.randrange(len(pool)) + (100_000 if small else 0)
            for kind in ("merchant_id", "payee", "epay_pid", "alipay_static", "wechat_static"):
                if dice.random() < 0.65:
                    profile.has.pop(kind, None)
            profile.has.update(pool[profile.aggregator % 100_000])
        if index:
            for kinds in FAMILIES.values():
                if dice.random() < shape.leaks:
                    for kind in kinds:
                        if kind in profiles[0].has:
                            profile.has[kind] = profiles[0].has[kind]
        profiles.append(profile)
    return profiles


def _make_profile(dice: random.Random, values: Values, shape: Shape, number: int, firm: int, make: str) -> Profile:
    has: dict[str, tuple[Period, ...]] = {}
    licensed = make == "host" or dice.random() < 0.45
    if firm >= 0:
        has["uscc"] = (Period(make_uscc(firm), -9999, 9999, "stolen"),)
        has["company"] = (Period(make_company(firm), -9999, 9999, "stolen"),)
        has["address"] = (Period(make_address(firm), -9999, 9999, "stolen"),)
    elif licensed:
        has["company"] = (Period(make_company(number), -9999, 9999),)
        if dice.random() < 0.7:
            has["uscc"] = (Period(make_uscc(number), -9999, 9999),)
        if dice.random() < 0.4:
            has["address"] = (Period(make_address(number), -9999, 9999),)
    if dice.random() < (0.9 if make == "host" else 0.45):
        taken = firm >= 0 and dice.random() < 0.7
        has["icp"] = (Period(make_icp(firm if taken else number), -9999, 9999, "stolen" if taken else "own"),)
    for kind, (chance, days, most) in HAS.items():
        if dice.random() < chance:
            if kind == "registrant" and licensed and firm < 0:
                has[kind] = (Period(make_company(number), -9999, 9999),)
                continue
            has[kind] = draw_periods(dice, values, kind, days, most, shape.rotation)
    return Profile(has, number, firm=firm)
