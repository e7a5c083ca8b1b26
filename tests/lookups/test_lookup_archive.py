"""Lookups and the archive: icons become statements once a week, and writing never stops those who ask."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta

from capture.site import Answer, Site
from conftest import run_async

from lookups.servers import Zone, free_port, name_server
from lookups.test_dns import SHOP
from lookups.test_icon import picture
from lookups.test_lookup_run import Clock, archive, clock, configure
from monitor.config.settings import Settings
from monitor.lookups.run import LookupRun, lookup_domains
from scrapers.identifiers.favicon import favicon_value
from storage.archive import Archive
from storage.identity import LookupKind
from storage.statements import statements_of

__all__ = ["archive", "clock", "configure"]


def test_an_icon_is_a_statement_of_the_site_and_asked_for_once_a_week(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    site = Site()
    try:
        site.page("/", "<title>甲铺")
        site.answers["/favicon.ico"] = Answer(picture(), media_type="image/x-icon")
        closed = f"127.0.0.1:{free_port()}"
        before = f'[network]\nresolve = {{ "kashop.cn:80" = "{site.endpoint}", "kashop.cn:443" = "{closed}" }}\n'
        settings = configure(before=before)
        for days in (0, 6, 2):
            clock.now += timedelta(days=days)
            run = run_async(lookup_domains(settings, archive, ["kashop.cn"], clock, kinds=(LookupKind.ICON,)))
            assert [one.value for one in run.known[0].answer.identifiers] == [favicon_value(picture())]
    finally:
        site.close()
    assert site.seen.count("GET /favicon.ico") == 2
    with archive.database.reading() as session:
        (statement,) = [one for one in statements_of(session, ["kashop.cn"]) if one.kind == "favicon"]
    assert (statement.value, statement.place) == (favicon_value(picture()), "attribute")
    assert statement.last_seen == clock.now


def test_a_failed_icon_is_left_for_a_day(archive: Archive, clock: Clock, configure: Callable[..., Settings]) -> None:
    closed = f"127.0.0.1:{free_port()}"
    names = ", ".join(f'"{name}" = "{closed}"' for name in ("kashop.cn", "www.kashop.cn"))
    settings = configure(before=f"[network]\nresolve = {{ {names} }}\n")
    asked = []
    for hours in (0, 20, 5):
        clock.now += timedelta(hours=hours)
        run = run_async(lookup_domains(settings, archive, ["kashop.cn"], clock, kinds=(LookupKind.ICON,)))
        asked.append(run.asked)
    assert asked == [1, 0, 1]


def test_who_asks_goes_on_while_the_archive_is_written_by_another(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    zone = Zone(SHOP)
    held, free = threading.Event(), threading.Event()
    freed: list[bool] = []

    def hold() -> None:
        with archive.database.writing():
            held.set()
            freed.append(free.wait(5))

    async def look(settings: Settings) -> LookupRun:
        question = lookup_domains(settings, archive, ["kashop.cn"], clock, kinds=(LookupKind.DNS,))
        task = asyncio.create_task(question)
        await asyncio.wait({task}, timeout=0.5)
        free.set()
        return await task

    other = threading.Thread(target=hold)
    with name_server(zone) as resolver:
        settings = configure(f'resolvers = ["{resolver}"]\n')
        other.start()
        held.wait(5)
        try:
            run = run_async(look(settings))
        finally:
            free.set()
            other.join()
    assert zone.asked and freed == [True], "the loop had its turn before the answer could be written"
    assert all(known.lookup for known in run.known)
