"""Cases are kept as they were said, changed with a trace, and found by the beginning of their id."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import NOW, make_case, make_facts, make_item, make_step
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.archive import Archive
from storage.case import (
    Answer,
    Case,
    Demand,
    DemandKind,
    Facts,
    FoundTime,
    Meant,
    Order,
    PaymentForm,
    Person,
    ProblemKind,
    Purpose,
    Respondent,
    UnlawfulPurpose,
)
from storage.case_items import cases_with, change_item, keep_item, list_items, load_item, remove_item
from storage.case_json import facts_json, facts_of, thousandths, yuan
from storage.case_steps import change_step, keep_step, list_steps, load_step
from storage.cases import (
    change_case,
    close_case,
    erase_case,
    keep_case,
    list_cases,
    list_events,
    load_case,
    reopen_case,
)
from storage.check import check_archive
from storage.errors import ArchiveDamaged, ArchiveError, NotInArchive
from storage.evidence import keep_evidence

LATER = NOW + timedelta(hours=1)

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=30)
amounts = st.none() | st.decimals(-(10**11), 10**11, places=3)
moments = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
people = st.builds(Person, texts, texts, texts, texts, st.none() | st.dates(date(1900, 1, 1)))
orders = st.builds(Order, texts, texts, amounts, st.none() | st.integers(0, 10**9), moments, moments, texts, texts)
demands = st.builds(Demand, st.sampled_from(DemandKind), amounts, texts)
facts = st.builds(
    Facts,
    platform=texts,
    url=texts,
    orders=st.lists(orders, max_size=4).map(tuple),
    payment=st.sampled_from(PaymentForm),
    payee=texts,
    payee_account=texts,
    problem=st.sampled_from(ProblemKind),
    what_happened=texts,
    noticed_at=moments,
    delivered=st.sampled_from(Answer),
    received_at=moments,
    by_network=st.booleans(),
    valid_until=moments,
    face_value=amounts,
    got_value=amounts,
    used=st.sampled_from(Answer),
    used_at=moments,
    extra_asked=amounts,
    extra_name=texts,
    balance=amounts,
    contacted_at=moments,
    seller_contact=texts,
    seller_reply=texts,
    replied_at=moments,
    advert_relied_on=texts,
    fraud_evidence=st.lists(texts, max_size=3).map(tuple),
    purpose=st.sampled_from(Purpose),
    unlawful=st.lists(st.sampled_from(UnlawfulPurpose), max_size=3).map(tuple),
    own_trade=st.sampled_from(Answer),
    still_open=st.sampled_from(Answer),
    money_back=st.sampled_from(Answer),
    elsewhere=st.sampled_from(Answer),
    guardian_agreed=st.sampled_from(Answer),
    buyer=people,
    minor=st.booleans(),
    guardian=people,
    helper=people,
    helper_role=texts,
    consent=texts,
    respondent=st.builds(Respondent, texts, texts, texts, texts, texts),
    demands=st.lists(demands, max_size=4).map(tuple),
    answer_by=moments,
    home=texts,
    meant=st.lists(st.builds(Meant, texts, texts), max_size=3).map(tuple),
    others=st.lists(texts, max_size=3).map(tuple),
)


@given(facts)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_facts_are_said_come_back_from_their_json(said: Facts) -> None:
    import json

    assert facts_of(json.loads(json.dumps(facts_json(said)))) == said


@given(said=facts, number=st.integers(0, 10**12))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_facts_are_kept_come_back_from_the_database(archive: Archive, said: Facts, number: int) -> None:
    case = Case(f"k-{number}-{id(said)}", NOW, NOW, said)
    with archive.database.writing() as session:
        keep_case(session, case)
    with archive.database.reading() as session:
        assert load_case(session, case.id) == case


def test_every_field_of_the_facts_is_tried_above() -> None:
    tried = set(facts.wrapped_strategy.kwargs)  # type: ignore[attr-defined]
    assert tried == set(Facts.__dataclass_fields__), "a new field of Facts needs its round trip here"


@pytest.mark.parametrize(
    "amount", ["0.0005", "1.00000000000000000000000000000000000001", "NaN", "Infinity", "1E+99999"]
)
def test_an_amount_that_cannot_be_kept_exactly_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"beyond all measure|finer than"):
        thousandths(Decimal(amount))


def test_amounts_are_whole_thousandths_and_moments_are_utc_in_what_is_kept() -> None:
    kept = facts_json(make_facts())
    assert kept["orders"][0]["amount"] == 50000  # type: ignore[index]
    assert kept["noticed_at"] == "2026-11-10T07:30:00+00:00"
    assert "valid_until" not in kept
    assert str(yuan(50000)) == "50.00" and str(yuan(1)) == "0.001"


def test_a_moment_without_a_zone_is_refused(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="no time zone"), archive.database.writing() as session:
        keep_case(session, make_case(noticed_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_facts_that_are_none_are_told_and_unknown_names_passed_over() -> None:
    assert facts_of({"platform": "a", "from_a_later_release": 1}) == Facts(platform="a")
    for wrong in ([], {"orders": {}}, {"payment": "gold"}, {"minor": "yes"}, {"noticed_at": 5}, {"balance": "1"}):
        with pytest.raises(ArchiveDamaged, match="facts of a case"):
            facts_of(wrong)


def test_each_change_is_kept_with_what_it_was_before(archive: Archive) -> None:
    case = make_case()
    with archive.database.writing() as session:
        keep_case(session, case)
    with archive.database.writing() as session:
        changed = change_case(session, case.id, replace(case.facts, seller_reply="不退", balance=Decimal("3.5")), LATER)
        change_case(session, case.id, changed.facts, LATER + timedelta(hours=1))
    assert changed.updated_at == LATER
    with archive.database.reading() as session:
        assert load_case(session, case.id) == changed
        events = list_events(session, case.id)
    assert [event.kind for event in events] == ["opened", "changed"]
    assert events[1].at == LATER
    assert events[1].changes == (("balance", None, 3500), ("seller_reply", None, "不退"))


def test_a_case_is_found_by_a_unique_beginning(archive: Archive) -> None:
    one, other = make_case(), replace(make_case(), id="k-20261123T040000-bbbbbbbb")
    with archive.database.writing() as session:
        keep_case(session, one)
        keep_case(session, other)
        with pytest.raises(ArchiveError, match="already"):
            keep_case(session, one)
    with archive.database.reading() as session:
        assert load_case(session, "20261123T040000-a") == one
        with pytest.raises(NotInArchive, match="several cases"):
            load_case(session, "k-2026")
        for wrong in ("", "  ", "k-9", "%", "x" * 5000):
            with pytest.raises(NotInArchive):
                load_case(session, wrong)


def test_a_closed_case_may_be_taken_up_again_and_keeps_how_it_was_closed(archive: Archive) -> None:
    with archive.database.writing() as session:
        keep_case(session, make_case())
        closed = close_case(session, "k-2026", "partly", Decimal("20"), LATER)
        assert (closed.outcome, closed.returned, closed.closed_at) == ("partly", Decimal(20), LATER)
        assert list_cases(session, open_only=True) == () and list_cases(session) == (closed,)
        with pytest.raises(ArchiveError, match="closed already"):
            close_case(session, "k-2026", "refunded", None, LATER)
        opened = reopen_case(session, "k-2026", LATER)
        assert opened.closed_at is None and opened.returned is None
        assert list_events(session, "k-2026")[-1].changes[0] == ("outcome", "partly", None)
        with pytest.raises(ArchiveError, match="is open"):
            reopen_case(session, "k-2026", LATER)


def test_items_and_steps_come_back_as_they_were_kept(archive: Archive) -> None:
    evidence = keep_evidence(archive, b"bill", name="bill.png", media_type="image/png", note="", at=NOW)
    item = replace(
        make_item("wallet_bill"),
        evidence=evidence.id,
        said_at=NOW,
        times=(FoundTime("exif", "DateTimeOriginal", NOW, False),),
        conflicts=("EXIF 时间与您所说相差3小时",),
        text="订单",
        text_source="ocr",
        media_type="image/png",
        duplicate_of="i-x",
    )
    step = make_step(
        "p12315", proof=("e-1",), due_at=LATER, due_what="受理", provisional=True, returned=Decimal("1.005")
    )
    with archive.database.writing() as session:
        with pytest.raises(NotInArchive, match="no case"):
            keep_item(session, item)
        keep_case(session, make_case())
        keep_item(session, item)
        keep_step(session, step)
        with pytest.raises(NotInArchive, match="no evidence"):
            keep_item(session, replace(item, id="i-2", evidence="e-none"))
    with archive.database.writing() as session:
        assert list_items(session, item.case) == (item,)
        assert list_steps(session, item.case) == (step,) == list_steps(session)
        assert load_step(session, "p-p12") == step and load_item(session, "i-wal") == item
        assert cases_with(session, evidence.id) == (item.case,)
        answered = replace(step, answered_at=LATER, outcome="refused", proof=())
        assert change_step(session, answered) == answered == load_step(session, step.id)
        change_item(session, replace(item, title="账单"), LATER)
        assert remove_item(session, item.id, LATER).removed_at == LATER
        assert remove_item(session, item.id, LATER + timedelta(days=1)).removed_at == LATER
        assert list_items(session, item.case) == ()
        assert [one.title for one in list_items(session, item.case, removed=True)] == ["账单"]
        for wrong in (lambda: change_step(session, replace(step, id="p-none")), lambda: load_item(session, "")):
            with pytest.raises(NotInArchive):
                wrong()
    assert check_archive(archive).whole


def test_an_erased_case_leaves_its_id_and_moments_only(archive: Archive) -> None:
    evidence = keep_evidence(archive, b"bill", name="bill.png", media_type="image/png", note="", at=NOW)
    with archive.database.writing() as session:
        keep_case(session, make_case())
        keep_item(session, replace(make_item("order"), evidence=evidence.id, text="林小明", title="林小明"))
        keep_step(session, make_step("p12315", note="林小明"))
        close_case(session, "k-2026", "refunded", Decimal(50), LATER)
    with archive.database.writing() as session:
        erased = erase_case(session, "k-2026", "本人要求", LATER)
        assert erased == replace(
            make_case(), facts=Facts(), closed_at=LATER, updated_at=LATER, erased_at=LATER, erased_why="本人要求"
        )
        assert list_steps(session) == ()
        assert [event.kind for event in list_events(session, "k-2026")] == ["erased"]
        (item,) = list_items(session, erased.id, removed=True)
        assert (item.title, item.text, item.evidence) == ("", "", evidence.id)
        with pytest.raises(ArchiveError, match="was erased"):
            change_case(session, "k-2026", make_facts(), LATER)
    assert archive.database.forget_overwritten()
    left = b"".join(path.read_bytes() for path in archive.root.rglob("*") if path.is_file())
    for secret in ("13800138000", "林小明", "\\u6797\\u5c0f\\u660e", "4200002211202611101234567890"):
        assert secret.encode() not in left
    assert check_archive(archive).whole
