from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from monitor.config.lookups import LookupSettings
from monitor.config.problems import ConfigError
from monitor.config.settings import load_settings

ROOT = Path(__file__).parents[2]


def load(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> LookupSettings:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    return load_settings(path, environ or {}).lookups


def test_the_default_file_shows_every_key_with_its_default(tmp_path: Path) -> None:
    text = (ROOT / "config.toml").read_text("utf-8")
    section = text.partition("\n[lookups]")[2].partition("\n[provenance]")[0]
    shown = "[lookups]\n" + "\n".join(line[2:] for line in section.splitlines() if line.startswith("# "))
    for field in fields(LookupSettings):
        assert f"\n{field.name} = " in shown, field.name
    assert load(tmp_path, shown) == load(tmp_path, "") == LookupSettings()


def test_the_environment_can_forbid_to_ask(tmp_path: Path) -> None:
    assert load(tmp_path, "", {"CARDWATCH_OFFLINE": "1"}).offline
    assert not load(tmp_path, "", {"CARDWATCH_OFFLINE": "0"}).offline


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('resolvers = ["dns.example.org"]', 'must be "system" or an IP address'),
        ('resolvers = ["1.1.1.1:99999"]', "must be"),
        ('canaries = ["http://x.example/"]', "must be a host"),
        ('whois = { cn = "whois.cnnic.cn/x" }', "must be a host or address"),
        ('rdap = { com = "http://rdap.example/" }', "https://"),
        ('rdap_bootstrap = "ftp://a.example/"', "https://"),
        ("pace_seconds = -1", "between"),
        ("pace = 1", "pace_seconds"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(tmp_path, f"[lookups]\n{line}\n")
    assert words in str(error.value) and "lookups" in str(error.value)


def test_endpoints_of_every_form_are_taken(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        '[lookups]\nresolvers = ["system", "223.5.5.5", "127.0.0.1:5353", "2400:3200::1", "[2400:3200::1]:53"]\n'
        'canaries = ["www.example.org", "192.0.2.1:443"]\nwhois = { ".CN" = "whois.cnnic.cn:43" }\n',
    )
    assert len(settings.resolvers) == 5 and settings.whois == (("cn", "whois.cnnic.cn:43"),)
