"""What is there and what is missing on this machine, and how to mend it. Looks only; makes and changes nothing.

Checks run side by side, each with a short deadline; one that breaks or hangs is told as such and stops no other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from monitor.config.problems import ConfigError
from monitor.config.settings import Settings, load_settings
from monitor.doctor_checks import (
    Check,
    State,
    check_archive,
    check_browser,
    check_channel,
    check_clock,
    check_database,
    check_font,
    check_heartbeat,
    check_nameserver,
    check_ocr,
    check_reach,
    check_runs,
    check_search,
    check_timezones,
)
from monitor.doctor_lookups import WHAT as LOOKUPS
from monitor.doctor_lookups import check_lookups
from monitor.doctor_reading import WHAT as READING
from monitor.doctor_reading import check_reading
from monitor.doctor_sessions import WHAT, check_sessions
from monitor.doctor_tokens import check_roots, check_tokens

_WHOLE_SECONDS = 10.0

_CLOCK_MEND = 'name one in the configuration: [clock] sources = ["ntp://ntp.aliyun.com"], or an https:// address'

Question = tuple[str, Callable[[], Check]]


def examine_machine(config: Path, environ: Mapping[str, str], *, at: datetime) -> tuple[Check, ...]:
    """Every check, in the order of the table. Independent ones run side by side, so that deadlines do not add up."""
    try:
        settings: Settings | None = load_settings(config, environ, tolerant=True)
        configured = _check_config(config, settings, None)
    except ConfigError as error:
        settings = None
        configured = _check_config(config, None, error)
    checks: list[Question] = [
        ("browser", partial(check_browser, environ)),
        ("Chinese font", check_font),
        ("time zones", check_timezones),
        ("full-text search", check_search),
    ]
    if settings is not None:
        # Threads that import one package at the same time may each see half of it.
        import monitor.certificate_chain  # noqa: F401
        import storage.runs
        import storage.session
        import storage.tokens  # noqa: F401

        checks += _configured_checks(settings, at)
    return (configured, *_run_side_by_side(checks))


def is_usable(checks: tuple[Check, ...]) -> bool:
    """Whether nothing is bad."""
    return all(check.state is not State.BAD for check in checks)


def _check_config(config: Path, settings: Settings | None, error: ConfigError | None) -> Check:
    if settings is None:
        if not config.exists():
            mend = "`cardwatch add URL --platform NAME --role ROLE` makes one"
            return Check("configuration", State.WARN, f"{config} is not there", mend)
        return Check("configuration", State.BAD, str(error), "correct the lines that are named")
    if settings.problems:
        found = f"{config}: left out: " + "; ".join(str(problem) for problem in settings.problems[:5])
        return Check("configuration", State.WARN, found, "correct the lines that are named")
    if not settings.pages:
        return Check("configuration", State.WARN, f"{config} watches no page", "`cardwatch add` adds one")
    return Check("configuration", State.OK, f"{config}, {len(settings.pages)} pages")


def _configured_checks(settings: Settings, at: datetime) -> list[Question]:
    archive, alerts, proxy = settings.archive, settings.alerts, settings.network.proxy
    checks: list[Question] = [
        ("archive folder", partial(check_archive, archive.path, archive.minimum_free_megabytes)),
        ("database", partial(check_database, archive.database)),
        ("runs", partial(check_runs, archive.database, at)),
        (READING, partial(check_reading, archive.database)),
    ]
    checks.append(("text in pictures", partial(check_ocr, settings.ocr.enabled)))
    if any(page.session for page in settings.pages):
        checks.append((WHAT, partial(check_sessions, archive.path, settings.pages, settings.session_key, at)))
    if not settings.clock_sources:
        untold = "cannot say: no source to compare with"
        checks.append(("clock", partial(Check, "clock", State.UNKNOWN, untold, _CLOCK_MEND)))
    checks += [("clock", partial(check_clock, source)) for source in settings.clock_sources]
    if proxy:
        checks.append(("proxy", partial(check_reach, "proxy", proxy, 80 if proxy.startswith("http") else 1080)))
    if settings.network.nameserver:
        checks.append(("name server", partial(check_nameserver, settings.network.nameserver)))
    checks.append((LOOKUPS, partial(check_lookups, settings)))
    for channel in alerts.channels:
        what = f"alerts: {channel.variable}"
        checks.append((what, partial(check_channel, what, channel)))
    if alerts.heartbeat is not None:
        checks.append(("heartbeat", partial(check_heartbeat, alerts.heartbeat)))
    for authority in settings.authorities:
        what, port = f"time stamps: {authority.name}", 443 if authority.url.startswith("https") else 80
        checks.append((what, partial(check_reach, what, authority.url, port)))
        checks.append((f"roots of {authority.name}", partial(check_roots, authority)))
    checks.append(("time tokens", partial(check_tokens, settings, at)))
    return checks


def _run_side_by_side(checks: list[Question]) -> tuple[Check, ...]:
    """Run each check in a thread of its own; one that does not end in time (a slow name server) is `unknown`."""
    answers: dict[int, Check] = {}

    def work(position: int, what: str, check: Callable[[], Check]) -> None:
        try:
            answers[position] = check()
        except Exception as error:  # told as this check's answer: the doctor outlives whatever is ill
            answers[position] = Check(what, State.BAD, str(error) or type(error).__name__)

    threads = [
        threading.Thread(target=work, args=(position, what, check), daemon=True)
        for position, (what, check) in enumerate(checks)
    ]
    for thread in threads:
        thread.start()
    ends = time.monotonic() + _WHOLE_SECONDS
    for thread in threads:
        thread.join(max(0.0, ends - time.monotonic()))
    late = f"no answer in {_WHOLE_SECONDS:.0f} s"
    return tuple(
        answers.get(position, Check(what, State.UNKNOWN, late, "try again; is the network slow?"))
        for position, (what, _check) in enumerate(checks)
    )
