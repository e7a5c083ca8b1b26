"""The channels of a dispute as data: fields, clocks, cost, what each gives and does not give, what excludes what.

Reads monitor/reference/channels.toml once, gives frozen values. Judges nothing: routing, deadlines and the pre-filing
check are functions of these rows. A row that is wrong is named with the way to mend it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources

from monitor.config.complaints import ChannelLimits, ComplaintSettings
from monitor.review.laws import find_articles


class Unit(StrEnum):
    """What a term is counted in."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"
    DAYS = "days"  # natural days
    MONTHS = "months"
    YEARS = "years"


UNIT_ZH = {
    Unit.HOURS: "小时",
    Unit.WORKING_DAYS: "个工作日",
    Unit.DAYS: "日",
    Unit.MONTHS: "个月",
    Unit.YEARS: "年",
}


@dataclass(frozen=True)
class Clock:
    """One term: from an event, so much time; `what` is due then, `then` is the next move when it has passed.

    `setting` names the field of ComplaintSettings that holds the amount where no rule gives one. `buyers` marks a term
    that the buyer must keep. `counts_from` is the event whose moment counts, where it is another than `event`.
    """

    event: str
    amount: int
    unit: Unit
    what: str
    then: str
    articles: tuple[str, ...]
    confirmed: bool
    setting: str = ""
    counts_from: str = ""
    buyers: bool = False
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it goes for a matter that was received on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class FormField:
    """Something that a form asks for: what, why, and where to get it."""

    id: str
    what: str
    why: str
    mend: str
    articles: tuple[str, ...]  # for complaints and reports
    court_articles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cost:
    """What a channel costs, by our own estimate: minutes of work, yuan, and the usual wait in Chinese."""

    minutes: int
    yuan: int
    wait: str

    def tell(self) -> str:
        """One Chinese line, marked as an estimate."""
        money = f"约{self.yuan}元" if self.yuan else "免费"
        wait = "等多久不定" if self.wait == "不定" else f"通常等{self.wait}"
        return f"约{self.minutes}分钟，{money}，{wait}（估计值）"


@dataclass(frozen=True)
class Channel:
    """One channel. `fields` are ids of form fields that must be filled, `optional` those that help."""

    id: str
    layer: int
    name: str
    entry: str
    entry_seen: bool
    valid_from: date
    confirmed: bool
    source: str
    needs_exact_respondent: bool
    refunds: bool
    fields: tuple[str, ...]
    optional: tuple[str, ...]
    excludes: tuple[str, ...]
    letters: tuple[str, ...]
    articles: tuple[str, ...]
    gives: str
    gives_not: str
    fits: str
    after: tuple[str, ...]
    cost: Cost
    clocks: tuple[Clock, ...]

    def tell_entry(self) -> str:
        """Where to go, with a mark where no source confirms it."""
        return self.entry if self.entry_seen else f"{self.entry}（未在存档来源中核对，以实际页面为准）"


@cache
def load_channels() -> dict[str, Channel]:
    """All channels by id, in the order of the file; a wrong row raises ValueError and is named."""
    data = _data()
    rows = data["channels"]
    assert isinstance(rows, list)
    channels: dict[str, Channel] = {}
    for row in rows:
        try:
            channel = _read_channel(row)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"channels.toml: channel {row.get('id', '?')}: {error!r}; mend that row") from error
        channels[channel.id] = channel
    for channel in channels.values():
        unknown = {*channel.excludes, *channel.after} - set(channels)
        unknown |= {*channel.fields, *channel.optional} - set(load_fields()) - {"respondent"}
        if unknown:
            raise ValueError(f"channels.toml: channel {channel.id} names {', '.join(sorted(unknown))}, which is no row")
    return channels


@cache
def load_fields() -> dict[str, FormField]:
    """All form fields by id. `respondent` is none of them: it is found out, not typed."""
    rows = _data()["fields"]
    assert isinstance(rows, dict)
    return {
        name: FormField(
            name, row["what"], row["why"], row["mend"], tuple(row["articles"]), tuple(row.get("court_articles", ()))
        )
        for name, row in rows.items()
    }


def find_channels_called(words: str) -> tuple[Channel, ...]:
    """The channels that these words mean: an id, a name, or a part of a name; several where it fits several."""
    channels, plain = load_channels(), words.strip()
    if plain.lower() in channels:
        return (channels[plain.lower()],)
    dense = _bare_name(plain)
    same = [one for one in channels.values() if dense and dense in (_bare_name(one.name), _lead(one.name))]
    return tuple(same or [one for one in channels.values() if len(dense) > 1 and dense in _bare_name(one.name)])


def tell_channels(channels: Iterable[Channel]) -> str:
    """Channels as a person can type them: p12315（全国12315平台（投诉））."""
    return "、".join(f"{one.id}（{one.name}）" for one in channels)


def _bare_name(name: str) -> str:
    return "".join(sign for sign in name if sign.isalnum())


def _lead(name: str) -> str:
    """A name up to its first bracket or dash: 黑猫投诉, 消费者协会, 全国12315平台."""
    return _bare_name(re.split("[（(·—]", name)[0])


def limits_of(channel: str, settings: ComplaintSettings) -> ChannelLimits:
    """What a channel's form takes: the user's figures, else cautious defaults that nobody measured."""
    return settings.limits.get(channel, ChannelLimits())


def in_force(ids: Iterable[str], day: date) -> tuple[str, ...]:
    """Of these articles the ids of those in force on a day."""
    return tuple(one.id for one in find_articles(ids, at=day))


def cite(ids: Iterable[str], day: date) -> str:
    """These articles as Chinese readers name them, those in force on a day: （《民法典》第五百七十七条）, or ""."""
    titles: dict[str, list[str]] = {}
    for one in find_articles(ids, at=day):
        titles.setdefault(one.title, []).append(one.article)
    names = "、".join(f"《{title}》{'、'.join(articles)}" for title, articles in titles.items())
    return f"（{names}）" if names else ""


@cache
def _data() -> Mapping[str, object]:
    text = resources.files("monitor.reference").joinpath("channels.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _read_channel(row: Mapping[str, object]) -> Channel:
    cost, clocks = row["cost"], row.get("clocks", [])
    layer, since = row["layer"], row["valid_from"]
    if not isinstance(cost, dict) or not isinstance(clocks, list) or not isinstance(since, date):
        raise TypeError("cost is a table, clocks are tables, valid_from is a date")
    if layer not in (1, 2, 3, 4):
        raise ValueError(f"layer {layer!r} is not 1 to 4")
    return Channel(
        id=str(row["id"]),
        layer=int(str(layer)),
        name=str(row["name"]),
        entry=str(row["entry"]),
        entry_seen=_flag(row, "entry_seen"),
        valid_from=since,
        confirmed=_flag(row, "confirmed"),
        source=str(row["source"]),
        needs_exact_respondent=_flag(row, "needs_exact_respondent"),
        refunds=_flag(row, "refunds"),
        fields=_words(row, "fields"),
        optional=_words(row, "optional"),
        excludes=_words(row, "excludes"),
        letters=_words(row, "letters"),
        articles=_words(row, "articles"),
        gives=str(row["gives"]),
        gives_not=str(row["gives_not"]),
        fits=str(row["fits"]),
        after=_words(row, "after"),
        cost=Cost(int(cost["minutes"]), int(cost["yuan"]), str(cost["wait"])),
        clocks=tuple(_read_clock(one) for one in clocks),
    )


def _read_clock(row: Mapping[str, object]) -> Clock:
    amount, setting = row.get("amount", 0), str(row.get("setting", ""))
    since, until = row.get("valid_from"), row.get("valid_to")
    if not isinstance(amount, int) or not (since is None or isinstance(since, date)):
        raise TypeError("amount is a number, valid_from is a date")
    if not (until is None or isinstance(until, date)) or (amount < 1) == (not setting):
        raise TypeError("valid_to is a date; a clock has an amount or a setting, not both")
    return Clock(
        event=str(row["event"]),
        amount=amount,
        unit=Unit(str(row["unit"])),
        what=str(row["what"]),
        then=str(row["then"]),
        articles=_words(row, "articles"),
        confirmed=_flag(row, "confirmed"),
        setting=setting,
        counts_from=str(row.get("counts_from", "")),
        buyers=row.get("whose") == "buyer",
        valid_from=since,
        valid_to=until,
    )


def _flag(row: Mapping[str, object], name: str) -> bool:
    value = row[name]
    if not isinstance(value, bool):
        raise TypeError(f"{name} is true or false")
    return value


def _words(row: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = row[name]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{name} is a list of words")
    return tuple(value)
