"""What of a buyer's own account may stand in a paper: his sentences without the clauses that judge or tell of others.

Takes his text, gives the sentences that stay and what was left out, word for word; and says whose words they are where
a minor bought. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from monitor.complaints.letters.kinds import forbidden_words
from monitor.complaints.letters.sentences import one_line
from monitor.complaints.routing.conduct_words import Conduct, find_misconduct, improper_words
from storage.case import Facts

_SENTENCE_END = re.compile(r"[。！？!?；;\r\n]+")
_CLAUSES = re.compile(r"[^，,]+[，,]*")
_ENDS = "，, "
_TOLD_BY_CHILD = re.compile(
    r"我(?:今年|现在|才|只有|还|是|刚|满|未满|不到|快){0,3}[0-9一二三四五六七八九十]{1,3}(?:周?岁)(?!的?(?:孩子|儿子|女儿|娃|小孩))|"
    r"(?<![他她子儿])(?:妈妈?|爸爸?|爸妈|父母|家长)[^，。；]{0,8}(?:骂|打|批评|教训)了?我(?!们)|"
    r"我[^，。；他她孩]{0,8}(?:偷偷|瞒着)[^，。；他她孩]{0,6}(?:妈|爸|家长)"
)
_MOTIVE = re.compile("(?:故意|恶意|存心|成心|蓄意)(?!骗|欺|坑|诈|扣)")
_POINTS_BACK = re.compile(
    r"(?:但是?|可是?|不过|而且?|结果|后来|现在|所以|因为|当时|并且)?(?:他(?!们)|她(?!们)|它|人家|[那这][张个单次笔份](?![^，,]*我))"
)
_KIN = (
    r"(?:们?家?的?老?(?:父|母|爸|妈|爹|娘|爷|奶|外公|外婆|姥|公公|婆婆|岳|丈|叔|伯|舅|姑|姨|儿子|女儿|闺女|孩子|先生|爱人|妻|太太|"
    r"老公|老婆|[表堂]?[哥姐弟妹]|邻居|朋友|同学|同事|室友|客户|当事人|委托人))"
)
_BOUGHT = r"(?:买|购|下[了的]?单|付|充(?!电)|拍[了下]|收到)"
_ACTED = r"(?:输[入了]|兑换|激活|登录|联系|打[了过]?[^，。；]{0,6}电话|找|要求|问)"
_DICTATED = re.compile(
    r"口述|我(?:只是|就是)?(?:替|代|帮)[^，。；]{0,6}(?:写|打字|填写|陈述|整理)|不会(?:打字|写字|上网)[^。；]{0,12}我"
)
_OWN_ACT = re.compile(rf"(?<![替帮给让叫教和跟陪问找骗])我(?!{_KIN})[^，。；他她]{{0,10}}{_BOUGHT}")
OF_GUARDIAN = "监护人陈述："
OF_CHILD = "购买人陈述："
OF_HELPER = "受托人陈述："
_BY_CLAUSE = (Conduct.LAW, Conduct.OTHERS, Conduct.FEELING)  # of these only the clause goes


def split_account(text: str) -> tuple[str, ...]:
    """The sentences of an account, each on one line, without their closing signs."""
    return tuple(plain for part in _SENTENCE_END.split(text) if (plain := one_line(part)))


def whose_words(facts: Facts) -> str:
    """What stands before each sentence of the account where another than the signer tells it: whose words they are."""
    if facts.minor:
        return OF_CHILD if tells_as_child(facts) else OF_GUARDIAN
    return OF_HELPER if tells_as_helper(facts) else ""


def name_teller(facts: Facts) -> str:
    """Who tells the account, as a note behind it calls him: the writer himself, a guardian, the child, a helper."""
    return whose_words(facts).partition("陈述")[0] or "本人"


def tells_as_helper(facts: Facts) -> str:
    """The words by which a helper tells the buyer's account in his own name; "" where the buyer tells it.

    我父亲…他买了: 我 is not who bought. Where 我 bought too, the account is the buyer's, whoever else stands in it.
    """
    if not facts.helper.name.strip():
        return ""
    story, name = facts.what_happened, facts.buyer.name.strip()
    if found := _DICTATED.search(story):
        return found[0]
    if _OWN_ACT.search(story):
        return ""
    who = f"我{_KIN}|{re.escape(name)}" if len(name) > 1 else f"我{_KIN}"
    if not re.search(who, story):
        return ""
    found = re.search(rf"(?:{who}|[他她](?!们))[^，。；我]{{0,14}}(?:{_BOUGHT}|{_ACTED})", story)
    return found[0] if found else ""


def name_side(facts: Facts) -> str:
    """Who noticed, asked and was answered: the writer himself, or a minor and whoever acts for it together."""
    return "购买人一方" if facts.minor else "本人"


def tells_as_child(facts: Facts) -> str:
    """The words of a minor's case in which 我 is the child itself; "" where the guardian tells."""
    found = _TOLD_BY_CHILD.search(facts.what_happened) if facts.minor else None
    return found[0] if found else ""


def keep_account(text: str, *, others: bool = False) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each sentence of an account as it may stand, "" where nothing of it does, with what was left out of it.

    Left out are clauses that draw conclusions of law, tell of others or only cry out; nothing stays of a sentence that
    threatens, insults or accuses. What follows a clause on somebody else and speaks of him as 他 goes too: left alone
    it would tell of whoever was named before. With `others` the fate of others stays: the police asks for victims.
    """
    apart = (Conduct.OTHERS,) if others else ()
    of_another = False
    for sentence in split_account(text):
        kept, left_out, of_another = _keep(sentence, apart, of_another=of_another)
        yield kept, left_out


def _keep(sentence: str, apart: Collection[Conduct], *, of_another: bool) -> tuple[str, tuple[str, ...], bool]:
    """What stays of a sentence and what not, and whether the last that went was of somebody else.

    `of_another`: so did the last before it.
    """
    points_back = of_another and _POINTS_BACK.match(sentence) is not None
    if not points_back and not _is_improper(sentence, apart):
        return sentence, (), False
    clauses = [one for one in _CLAUSES.findall(sentence) if one.strip(_ENDS)]
    fine, gone = list[str](), list[str]()
    for one in clauses:
        back = of_another and _POINTS_BACK.match(one) is not None
        of_another = back or (Conduct.OTHERS not in apart and _tells_of_others(one))
        bare = _MOTIVE.sub("", one)  # why he did it nobody can know; that he did it stays
        if back or _is_improper(bare, apart):
            gone.append(one.strip(_ENDS))
        elif bare != one and _is_improper(one, apart):
            fine.append(bare)
            gone.append(one.strip(_ENDS))
        else:
            fine.append(one)
    kept = "".join(fine).strip(_ENDS)
    if _is_improper(_MOTIVE.sub("", sentence), _BY_CLAUSE) or not gone:
        return "", (sentence,), of_another or _tells_of_others(sentence)
    return kept, tuple(gone), of_another


def _tells_of_others(text: str) -> bool:
    return any(one.kind is Conduct.OTHERS for one in find_misconduct(text))


def _is_improper(text: str, apart: Collection[Conduct]) -> bool:
    return any(word in text for word in forbidden_words()) or bool(improper_words(text, apart))
