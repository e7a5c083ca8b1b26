"""Names of third persons in what the buyer tells: before the public they are masked, and the writer is warned.

Takes the buyer's own texts, gives names of persons and of the schools they go to. A name is found behind a word for a
person (客服, 老婆 ...); what stands without such a word cannot be told from other words, so a public text is always to
be read once more. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from monitor.complaints.masking.person_names import is_name
from monitor.complaints.model import Audience, CaseFile, Masking
from monitor.operators.subject_names import is_double_surname, is_person_name

_KIN = (
    r"老婆|老公|妻子|丈夫|媳妇|爱人|对象|女友|男友|女朋友|男朋友|朋友|闺蜜|同学|同事|室友|邻居|亲戚|儿子|女儿|孩子|父亲|母亲|爸爸|妈妈"
    r"|(?<=我)(?:[妈爸姐哥弟妹娘爹爷奶婶嫂舅姨姑]|外[公婆])(?![妈爸姐哥弟妹爷奶])"
    r"|[表堂]?(?:哥哥|姐姐|弟弟|妹妹)|[表堂][哥姐弟妹兄]|侄[子女儿]|外甥女?|[姑姨舅叔伯婶][妈父母丈]?|爷爷|奶奶|外[公婆]|岳[父母]|女婿|儿媳"
)
_TRADE = r"客服|老板娘?|店主|卖家|掌柜|店长|经理|主管|管理员|站长|员工|店员|代理|上家|下家|群主|法人|负责人|师傅|老师"
_BEFORE = re.compile(
    rf"(?:{_KIN}|{_TRADE}|本名|真名|名叫|叫做|叫|姓名|是|找|联系|转给|付给|加)(?:[的是叫]|名叫)?[ :：]?"
    r"(?=(?P<name>[\u4e00-\u9fff]{2,4}))"
)
_LOOSE = ("叫", "是", "找", "联系", "转给", "付给", "加")
_TITLED = re.compile(
    r"(?P<name>[\u4e00-\u9fff](?:科长|处长|局长|所长|主任|经理|总监|警官|法官|律师|队长|店长|老师|师傅|老板|女士|先生))"
)
_ALONE = re.compile(
    r"(?:^|(?<=[，,。.；;：:！!？?、\s“”\"（）()]))(?P<name>[\u4e00-\u9fff]{3,4})"
    r"(?=$|[，,。.；;：:！!？?、\s“”\"（）()]|(?:也|说|都|还|就|和|跟|给我|告诉|答应|承诺|被|收了|骗)(?![\u4e00-\u9fff]?$))"
)
_MOST_TEXT = 20_000
_WORDS_BEHIND = re.compile("态度|服务|回复|回应|答复|拒绝|表示|承诺|处理|通知|辱骂|威胁|嘲讽|敷衍|推脱|推诿")
"""Words that follow a name and whose first sign is no part of it: 王芳 in 王芳态度恶劣."""
_ACTS = re.compile(
    r"出(?:差|去|来|门|面|示|具)|辞职|请假|休(?:息|假)|离(?:职|开)|[上下]班|开会|不在|生病|住院|退休|值班|回(?:家|来|去|头|话)"
    r"|过(?:来|去)|来(?:了|电|过)|去(?:了|世)|走了|已经|当时|亲自|本人|自己|负责|接(?:待|听|的|了)|经理|答应|同意|明确|一直|后来|只是"
)
"""What follows a name of two signs and begins with a sign that a name may end with: 孙伟 in 孙伟出差."""
_SCHOOL = re.compile(
    r"(?:就?读于|[在读上到于念是])(?P<name>(?!于)[\u4e00-\u9fff]{2,10}?(?:大学|学院|中学|小学|高中|初中|职高|技校|幼儿园|附中|附小"
    r"|[一二三四五六七八九十]{1,3}中))(?=[上读念的就学毕，。；,.;！!？?、\s]|$)"
)
_VERBS = "说收发让要把给答称回又还也就都不没骂拉问告拒找在到和与跟及的等向用加已将从对被兑买付"
WARNING = (
    "本材料会公开：经过、答复等文字中的客服、亲友等第三人姓名可能没有全部认出，"
    "提交前请通读要粘贴的正文，改为“客服”“亲友”等称呼"
)


def find_third_names(text: str) -> tuple[str, ...]:
    """Names of persons behind a word for a person, each once."""
    return tuple(dict.fromkeys(_find(text[:_MOST_TEXT])))


def find_schools(text: str) -> tuple[str, ...]:
    """Names of schools that somebody goes to: with a child's year they lead to him."""
    return tuple(dict.fromkeys(match["name"] for match in _SCHOOL.finditer(text[:_MOST_TEXT])))


def mask_third(masking: Masking, file: CaseFile) -> Masking:
    """The public's masking under which these names are masked wherever they stand; others are given back."""
    if masking.audience is not Audience.PUBLIC:
        return masking
    names = (name for text in _list_texts(file) for name in find_third_names(text) if name not in masking.keep)
    schools = (name for text in _list_texts(file) for name in find_schools(text) if name not in masking.keep)
    found = (*((name, "person") for name in names), *((name, "address") for name in schools))
    return replace(masking, known=tuple(dict.fromkeys((*masking.known, *found))))


def warn_public(masking: Masking, file: CaseFile) -> tuple[str, ...]:
    """What the writer of a public text is told where it holds words of his own."""
    return (WARNING,) if masking.audience is Audience.PUBLIC and any(_list_texts(file)) else ()


def _list_texts(file: CaseFile) -> tuple[str, ...]:
    facts = file.case.facts
    return tuple(one for one in (facts.what_happened, facts.seller_reply) if one.strip())


def _find(text: str) -> Iterator[str]:
    for match in _BEFORE.finditer(text):
        yield from _behind(match, text)
    for match in _TITLED.finditer(text):
        if is_person_name(f"{match['name'][0]}明"):
            yield match["name"]
    for match in _ALONE.finditer(text):
        if is_name(match["name"]) and (len(match["name"]) == 3 or is_double_surname(match["name"])):
            yield match["name"]


def _behind(match: re.Match[str], text: str) -> Iterator[str]:
    """The name behind a word for a person, as long as one can be: 欧阳建国 whole, 孙丽华 before 也."""
    loose = match[0].startswith(_LOOSE)
    behind = match["name"]
    double = is_double_surname(behind)
    for length in (4, 3) if double else (3, 2):
        name = behind[:length]
        after = behind[length : length + 1] or text[match.end("name") : match.end("name") + 1]
        if _WORDS_BEHIND.search(name[1:] + after):
            continue
        if not double and length == 3 and _ACTS.match(text[match.start("name") + 2 : match.start("name") + 4]):
            continue
        if len(name) < length or not is_name(name) or (not double and length == 3 and name[2] in _VERBS):
            continue
        behind_it = text[match.start("name") + length : match.start("name") + length + 2]
        ends = _ACTS.match(behind_it) is not None or not after or not "\u4e00" <= after <= "\u9fff" or after in _VERBS
        if ends or not loose:
            yield name
        if ends or double:
            return
