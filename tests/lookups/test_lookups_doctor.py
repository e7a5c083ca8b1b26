from __future__ import annotations

from pathlib import Path

from monitor.config.settings import load_settings
from monitor.doctor_checks import Check, State
from monitor.doctor_lookups import check_lookups


def check(tmp_path: Path, text: str) -> Check:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    return check_lookups(load_settings(path, {}))


def test_without_a_canary_the_doctor_warns_and_names_who_is_asked(tmp_path: Path) -> None:
    told = check(tmp_path, '[network]\nnameserver = "192.0.2.53"\n')
    assert told.state is State.WARN
    assert "192.0.2.53" in told.found and "no canary" in told.found
    assert "canaries = [" in told.mend
    assert "223.5.5.5" not in told.found, "no public service is asked unless it is named"


def test_with_canaries_and_two_resolvers_all_is_well(tmp_path: Path) -> None:
    told = check(tmp_path, '[lookups]\nresolvers = ["192.0.2.53", "192.0.2.54"]\ncanaries = ["www.example.org"]\n')
    assert (told.state, told.mend) == (State.OK, "")
    assert "192.0.2.53, 192.0.2.54" in told.found and "www.example.org" in told.found


def test_one_resolver_is_enough_and_a_second_is_proposed(tmp_path: Path) -> None:
    told = check(tmp_path, '[lookups]\nresolvers = ["192.0.2.53"]\ncanaries = ["www.example.org"]\n')
    assert told.state is State.OK and "223.5.5.5" in told.found


def test_behind_a_proxy_the_machines_own_resolvers_are_not_asked_and_none_is_left(tmp_path: Path) -> None:
    text = '[network]\nproxy = "socks5://127.0.0.1:9"\n[lookups]\ncanaries = ["www.example.org"]\n'
    told = check(tmp_path, text)
    assert told.state is State.WARN and "no name server" in told.found and "resolvers" in told.mend


def test_offline_is_said(tmp_path: Path) -> None:
    told = check(tmp_path, "[lookups]\noffline = true\n")
    assert told.state is State.OK and told.found.startswith("offline")
