"""Whatever a server sends, reading it ends with facts or with the one error that names it."""

from __future__ import annotations

import base64
import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lookups.servers import AT
from lookups.test_rdap import REDACTED
from lookups.test_whois import CNNIC
from scrapers.lookups.dns_reading import FORMAT as DNS_FORMAT
from scrapers.lookups.dns_reading import read_dns
from scrapers.lookups.fetch import read_hops
from scrapers.lookups.model import LookupFailed, LookupOutcome
from scrapers.lookups.rdap_reading import read_rdap_object
from scrapers.lookups.registrants import is_organisation, is_withheld, mask_person
from scrapers.lookups.registry import is_reserved, registered_name
from scrapers.lookups.registry_fields import camel_status, read_registry_date
from scrapers.lookups.tls import read_tls
from scrapers.lookups.whois_text import read_whois_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*REDACTED, "roles", "x"]), inner),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(list(REDACTED)), JSON))
def test_any_json_is_read_as_rdap_or_refused(parts: dict[str, object]) -> None:
    body = json.dumps({**REDACTED, **parts}).encode()
    with contextlib.suppress(ValueError):
        read_rdap_object(body, "kashop.top")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.integers(0, len(CNNIC)))
def test_any_text_is_read_as_whois_or_refused(text: str, place: int) -> None:
    for told in (text, CNNIC[:place] + text + CNNIC[place:]):
        with contextlib.suppress(LookupFailed):
            read_whois_text(told.encode("utf-8", "replace"), "kashop.cn")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_wire_is_read_as_dns(wire: bytes) -> None:
    question = {"name": "kashop.cn", "type": "A", "answer": base64.b64encode(wire).decode()}
    kept = {"format": DNS_FORMAT, "domain": "kashop.cn", "server": "192.0.2.1", "questions": [question]}
    answer = read_dns(json.dumps(kept).encode(), AT)
    assert answer.outcome in LookupOutcome


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_kept_bytes_of_another_shape_are_refused(told: object) -> None:
    for read in (read_hops, lambda raw: read_tls(raw, AT), lambda raw: read_dns(raw, AT)):
        with pytest.raises(ValueError, match="no kept"):
            read(json.dumps(told).encode())


@pytest.mark.parametrize(
    ("name", "organisation"),
    [
        ("杭州晚枫网络科技有限公司", True),
        ("白云区晚枫商行", True),
        ("晚枫信息工作室", True),
        ("Wanfeng Trading Co., Ltd.", True),
        ("张伟", False),
        ("欧阳晚枫", False),
        ("Zhang Wei", False),
        ("Vincent Incavo", False),
    ],
)
def test_names_of_organisations_are_told_from_those_of_persons(name: str, organisation: bool) -> None:
    assert is_organisation(name) is organisation


def test_a_company_for_environment_protection_is_not_withheld() -> None:
    assert not is_withheld("某某环境保护有限公司")
    assert all(map(is_withheld, ["REDACTED FOR PRIVACY", "", "N/A", "隐私保护", "owner@domainsbyproxy.example"]))


def test_a_masked_name_keeps_its_first_character_only() -> None:
    assert (mask_person("张伟"), mask_person("Zhang Wei"), mask_person("")) == ("张*", "Z*****", "")


@pytest.mark.parametrize(
    ("text", "day", "moment"),
    [
        ("2021-06-30T20:00:00Z", "2021-06-30", "2021-06-30T20:00:00+00:00"),
        ("2021-06-30T20:00:00.0+08:00", "2021-06-30", "2021-06-30T12:00:00+00:00"),
        ("2021/6/30", "2021-06-30", "2021-06-30T00:00:00+00:00"),
        ("2021年6月30日", "2021-06-30", "2021-06-30T00:00:00+00:00"),
        ("20210630", "2021-06-30", "2021-06-30T00:00:00+00:00"),
        ("30-Jun-2021", "2021-06-30", "2021-06-30T00:00:00+00:00"),
        ("before Aug-1996", "", ""),
        ("2021-13-40", "", ""),
        ("0001-01-01T00:00:00Z", "", ""),
        ("9999-12-31T23:59:59-12:00", "", ""),
    ],
)
def test_dates_of_registries_are_read_or_unknown(text: str, day: str, moment: str) -> None:
    found, printed = read_registry_date(text)
    assert (found.isoformat() if found else "", printed) == (moment, day)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("client hold", "clientHold"),
        ("clientHold https://icann.org/epp#clientHold", "clientHold"),
        ("CLIENTHOLD", "clientHold"),
        ("redemption period", "redemptionPeriod"),
        ("pendingDelete (https://x.example)", "pendingDelete"),
        ("active", "ok"),
        ("server transfer prohibited", "serverTransferProhibited"),
        ("!!!", ""),
    ],
)
def test_states_have_one_spelling(text: str, status: str) -> None:
    assert camel_status(text) == status


@pytest.mark.parametrize(
    ("host", "held"),
    [
        ("shop.kashop.com.cn", "kashop.com.cn"),
        ("kashop.cn", "kashop.cn"),
        ("my.github.io", ""),
        ("com.cn", ""),
        ("192.0.2.1", ""),
        ("localhost", ""),
        ("a.example", ""),
        ("店.中国", "xn--hxt.xn--fiqs8s"),
    ],
)
def test_only_what_a_registry_holds_is_asked_of_it(host: str, held: str) -> None:
    assert registered_name(host) == held


def test_reserved_names_are_known() -> None:
    assert is_reserved("a.test") and is_reserved("127.0.0.1") and not is_reserved("a.cn")
