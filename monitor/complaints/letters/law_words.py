"""Chooses the articles of a letter by the problem, the purpose and the days, and words them without quoting.

Only confirmed articles in force on the letter's day are cited; rules of substance also have to be in force on the
order's day. A reseller's letter rests on the civil code and the e-commerce law, not on consumer law. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.complaints.facts.age import age_at_order, is_small_child
from monitor.complaints.facts.guardian_consent import tells_consent, tells_password, withheld_consent
from monitor.complaints.letters.kinds import bases_of
from monitor.complaints.letters.material import Material
from monitor.complaints.letters.page_clauses import find_clauses
from monitor.complaints.letters.page_promises import find_fee_terms
from monitor.complaints.letters.problem_words import is_taken_back
from monitor.complaints.letters.sentences import law
from monitor.complaints.letters.unasked import is_renewal
from monitor.complaints.model import Sentence
from monitor.complaints.routing.filing_words import pattern
from monitor.complaints.routing.limits_of_claims import holds_promise
from monitor.review.laws import Article, find_articles, load_articles
from monitor.times import SHANGHAI
from storage.case import Answer, ProblemKind

_CONSUMER_LAWS = ("xbf", "xbftl", "wlxf", "yfk", "tsjb", "tsjb_old", "qhxf", "7d")
_OF_SUBSTANCE = ("xbf", "xbftl", "dsf", "mfd", "wljy", "htxz", "qhxf", "jgqz", "ptgz", "7d", "hlwxx", "fyh")
_GROWN_UP = 18
_OF_DEFECT, _OF_CLAUSE, _OF_PROMISE = ("xbf-24", "mfd-582"), ("xbf-26", "mfd-497"), ("xbftl-12",)
_REFUSED_GROUNDS = (*_OF_DEFECT, *_OF_CLAUSE, *_OF_PROMISE)
MOST_CITED = 5


def citable(ids: Iterable[str], material: Material) -> tuple[Article, ...]:
    """Of these articles those that this letter may cite, in the order given, each once."""
    wanted = list(dict.fromkeys(ids))
    found = find_articles(wanted, at=material.today)
    ordered = material.facts.ordered_at
    day = ordered.astimezone(SHANGHAI).date() if ordered else material.today
    kept: list[Article] = []
    waiting: list[Article] = []
    for one in found:
        if not material.consumer and material.kind.id != "market_report" and _family(one.id) in _CONSUMER_LAWS:
            continue
        if _family(one.id) in _OF_SUBSTANCE and not one.is_in_force(day):
            continue
        (kept if one.confirmed else waiting).append(one)
    for one in waiting:
        material.note(f"{name_article(one)}未见官方文本，文书没有引用，需核对后自行决定")
    if any(not load_articles()[one].is_in_force(material.today) for one in wanted):
        material.note("有的相关法条在文书日期不生效，已略去；该日适用的旧法不在本工具的法条表中，请另行核对")
    return tuple(kept)


def choose_articles(material: Material, *, most: int = MOST_CITED, first: Iterable[str] = ()) -> tuple[Article, ...]:
    """The articles that carry this case's demands, at most so many; `first` go before those of the problem."""
    wanted = [*first]
    small = is_small_child(material.facts, material.today)
    withheld = withheld_consent(material.facts)
    if material.facts.minor and not small:
        _note_consent(material, withheld=withheld)
    problem = material.facts.problem.value
    received, until = material.facts.received_at, material.facts.valid_until
    if (
        material.facts.problem is ProblemKind.EXPIRED_KEY
        and received is not None
        and until is not None
        and received < until
    ):
        problem = "usual"  # it was good when it came: nothing of its quality is touched
    if material.facts.problem is ProblemKind.UNASKED_CHARGE and is_renewal(material.facts):
        problem = "unasked_charge_renewal"
    if material.facts.problem is ProblemKind.ACCOUNT_LOST and is_taken_back(material.facts):
        problem = "account_lost_taken"
    told = material.facts.problem is ProblemKind.EXTRA_FEE and bool(find_fee_terms(material))
    child = ["small_child"] if small else ["minor"] if withheld else []
    if small and material.facts.guardian_agreed is Answer.YES:
        child = []  # with his guardian's consent and help it is as good as the guardian's own trade
    age = age_at_order(material.facts, material.today)
    if child and (age is None or age >= _GROWN_UP):
        why = "没有填写孩子的出生日期" if age is None else f"按所填出生日期，下单时已满{age}周岁"
        material.note(f"{why}：依年龄适用的条文没有引用，用 case set 核对 buyer.born_on 后再写一次")
        child = []
    grounds = [*child, f"{problem}_told" if told else problem]
    if child and material.facts.problem is ProblemKind.REFUSED_AFTER_SALES:
        grounds = child  # what was refused is the money back for the child's age: no quality, clause or promise
    for ground in grounds:
        bases = bases_of(ground)
        apart = _without_ground(material) if ground == ProblemKind.REFUSED_AFTER_SALES.value else ()
        if set(apart) >= set(_REFUSED_GROUNDS):
            bases = bases_of("usual")
        if material.consumer:
            wanted += [one for one in bases.consumer if one not in apart]
        wanted += [one for one in bases.any if one not in apart]
    return citable(wanted, material)[:most]


def _without_ground(material: Material) -> tuple[str, ...]:
    """The articles on refused after-sales that nothing of the case touches: no defect, no clause, no promise in it."""
    told = material.facts.what_happened
    found = {
        _OF_DEFECT: pattern("story", "defect").search(told) is not None,
        _OF_CLAUSE: bool(find_clauses(material)),
        _OF_PROMISE: holds_promise(material.file) or pattern("promises", "told").search(told) is not None,
    }
    return tuple(article for articles, there in found.items() if not there for article in articles)


def _note_consent(material: Material, *, withheld: bool) -> None:
    """Tell the guardian what his consent, or that nobody asked for it, does to the claim from the child's age."""
    agreed, said = material.facts.guardian_agreed, tells_consent(material.facts.what_happened)
    if withheld:
        material.note("文书按您的声明写了“监护人不予追认”；与年龄、智力相适应的小额交易可能有效，请核对属实再签名")
    elif agreed is Answer.NO and not said:
        material.note(
            f"声明的是监护人没有同意，经过里却写着“{tells_password(material.facts.what_happened)}”，会被看作允许了付款："
            "没有写“不予追认”，也没有引用依年龄的条文；密码原是为别的事告诉的，在经过里写明是什么时候、为了什么"
        )
    elif agreed is Answer.NO:
        material.note(f"声明的是监护人没有同意，经过里却写着“{said}”：没有写“不予追认”，两处改成一致")
    elif agreed is Answer.YES:
        material.note("监护人同意过这笔交易：没有引用未成年人交易须经追认的条文，按商品本身的问题提出")
    else:
        material.note(
            "没有写“不予追认”，也没有引用未成年人交易须经追认的条文：监护人没有同意、也不认可的，"
            "用 case set 填写 guardian_agreed=没有同意 后再写一次"
        )


def tell_laws(articles: Iterable[Article]) -> tuple[Sentence, ...]:
    """One sentence an article, in our own words and marked as such."""
    return tuple(law(f"{name_article(one)}（大意：{one.summary}）", (one.id,)) for one in articles)


def tell_rule(articles: Sequence[Article], before: str, after: str = "") -> tuple[Sentence, ...]:
    """One sentence that rests on these articles; none where none of them may be cited."""
    return (law(f"{before}{name_articles(articles)}{after}", [one.id for one in articles]),) if articles else ()


def name_article(one: Article) -> str:
    """《title》article; a title within the title has single brackets."""
    return f"《{one.title.replace('《', '〈').replace('》', '〉')}》{one.article}"


def name_articles(articles: Iterable[Article]) -> str:
    """Several of them in one phrase, each title once."""
    by_title: dict[str, list[Article]] = {}
    for one in articles:
        by_title.setdefault(one.title, []).append(one)
    return "、".join(
        "、".join([name_article(group[0]), *(one.article for one in group[1:])]) for group in by_title.values()
    )


def _family(article: str) -> str:
    return article.rsplit("-", 1)[0]
