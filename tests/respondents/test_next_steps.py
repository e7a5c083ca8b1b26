"""What to look up next: only what is missing, with exact words, and with a command that works as it is printed."""

from __future__ import annotations

import shlex
from datetime import date

from monitor.operators.next_steps import Step, list_next_steps
from monitor.operators.proofs import Voucher
from monitor.operators.respondents import rank_respondents
from monitor.operators.seller_role import judge_seller
from monitor.operators.subject_gathering import gather_subjects
from monitor.review.laws import load_articles
from respondents.sights import FIRM, ORDER, USCC, footer, looked_up, statement
from storage.identity import Statement, VerifiedRecord

TODAY = date(2026, 11, 23)


def steps(
    statements: list[Statement], *verified: VerifiedRecord, vouchers: tuple[Voucher, ...] = (), site: str = "xinghe.cn"
) -> dict[str, Step]:
    subjects = gather_subjects(statements, at=ORDER, verified=verified, vouchers=vouchers)
    answer = rank_respondents(subjects, judge_seller(["自动发货"]), at=ORDER, statements=statements)
    return {one.id: one for one in list_next_steps(answer, [site], platform="星河 卡盟", today=TODAY)}


def test_the_whole_way_from_a_footer() -> None:
    found = steps(footer())
    assert list(found)[:2] == ["miit_domain", "payment_payee"]
    assert found["gsxt_uscc"].words == USCC and found["gsxt_uscc"].url.startswith("https://www.gsxt.gov.cn")
    assert found["miit_domain"].words == "xinghe.cn"
    assert found["miit_number"].words == "粤ICP备19283746号"
    assert "whois_cn" in found and "rdap" not in found


def test_what_was_looked_up_is_not_asked_again() -> None:
    found = steps(
        footer(),
        looked_up("gsxt", USCC, name=FIRM, uscc=USCC),
        looked_up("miit", "xinghe.cn", name=FIRM, icp="粤ICP备19283746号"),
        vouchers=(Voucher(FIRM, ORDER, evidence="e-9"),),
    )
    assert not {"gsxt_uscc", "miit_domain", "miit_number", "payment_payee"} & set(found)


def test_a_masked_payee_is_still_to_be_asked_for() -> None:
    assert "payment_payee" in steps([], vouchers=(Voucher("*明", ORDER),))


def test_a_gateway_is_looked_up_as_a_third_party() -> None:
    step = steps([statement("epay_pid", "pay.suitong-pay.top#20417", "attribute")])["gateway_domain"]
    assert step.words == "pay.suitong-pay.top" and "20417" in step.why and "--source other" in step.record


def test_nothing_shown_asks_the_site_for_its_licence() -> None:
    found = steps([statement("qq", "23456789")], site="xinghe.top")
    assert "site_licence" in found and "dsf-15" in found["site_licence"].articles
    assert "rdap" in found and "whois_cn" not in found


def test_the_command_of_each_step_is_one_line_that_a_shell_reads() -> None:
    for step in steps(footer()).values():
        words = shlex.split(step.record)
        assert words[:3] == ["cardwatch", "verified", "add"]
        assert {"--source", "--asked", "--field", "--looked-on", "--file"} <= set(words)


def test_words_of_a_page_cannot_break_out_of_the_command() -> None:
    bad = "公司'; rm -rf / #有限公司"
    for step in steps([statement("company", bad)]).values():
        assert shlex.split(step.record)[:3] == ["cardwatch", "verified", "add"]
        assert "rm" not in shlex.split(step.record)


def test_no_repealed_article_is_cited() -> None:
    known = load_articles()
    assert all(known[name].is_in_force(TODAY) for step in steps(footer()).values() for name in step.articles)
