from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from terminal import invoke_apart

from lookups.servers import Whois, Zone, name_server, stream_server
from lookups.test_dns import SHOP
from lookups.test_whois import CNNIC
from monitor.cli.main import group

PERSON = CNNIC.replace("杭州晚枫网络科技有限公司", "欧阳晚枫")


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "config.toml"
    with name_server(Zone(SHOP)) as resolver, stream_server(Whois({"kashop.cn": PERSON}).talk) as port43:
        path.write_text(
            f'[lookups]\nresolvers = ["{resolver}"]\nwhois = {{ cn = "{port43}" }}\npace_seconds = 0\n'
            "dns_seconds = 1\nseconds = 2\nrdap_bootstrap = ''\n"
        )
        yield path


def call(config: Path, *arguments: str) -> Result:
    return invoke_apart(group, ["--config", str(config), "lookup", *arguments])


def test_the_answer_names_its_sources_and_masks_persons(config: Path) -> None:
    done = call(config, "kashop.cn", "--kind", "dns,whois")
    assert done.exit_code == 0, done.output
    assert "域名服务器" in done.output and "ns1.kadns.net" in done.output
    assert "欧***（个人）" in done.output and "欧阳晚枫" not in done.output
    assert "注册数据 WHOIS 127.0.0.1" in done.output and "clientHold" in done.output
    shown = call(config, "kashop.cn", "--kind", "dns,whois", "--personal")
    assert "欧阳晚枫" in shown.output and "（存档）" in shown.output


def test_json_has_the_documented_fields_and_no_person(config: Path) -> None:
    done = call(config, "kashop.cn", "--kind", "dns,whois", "--json")
    told = json.loads(done.stdout)
    assert set(told) == {"network", "asked", "left", "splits", "answers"}
    assert "欧阳晚枫" not in done.stdout and "owner@wanfeng.example" not in done.stdout
    answer = told["answers"][1]
    assert set(answer) == {
        *("domain", "kind", "server", "asked_at", "outcome", "detail", "lookup", "evidence", "cached"),
        *("identifiers", "facts"),
    }
    assert answer["kind"] == "whois" and answer["facts"]["registrant"] == "欧***"
    assert answer["lookup"].startswith("lookup") or answer["lookup"]
    documented = (Path(__file__).parents[2] / "docs" / "json.md").read_text("utf-8")
    row = next(line for line in documented.splitlines() if line.startswith("| `cardwatch lookup"))
    for name in (*told, *answer, *answer["facts"], *told["answers"][0]["facts"]):
        assert f"`{name}`" in row, name


def test_offline_has_its_own_status(config: Path) -> None:
    done = call(config, "kashop.cn", "--offline")
    assert done.exit_code == 8 and "未查询（离线）" in done.output


def test_offline_shows_the_last_answers_whatever_their_age(config: Path) -> None:
    config.write_text(config.read_text() + "registry_hours = 0\n")
    assert call(config, "kashop.cn", "--kind", "whois").exit_code == 0
    done = call(config, "kashop.cn", "--kind", "whois", "--offline", "--refresh")
    assert done.exit_code == 0 and "（存档）" in done.output and "欧***" in done.output


def test_a_wrong_kind_and_a_wrong_domain_are_named(config: Path) -> None:
    done = call(config, "kashop.cn", "--kind", "dns,foo")
    assert done.exit_code == 2 and "'foo' is none of dns, rdap" in done.output
    assert call(config, "http://").exit_code == 2


def test_nothing_learnt_is_status_6(config: Path) -> None:
    assert call(config, "shop.invalid", "--kind", "whois,rdap").exit_code == 6
