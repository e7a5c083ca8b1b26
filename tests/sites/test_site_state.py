"""The states of a site: what is a fact, what is only a check that failed, and what is trouble of our own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.operators.site_looks import ContentPart, HttpPart, Network, SiteLook
from monitor.operators.site_memory import SiteMemory, dump_memory, load_memory
from monitor.operators.site_state import advance, trace
from storage.identity import SitePeriod, SiteState

START = datetime(2026, 1, 1, tzinfo=UTC)
SITE = "shop.example"
BOTH_MISSING = (("192.0.2.1", "no_such_name"), ("192.0.2.2", "no_such_name"))
BOTH_OK = (("192.0.2.1", "ok"), ("192.0.2.2", "ok"))
BOTH_SILENT = (("192.0.2.1", "timeout"), ("192.0.2.2", "timeout"))


def look(hours: float, **parts: object) -> SiteLook:
    values: dict[str, object] = {"network": Network.OK, "proof": (f"c-{hours:g}",)}
    return replace(SiteLook(SITE, START + timedelta(hours=hours)), **(values | parts))  # type: ignore[arg-type]


def alive(hours: float) -> SiteLook:
    return look(hours, answers=BOTH_OK, http=HttpPart.OK, status=200, content=ContentPart.OWN)


def missing(hours: float, **parts: object) -> SiteLook:
    return look(hours, answers=BOTH_MISSING, **parts)


def states(*looks: SiteLook) -> list[SiteState]:
    return [period.state for period in trace(SITE, looks)]


def test_a_first_look_at_an_open_site_is_enough() -> None:
    (period,) = trace(SITE, [alive(0)])
    assert (period.state, period.since, period.proof) == (SiteState.ACTIVE, START, ("c-0",))
    assert "可以打开" in period.reason


def test_a_name_is_dead_after_three_checks_over_three_days() -> None:
    assert states(alive(0), missing(24), missing(48), missing(72)) == [SiteState.ACTIVE]
    periods = trace(SITE, [alive(0), missing(24), missing(48), missing(96)])
    assert [period.state for period in periods] == [SiteState.ACTIVE, SiteState.DEAD]
    assert periods[1].since == START + timedelta(hours=24)
    assert periods[0].ended_at == periods[1].since
    assert "3 次检查" in periods[1].reason
    assert set(periods[1].proof) == {"c-24", "c-48", "c-96"}


def test_one_check_of_several_pages_counts_once() -> None:
    assert states(alive(0), *(missing(24 + part / 60) for part in range(9)), missing(97)) == [SiteState.ACTIVE]


def test_one_resolver_alone_declares_nothing_dead() -> None:
    one = (("192.0.2.1", "no_such_name"),)
    looks = [alive(0), *(look(24 * day, answers=one) for day in range(1, 9))]
    assert states(*looks) == [SiteState.ACTIVE, SiteState.UNKNOWN]


def test_the_register_is_a_second_source() -> None:
    one = (("192.0.2.1", "no_such_name"),)
    looks = [alive(0), *(look(24 * day, answers=one, registry="no_such_name") for day in range(1, 6))]
    assert states(*looks) == [SiteState.ACTIVE, SiteState.DEAD]


def test_a_failed_look_in_between_that_is_refuted_starts_the_count_anew() -> None:
    assert states(alive(0), missing(24), missing(48), alive(60), missing(72), missing(100)) == [SiteState.ACTIVE]
    resolves = look(60, answers=BOTH_OK)
    assert states(alive(0), missing(24), missing(48), resolves, missing(72), missing(100)) == [SiteState.ACTIVE]


def test_silence_says_nothing_where_our_network_is_not_known_to_be_well() -> None:
    unknown = [look(24 * day, answers=BOTH_SILENT, network=Network.UNKNOWN) for day in range(1, 9)]
    assert states(alive(0), *unknown) == [SiteState.ACTIVE]
    well = [look(24 * day, answers=BOTH_SILENT) for day in range(1, 6)]
    assert states(alive(0), *well) == [SiteState.ACTIVE, SiteState.DEAD]


@pytest.mark.parametrize(
    "parts",
    [
        *({"http": http} for http in (HttpPart.REFUSED, HttpPart.TIMEOUT, HttpPart.FAILED)),
        *({"http": HttpPart.ERROR, "status": status} for status in (404, 410, 451, 503, 521)),
        {"http": HttpPart.OK, "content": ContentPart.NO_SITE, "words": "Welcome to nginx"},
    ],
)
def test_a_server_that_shuts_us_out_is_unknown_and_not_dead(parts: dict[str, object]) -> None:
    shut = [look(24 * day, answers=BOTH_OK, registry="ok", **parts) for day in range(1, 9)]
    periods = trace(SITE, [alive(0), *shut])
    assert [period.state for period in periods] == [SiteState.ACTIVE, SiteState.UNKNOWN]
    assert periods[-1].reason.startswith("从本机无法访问")
    assert periods[-1].since == START + timedelta(hours=24)
    assert states(alive(0), *shut, alive(300)) == [SiteState.ACTIVE, SiteState.UNKNOWN, SiteState.ACTIVE]
    gone = [missing(hours) for hours in (300, 340, 380)]
    assert states(alive(0), *shut, *gone) == [SiteState.ACTIVE, SiteState.UNKNOWN, SiteState.DEAD]
    assert states(alive(0), shut[0]) == [SiteState.ACTIVE]


@pytest.mark.parametrize("network", [Network.UNKNOWN, Network.PARTIAL, Network.DOWN])
def test_nothing_dies_while_our_network_is_not_known_to_be_well(network: Network) -> None:
    looks = [missing(24 * day, network=network, registry="no_such_name") for day in range(1, 9)]
    assert SiteState.DEAD not in states(alive(0), *looks)
    assert states(alive(0), *looks, *(missing(24 * day) for day in (9, 10, 13)))[-1] is SiteState.DEAD


def test_a_captcha_is_no_death() -> None:
    locked = [look(24 * day, answers=BOTH_OK, http=HttpPart.LOCKED, words="验证码") for day in range(1, 9)]
    assert states(alive(0), *locked) == [SiteState.ACTIVE]


def test_what_an_earlier_release_counted_towards_death_by_a_server_alone_is_forgotten() -> None:
    memory = SiteMemory(SITE)
    for one in (alive(0), missing(24), missing(48)):
        memory = advance(memory, one).memory
    kept = json.loads(dump_memory(memory))
    kept["pending"]["sign"] |= {"sure": False}
    read = load_memory(SITE, json.dumps(kept))
    assert (read.current, read.pending) == (memory.current, memory.pending)
    kept["pending"]["sign"] |= {"sure": True, "sources": ["http"]}
    read = load_memory(SITE, json.dumps(kept))
    assert (read.current, read.pending) == (memory.current, None)


def test_two_redirects_six_hours_apart() -> None:
    first = look(24, answers=BOTH_OK, http=HttpPart.REDIRECT, target="new.example")
    soon = replace(first, at=first.at + timedelta(hours=2))
    later = replace(first, at=first.at + timedelta(hours=7))
    assert states(alive(0), first, soon) == [SiteState.ACTIVE]
    periods = trace(SITE, [alive(0), first, soon, later])
    assert (periods[-1].state, periods[-1].target) == (SiteState.REDIRECTING, "new.example")
    assert periods[-1].since == first.at


def test_another_target_is_another_period() -> None:
    looks = [alive(0)]
    for day, target in ((1, "b.example"), (2, "b.example"), (3, "c.example"), (4, "c.example")):
        looks.append(look(24 * day, answers=BOTH_OK, http=HttpPart.REDIRECT, target=target))
    assert [period.target for period in trace(SITE, looks)] == ["", "b.example", "c.example"]


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ({"http": HttpPart.OK, "content": ContentPart.PARKED, "words": "域名出售"}, SiteState.PARKED),
        ({"parked_by": "ns1.sedoparking.com", "answers": BOTH_OK}, SiteState.PARKED),
        ({"http": HttpPart.OK, "content": ContentPart.BLOCK_PAGE, "words": "反诈中心"}, SiteState.FILTERED),
        ({"answers": BOTH_OK, "http": HttpPart.RESET}, SiteState.FILTERED),
        ({"answers": BOTH_OK, "split": "192.0.2.1: 0.0.0.0"}, SiteState.FILTERED),
        ({"answers": BOTH_MISSING, "statuses": ("clientHold",)}, SiteState.HELD),
        ({"answers": BOTH_MISSING, "statuses": ("redemptionPeriod",)}, SiteState.EXPIRED),
        ({"http": HttpPart.OK, "content": ContentPart.EXPIRED, "words": "域名已过期"}, SiteState.EXPIRED),
        ({"answers": BOTH_MISSING, "expires_on": date(2025, 12, 31)}, SiteState.EXPIRED),
    ],
)
def test_a_state_needs_two_checks(parts: dict[str, object], state: SiteState) -> None:
    assert states(alive(0), look(24, **parts)) == [SiteState.ACTIVE]
    assert states(alive(0), look(24, **parts), look(30, **parts)) == [SiteState.ACTIVE, state]
    assert states(alive(0), look(24, **parts), alive(25), look(30, **parts)) == [SiteState.ACTIVE]


def test_a_hold_infers_no_guilt() -> None:
    held = {"answers": BOTH_MISSING, "statuses": ("serverHold",)}
    period = trace(SITE, [alive(0), look(24, **held), look(48, **held)])[-1]
    assert "不说明任何过错" in period.reason


def test_a_hold_explains_why_the_name_was_missing_before_the_register_was_heard() -> None:
    held = missing(48, registry="ok", statuses=("clientHold",))
    periods = trace(SITE, [alive(0), missing(24), held])
    assert [period.state for period in periods] == [SiteState.ACTIVE, SiteState.HELD]
    assert periods[1].since == START + timedelta(hours=24)


def test_a_held_name_stays_held_while_the_register_is_silent() -> None:
    held = [missing(hours, registry="ok", statuses=("clientHold",)) for hours in (24, 48)]
    silent = [missing(hours) for hours in (72, 120, 168)]
    assert states(alive(0), *held, *silent) == [SiteState.ACTIVE, SiteState.HELD]
    assert states(alive(0), held[0], missing(30)) == [SiteState.ACTIVE, SiteState.HELD]
    dropped = [missing(hours, registry="no_such_name") for hours in (200, 240, 290)]
    assert states(alive(0), *held, *silent, *dropped)[-1] is SiteState.DEAD
    back = [alive(200), alive(201)]
    assert states(alive(0), *held, *back)[-1] is SiteState.ACTIVE


def test_what_a_page_shows_counts_before_the_register() -> None:
    held = look(24, answers=BOTH_OK, statuses=("clientHold",), http=HttpPart.OK, content=ContentPart.OWN)
    assert states(alive(0), held, replace(held, at=held.at + timedelta(days=1))) == [SiteState.ACTIVE]


def test_other_content_is_said() -> None:
    other = {"answers": BOTH_OK, "http": HttpPart.OK, "content": ContentPart.CHANGED}
    periods = trace(SITE, [alive(0), look(24, **other), look(48, **other)])
    assert [period.content for period in periods] == ["own", "changed"]
    assert "易手" in periods[-1].reason


def test_a_dead_name_comes_back_after_two_checks() -> None:
    gone = [alive(0), missing(24), missing(48), missing(97)]
    assert states(*gone, alive(200)) == [SiteState.ACTIVE, SiteState.DEAD]
    assert states(*gone, alive(200), alive(210)) == [SiteState.ACTIVE, SiteState.DEAD, SiteState.ACTIVE]


def test_a_later_registration_is_another_epoch() -> None:
    anew = {"registered_on": date(2026, 3, 1), "registered_by": frozenset({"rdap"})}
    looks = [alive(0), missing(24), missing(48), missing(97)]
    looks += [look(24 * 70, answers=BOTH_OK, http=HttpPart.OK, content=ContentPart.CHANGED, **anew)]
    periods = trace(SITE, looks)
    old = [period for period in periods if period.site == f"{SITE}@2026-01-01"]
    assert [period.state for period in old] == [SiteState.ACTIVE, SiteState.DEAD, SiteState.REREGISTERED]
    assert old[-1].ended_at is None
    assert "2026-03-01" in old[-1].reason
    assert [period.site for period in periods if period not in old] == [SITE]


def test_one_odd_date_of_a_living_site_is_no_sale() -> None:
    odd = {"registered_on": date(2026, 3, 1), "registered_by": frozenset({"whois"})}
    right = {"registered_on": date(2020, 3, 1), "registered_by": frozenset({"rdap"})}
    shown = {"answers": BOTH_OK, "http": HttpPart.OK, "content": ContentPart.OWN}
    assert states(look(0, **shown, **right), look(24 * 70, **shown, **odd)) == [SiteState.ACTIVE]
    both = odd | {"registered_by": frozenset({"whois", "rdap"})}
    assert SiteState.REREGISTERED in states(look(0, **shown, **right), look(24 * 70, **shown, **both))


def test_an_outage_of_ours_becomes_unknown_and_ends_at_once() -> None:
    away = [look(24 + hour, network=Network.DOWN, answers=BOTH_MISSING) for hour in range(0, 100, 5)]
    periods = trace(SITE, [alive(0), *away, alive(130)])
    assert [period.state for period in periods] == [SiteState.ACTIVE, SiteState.UNKNOWN, SiteState.ACTIVE]
    assert periods[1].since == START + timedelta(hours=24)
    assert "本机网络" in periods[1].reason


def test_a_short_outage_is_not_told() -> None:
    assert states(alive(0), look(1, network=Network.DOWN), look(2, network=Network.DOWN), alive(3)) == [
        SiteState.ACTIVE
    ]


def test_a_look_at_another_site_is_refused() -> None:
    with pytest.raises(ValueError, match="says nothing about"):
        advance(SiteMemory("other.example"), alive(0))


ANSWERS = st.sampled_from(["ok", "no_such_name", "timeout", "server_failure", "refused", "error"])
LOOKS = st.builds(
    lambda answers, registry, statuses, http, content, target, status, split: {
        "answers": tuple((f"192.0.2.{number}", answer) for number, answer in enumerate(answers)),
        "registry": registry,
        "statuses": statuses,
        "http": http,
        "content": content,
        "target": target,
        "status": status,
        "split": split,
        "registered_on": date(2026, 2, 1) if status == 502 else None,
    },
    st.lists(ANSWERS, max_size=4),
    st.sampled_from(["", "ok", "no_such_name", "timeout"]),
    st.sampled_from([(), ("clientHold",), ("redemptionPeriod",), ("pendingDelete", "serverHold")]),
    st.sampled_from(HttpPart),
    st.sampled_from(ContentPart),
    st.sampled_from(["", "b.example", "c.example"]),
    st.sampled_from([0, 200, 403, 404, 502]),
    st.sampled_from(["", "192.0.2.1: 0.0.0.0"]),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(LOOKS, max_size=6),
    st.lists(st.tuples(LOOKS, st.integers(1, 3000)), min_size=1, max_size=40),
)
def test_nothing_that_happens_while_our_network_is_away_is_a_fact(
    before: list[dict[str, object]], away: list[tuple[dict[str, object], int]]
) -> None:
    memory = SiteMemory(SITE)
    hours = 0.0
    for parts in before:
        hours += 12
        memory = advance(memory, look(hours, **parts)).memory
    state = memory.current.state if memory.current else None
    site = memory.site
    for parts, minutes in away:
        hours += minutes / 60
        step = advance(memory, look(hours, **parts | {"network": Network.DOWN}))
        memory = step.memory
        assert step.old_epoch == ""
        now = memory.current.state if memory.current else None
        assert now in (state, SiteState.UNKNOWN)
        assert memory.site == site


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(LOOKS, st.sampled_from(Network), st.integers(1, 6000)), max_size=30))
def test_periods_follow_each_other_without_gaps_of_order(
    walk: list[tuple[dict[str, object], Network, int]],
) -> None:
    looks, hours = [], 0.0
    for parts, network, minutes in walk:
        hours += minutes / 60
        looks.append(look(hours, **parts | {"network": network}))
    of_site: dict[str, list[SitePeriod]] = {}
    for period in trace(SITE, looks):
        of_site.setdefault(period.site, []).append(period)
    for periods in of_site.values():
        for earlier, later in pairwise(periods):
            assert earlier.ended_at is not None
            assert earlier.ended_at <= later.since or later.state is SiteState.REREGISTERED
        assert all(period.reason for period in periods)
        assert all(len(period.proof) <= 8 for period in periods)


def test_a_period_is_only_as_long_as_its_sights() -> None:
    away = look(48, answers=BOTH_OK, http=HttpPart.REDIRECT, target="new.example")
    soon = replace(away, at=away.at + timedelta(minutes=10))
    held = [look(hours, answers=BOTH_MISSING, statuses=("clientHold",)) for hours in (144, 168)]
    (waiting,) = trace(SITE, [alive(0), away, soon])
    assert waiting.checked_at == START, "a look that met something else is no sight of the state"
    first, then = trace(SITE, [alive(0), away, soon, *held])
    assert (first.state, first.ended_at) == (SiteState.ACTIVE, away.at)
    assert "最后一次见到这一状态：2026-01-01" in first.reason and "new.example" in first.reason
    assert (then.state, then.since) == (SiteState.HELD, START + timedelta(hours=144))
    again = trace(SITE, [alive(0), away, alive(72), *held])
    assert again[0].ended_at == held[0].at and "最后一次" not in again[0].reason


def test_only_what_was_compared_is_called_the_same_as_before() -> None:
    (first,) = trace(SITE, [alive(0)])
    assert first.reason == "网站可以打开"
    (second,) = trace(SITE, [alive(0), replace(alive(24), compared=True)])
    assert "内容与此前一致" in second.reason
