"""A registry's answer holds for a week, and no longer than until name servers know the name no more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import run_async

from lookups.servers import Whois, Zone, free_port, name_server, stream_server
from lookups.test_dns import SHOP
from lookups.test_lookup_run import Clock, archive, clock, configure, outcomes
from lookups.test_whois import CNNIC
from monitor.config.settings import Settings
from monitor.lookups.run import LookupRun, lookup_domains
from scrapers.lookups.canary import Reach
from storage.archive import Archive
from storage.evidence import list_evidence, open_evidence
from storage.identity import LookupKind

__all__ = ["archive", "clock", "configure"]

NAME = "kashop.cn"
BOTH = (LookupKind.DNS, LookupKind.WHOIS)


class Desk:
    """A name server and a registry that a test changes, and lookups of one name."""

    def __init__(self, archive: Archive, clock: Clock, settings: Settings, zone: Zone, whois: Whois) -> None:
        self.archive, self.clock, self.settings, self.zone, self.whois = archive, clock, settings, zone, whois

    def look(self, *, hours: float = 0, kinds: tuple[LookupKind, ...] = BOTH, troubled: bool = False) -> LookupRun:
        self.clock.now += timedelta(hours=hours)
        ill = (NAME,) if troubled else ()
        return run_async(lookup_domains(self.settings, self.archive, [NAME], self.clock, kinds=kinds, troubled=ill))

    @property
    def asked(self) -> int:
        return len(self.whois.asked)


@pytest.fixture
def desk(archive: Archive, clock: Clock, configure: Callable[..., Settings]) -> Iterator[Desk]:
    zone, whois = Zone(dict(SHOP)), Whois({NAME: CNNIC})
    with name_server(zone) as resolver, stream_server(whois.talk) as port43:
        settings = configure(f'resolvers = ["{resolver}"]\nwhois = {{ "cn" = "{port43}" }}\n')
        yield Desk(archive, clock, settings, zone, whois)


def test_a_name_that_goes_away_is_asked_of_its_registry_in_the_same_run(desk: Desk) -> None:
    desk.look()
    desk.look(hours=7)
    assert desk.asked == 1, "a name that is there is asked once a week"
    desk.zone.names.clear()
    run = desk.look(hours=7)
    assert desk.asked == 2
    assert sorted(outcomes(run)) == ["no_such_name", "ok"], "the older answer of the registry is not given too"
    assert not any(known.cached for known in run.known)


def test_while_a_name_is_away_its_registry_is_asked_once_a_day(desk: Desk) -> None:
    desk.look()
    desk.zone.names.clear()
    desk.look(hours=7)
    desk.look(hours=7)
    assert desk.asked == 2
    desk.look(hours=18)
    assert desk.asked == 3
    desk.zone.names.update(SHOP)
    desk.look(hours=7)
    desk.look(hours=48)
    assert desk.asked == 3, "and once a week again when it is back"


def test_a_registry_alone_is_asked_again_by_what_is_known_of_the_name(desk: Desk) -> None:
    desk.look()
    desk.zone.names.clear()
    desk.look(hours=7, kinds=(LookupKind.DNS,))
    desk.look(kinds=(LookupKind.WHOIS,))
    assert desk.asked == 2


def test_name_servers_that_are_silent_say_nothing_of_the_name(desk: Desk) -> None:
    desk.look()
    desk.zone.rcode = "REFUSED"
    desk.look(hours=7)
    assert desk.asked == 1


def test_a_site_in_trouble_is_asked_of_its_registry_after_a_day(desk: Desk) -> None:
    desk.look()
    desk.look(hours=20, troubled=True)
    assert desk.asked == 1
    desk.look(hours=7, troubled=True)
    assert desk.asked == 2


def test_offline_the_last_word_of_the_registry_stands(desk: Desk) -> None:
    desk.look()
    desk.zone.names.clear()
    desk.look(hours=7, kinds=(LookupKind.DNS,))
    desk.settings = replace(desk.settings, lookups=replace(desk.settings.lookups, offline=True))
    (known,) = desk.look(kinds=(LookupKind.WHOIS,)).known
    assert known.cached and str(known.answer.outcome) == "ok"


def test_what_the_bound_leaves_over_is_said_and_the_older_answer_given(desk: Desk) -> None:
    desk.look()
    desk.zone.names.clear()
    desk.settings = replace(desk.settings, lookups=replace(desk.settings.lookups, most_each_run=1))
    run = desk.look(hours=7)
    assert run.left == ((NAME, LookupKind.WHOIS),) and desk.asked == 1
    assert sorted(outcomes(run)) == ["no_such_name", "ok"]


def test_an_outage_of_ours_is_kept_with_what_was_asked_and_when(desk: Desk) -> None:
    canary = f"127.0.0.1:{free_port()}"
    desk.settings = replace(desk.settings, lookups=replace(desk.settings.lookups, canaries=(canary,)))
    run = desk.look()
    assert run.network.reach is Reach.DOWN and run.network_proof
    with open_evidence(desk.archive, run.network_proof) as file:
        told = json.loads(file.read())
    assert (told["reach"], told["checked_at"]) == ("down", desk.clock.now.isoformat())
    assert told["checks"][0]["canary"] == canary and told["checks"][0]["trouble"].startswith("refused")
    assert desk.look().network_proof == run.network_proof, "the questions of one run share their proof"
    later = desk.look(hours=1)
    assert later.network_proof not in ("", run.network_proof)
    assert len(list_evidence(desk.archive)) == 2
