"""Names of companies, payees and addresses, each with the word that says in what role it stands there.

Takes sheets of lines; gives Hits. A name needs a word of role, a footer or 以下简称 beside it: pages speak of many
companies. Banks, clouds, payment companies and makers of sites get the role `third_party` and are never the site's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.identifiers.legal_spelling import spell_company
from scrapers.identifiers.runs import Hit, Sheet

THIRD_PARTY = "third_party"
_PLACES = (
    "北京|天津|上海|重庆|河北|山西|内蒙古|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖"
    "北|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾"
    "|深圳|广州|东莞|佛山|中山|珠海|惠州|汕头|江门|湛江|茂名|肇庆|梅州|清远|揭阳|潮州|杭州|宁波|"
    "温州|嘉兴|湖州|绍兴|金华|义乌|台州|丽水|衢州|舟山|南京|苏州|无锡|常州|南通|徐州|扬州|盐城|镇"
    "江|泰州|淮安|宿迁|连云港|昆山"
    "|合肥|芜湖|蚌埠|阜阳|安庆|马鞍山|滁州|福州|厦门|泉州|漳州|莆田|龙岩|宁德|三明|南平|南昌|九江"
    "|赣州|上饶|宜春|吉安|抚州|新余|济南|青岛|烟台|潍坊|临沂|淄博|济宁|威海|日照|德州|聊城|泰安|"
    "菏泽"
    "|郑州|洛阳|开封|南阳|新乡|安阳|商丘|周口|信阳|武汉|宜昌|襄阳|荆州|黄石|十堰|孝感|黄冈|咸宁|"
    "长沙|株洲|湘潭|衡阳|岳阳|常德|娄底|郴州|永州|怀化|邵阳|南宁|柳州|桂林|玉林|北海|海口|三亚|澄"
    "迈|成都|绵阳|德阳|泸州|宜宾|南充"
    "|贵阳|遵义|昆明|大理|曲靖|西安|咸阳|宝鸡|兰州|天水|银川|西宁|乌鲁木齐|喀什|霍尔果斯|石家庄|"
    "唐山|保定|邯郸|廊坊|沧州|秦皇岛|太原|大同|运城|临汾|呼和浩特|包头|鄂尔多斯|沈阳|大连|鞍山|长"
    "春|哈尔滨|大庆|拉萨"
)
_ENDING = (
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|合伙企业(?:\((?:有限合伙|普通合伙)\))?|律师事务所|个人独资企业)"
    r"(?:[\u3400-\u9fff]{2,8}分公司)?"
)
_SMALL_ENDING = (
    r"(?:工作室|经营部|商行|商贸行|贸易行|服务部|科技部|网络部|工贸行|电子商务店|网店|商店|百货店|便利店|中心|店)"
)
_NAME_END = re.compile(rf"{_ENDING}(?:\(个体工商户\))?")
_NAME_HEAD = re.compile(r"[\u3400-\u9fffA-Za-z0-9·&()]{2,40}\Z")
_FULL_NAME = re.compile(rf"(?:{_ENDING}|{_SMALL_ENDING})(?:[(（]个体工商户[)）])?\Z")
_SMALL = re.compile(rf"([\u3400-\u9fffA-Za-z0-9·]{{4,30}}?{_SMALL_ENDING}(?:\(个体工商户\))?)(?![\u3400-\u9fff(（])")
_ENGLISH = re.compile(
    r"([A-Z][A-Za-z0-9&.'-]{1,30}(?:[ ,]{1,2}[A-Z(][A-Za-z0-9&.'()-]{1,30}){0,6}[ ,]{1,2}(?:CO\.?,"
    r" ?LTD\.?|LIMITED|LTD\.?|LLC|INC\.?|Co\.?, ?Ltd\.?|Limited|Ltd\.?|Inc\.?))(?![A-Za-z])"
)
_FOLLOWERS = re.compile(
    r"\s*(?:\Z|[\x00\n ,，。.;；:：!！?？、|/\\\-—·\]】)）(（\"'“”「」『』《》<>©0-9A-Za-z*+=&~^]|版权|所有|保"
    r"留|运营|提供|主办|发行|研发|出品|代理|授权|签订|订立|共同|依法|出版|负责|管理|备案|享有|拥有"
    r"|旗下|开发|制作|承办|的|与|和|及|或|之|是|为|对|将|在|有权|负责|承诺|以下|成立|创立|注册|系|"
    r"统一社会|营业执照|技术支持|经营|地址|联系|电话|客服|网站|官网"
    r"|(?:[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]\s?)?(?:ICP|公网安备|[AB][12]-|网文|增值电信))"
)
_LEAD = re.compile(
    r"^.*(?:版权所有|版权归属于?|版权归|版权属于?|所有权归|归属于|隶属于|隶属|主办单位|主办方|运营"
    r"主体|运营单位|运营方|运营商|经营主体|经营者|公司名称|企业名称|单位名称|主体名称|备案主体|开"
    r"发者|"
    r"服务商|服务提供者|所属公司|技术支持|技术服务|(?:支付|结算|云|托管|技术|短信)服务由|服务由|系"
    r"统由|程序由|平台由|网站由|本站由|本店由|商城由|店铺由|页面由|现由|均由|是由|将由|统一由|本站"
    r"是|本平台是|本站系|我们是|收款方|收款商户|商户全称|付款给|合作伙伴|运营公司|名称|主体|"
    r"所有者|所有人|所有|本站|以及|授权|委托|同意|我司|公司|通过|使用|根据|关于|欢迎使用|来自|保险由|担保由|设计"
    r"制作|网站建设|建站|制作)(?:是|为|于|由|:|：)?"
)
_SINGLE_LEAD = re.compile(
    rf"^[\u3400-\u9fff]{{0,12}}(?:由|归|与|和|及|向|系|属|是|为|在|指|对|经)(?=(?:{_PLACES}|中国))"
)
_LONE_LEAD = re.compile(r"^(?:由|归|与|和|及|向|系|是|即|指|经(?![纬典]))(?=[\u3400-\u9fff]{4})")
# Where a name opens what is said (after a label, at the head of a line) it is not joined to anything: 和田, 即墨, 向阳.
_OPENING_LEAD = re.compile(r"^(?:由|归|系|是)(?=[\u3400-\u9fff]{4})")
_OPENING = re.compile(r"(?:^|[:：©|]|[0-9])\s*\Z")
_AFTER_PLACE = re.compile(rf"^[\u3400-\u9fff]{{1,12}}?(?=(?:{_PLACES})(?:市|省)?[\u3400-\u9fff]{{2,}})")
_INDUSTRY = re.compile(
    r"有限责任公司|股份有限公司|有限公司|集团公司|合伙企业|工作室|经营部|商行|网络|科技|技术|信息|"
    r"文化|传媒|传播|电子|商务|贸易|商贸|实业|发展|服务|咨询|软件|数码|数字|互联网|计算机|游戏|投"
    r"资|管理|集团|控股|国际|系统|"
    r"工程|开发|互动|娱乐|广告|智能|产业|供应链|进出口|百货|公司|中心|个体工商户|[()（）]|市|省|区"
    r"|县|正规|合法|专业|知名|优质|均|都|为|是|的"
)
# This company, yours, a subsidiary: where a name follows they begin it: 贵阳, 那曲, 本溪, 总统 are no such words.
_THAT = re.compile(r"^[该本我贵各此这那哪子母分总您你他](?:们|的|家|个|些|站|店|司|平台|商城|网站|类|大|方)?")
_NOBODY = re.compile(
    r"^(?:任何|其他|其它|一家|第三方|相关|上述|所属|指定|合作(?!市)|多家|"
    r"全国|国内|正规|关联|对方|大型|注册|成立|开办|具有|持有|物流|快递|支付|"
    r"担保|保险|游戏|运营|开发|发行|代理|上级|供货|发卡)(?:的|家|些)?|^.{0,6}某|^[Xx]{2,}"
)
_OWN = re.compile(
    r"(主办单位|主办方|主办者|主办|网站(?:所有者|所有人|经营者)|[甲乙]方(?:\([^)\n]{1,8}\))?\s?(?=[:：])|运营主体|运营单位|运营方|运营公司|运营商|经营主体|经营者(?:名称)?|经营"
    r"单位|公司名称|企业名称|单位名称|主体名称|商家名称|(?:卖家|商家|店主)(?=[:：])|店铺主体|备案主体|开发者|服务提供者|销售方"
    r"|销售主体|开票方|所属公司|公司全称|版权归属|版权所有|版权|营业执照|"
    r"©|\(c\)|copyright|all rights reserved|所有权归|隶属于?|本站由|本平台由|平台由|网站由|商城由|"
    r"本店由|我们是|本站是|本站系|名称[:：]|公司[:：]|主体[:：])",
    re.I,
)
_OWN_AFTER = re.compile(
    r"^\s*[,，]?\s*(?:\(?[\u3400-\u9fff]{0,4}\)?)?\s*(版权所有|版权|所有|©|copyright|all rights|保"
    r"留所有|运营|主办|旗下|以下简称|\((?:以下|下)[^)]{0,6}简?称[^)]{0,12}(?:本站|我们|平台|本公司"
    r"|我方|甲方|商城|我司|公司)|成立于|创立于|是一家|提供运营)",
    re.I,
)
_OTHERS = re.compile(
    r"(技术支持|技术服务|技术提供|建站|网站建设|网站制作|设计制作|制作单位|设计[:：]|系统提供|程序"
    r"[:：]|程序由|系统由|源码|模板|主题|powered by|theme|design(?:ed)? by|支付服务|支付由|结算|清"
    r"算|收单|代收|存管|托管|主机|服务器|云服务|云计算|CDN|加速|短信|"
    r"客服系统|合作伙伴|合作单位|合作机构|合作银行|支付牌照|赞助|友情|承保|保险|担保|接入|域名注册"
    r"|注册商|游戏(?:由|开发|运营|版权|发行)|出版|著作权|发行|研发|商标)",
    re.I,
)
_KNOWN_OTHERS = re.compile(
    r"银行|银联|财付通|支付宝|蚂蚁|腾讯|阿里|百度|华为|京东|网银在线|拉卡拉|连连|汇付(?=天下|支付|数据)|快钱|易宝|通"
    r"联支付|随行付|富友|宝付|合利宝|新生支付|首信易|七牛|又拍|优刻得|青云|金山云|微盟|有赞|美洽|"
    r"网易|新浪|抖音|字节|快手|美团|"
    r"中国移动|中国电信|中国联通|西部数码|万网|新网|易名|商务中国|三五互联|景安|聚名|顺丰|圆通(?=[速快])|中"
    r"通(?=[速快])|申通(?=快)|韵达|苹果电脑|微软|盛趣|完美世界|巨人|米哈游|暴雪|网之易|畅游|金山软件"
)
# Lists of those to whom a privacy policy says that data goes: SDK名称：…；公司：…
_SHARED_WITH = re.compile(r"SDK|(?:第三方|合作方|接收方|共享方)(?:名称|主体|公司|机构|单位)?\s?[:：]", re.I)
# An agreement is made with whom it is made: 由您与…（下称“某某发卡”）签订.
_PARTNER_IN = re.compile(r"(?:您|用户|会员|买家)[^,，。;；\n]{0,24}(?:与|和|同)\s*\Z")
_AGREEING = re.compile(r"\s*(?:\([^)\n]{0,30}\)\s*)?(?:之间|双方)?(?:共同)?(签订|签署|订立|缔结|达成)")
_FOOTING = re.compile(r"©|copyright|版权所有|ICP ?备|公网安备", re.I)
_KEYED = re.compile(
    r"\b(company(?:_?(?:name|title))?|corp(?:_?name)?|copyright|sponsor|organizer|unit_?name|icp_?company|subject)[\"']?\s{0,3}[:=]"
    r"\s{0,3}[\"'](?:©|版权所有|\s|[0-9-]){0,12}([\u3400-\u9fffA-Za-z0-9·()]{4,40}(?:公司|工作室|商行|经营部))[\"']",
    re.I,
)
_ADDRESS = re.compile(
    r"(?:(?:公司|注册|办公|经营|联系|通讯|通信|单位|企业|营业|详细|总部|我们的)\s?(?:场所|所在)?地"
    r"址|注册地|住所地?|经营场所|营业场所|(?<![\u3400-\u9fffA-Za-z])地址)(?:\s?[:：]\s?|\s(?=[\u34"
    r"00-\u9fff]{2,8}[省市区]))"
    r"([\u3400-\u9fff0-9A-Za-z()（）#\-—、·,， ]{6,90})"
)
_ADDRESS_WORD = re.compile(r"省|市|区|县|镇|乡|路|街|道|巷|号|楼|室|座|栋|大厦|园")
_NO_ADDRESS = re.compile(r"请|您|邮寄|收货|IP|http|www\.|网址|@|快照|发货地|填写|钱包")
_ADDRESS_END = re.compile(
    r"[,， ]*(?:邮编|电话|联系|客服|邮箱|QQ|微信|网址|备案|版权|ICP|统一|Tel|Email|E-mail|法定|经"
    r"营者|营业|©|[\u3400-\u9fff]ICP|增值|公网安备).*$",
    re.I | re.S,
)
_PAYEE = re.compile(
    r"(?:(收款方(?:名称|全称|户名)?|收款商户(?:名称|全称)?|收款人(?:姓名|户名)?|收款单位|收款户名|"
    r"收款账户名称?|商户全称|商户名称|付款给|收款公司|开户名称?|账户名称|户名)\s?(?:[:：]|(?=[ ]))"
    r"|(正在向|您正在向|请向|向)(?=[^\n]{2,40}(?:付款|支付|转账)))\s{0,3}([\u3400-\u9fffA-Za-z0-9*()（）·_.&-]{2,40})"
)
_WARNED = re.compile(r"(?:勿|不要|不得|别|禁止|不会)\s?\Z")
_NO_PAYEE = re.compile(
    r"信息|账号|账户|帐号|二维码|请|确认|不符|一致|核对|收款|付款|支付|备注|扫码|为准|任何|个人|商"
    r"家|卖家|平台|客服|以下|下方|本人|其他|实际|截图|错误|我们|您|undefined|null|商户|官方|暂无|"
    r"未(?!央)|页面|成功|金额|订单|银行卡|名称|地址|钱包|合约|陌生|他人|某|张三|李四|^[xX]{2,}$"
)


def find_companies(lines: Sheet) -> Iterator[Hit]:
    """Company names whose role is told by the words or the block beside them."""
    if lines.has("公司", "合伙企业", "事务所", "独资"):
        for match in _NAME_END.finditer(lines.text):
            head = _NAME_HEAD.search(lines.before(match.start(), 40))
            if head:
                yield from _company(lines, _whole_name(head.group()) + match.group(), match.end(), small=False)
    if lines.has("工作室", "部", "行", "店", "中心"):
        for match in _SMALL.finditer(lines.text):
            yield from _company(lines, match.group(1), match.end(1), small=True)
    if lines.has("ltd", "limited", "llc", "inc"):
        for match in _ENGLISH.finditer(lines.text):
            role = _role_of(lines, match.start(1), match.end(1))
            if role:
                yield Hit("company", match.group(1).strip(" ,"), match.start(1), match.end(1), role, 0.8)


def find_keyed_companies(scripts: Sheet) -> Iterator[Hit]:
    """Company names that a script or JSON answer holds under a name of its own: {"company": "..."}."""
    if scripts.has("公司", "工作室", "商行", "经营部"):
        for match in _KEYED.finditer(scripts.text):
            name = match.group(2)
            role = THIRD_PARTY if _KNOWN_OTHERS.search(name) else match.group(1)
            if not _is_nobody(name) and len(name) >= 6:
                yield Hit("company", name, match.start(2), match.end(2), role)


def find_addresses(lines: Sheet) -> Iterator[Hit]:
    """Postal addresses after a label; what users are told to fill in is none."""
    if not lines.has("地址", "住所", "场所", "注册地"):
        return
    for match in _ADDRESS.finditer(lines.text):
        text = _ADDRESS_END.sub("", match.group(1)).strip(" ,，、-")
        if len(text) < 6 or len(_ADDRESS_WORD.findall(text)) < 2 or _NO_ADDRESS.search(text):
            continue
        if _NO_ADDRESS.search(lines.before(match.start(), 8)):
            continue
        start = match.start(1)
        yield Hit("address", text, start, start + len(text), match.group().split(":")[0].split("：")[0].strip())


def find_payees(lines: Sheet) -> Iterator[Hit]:
    """Names that an order or payment page gives for the one who gets the money."""
    if not lines.has("收款", "商户", "付款给", "户名", "付款", "支付", "转账", "开户名", "账户名"):
        return
    for match in _PAYEE.finditer(lines.text):
        name = match.group(3)
        if match.group(2) and _WARNED.search(lines.before(match.start(), 6)):
            continue
        if match.group(2):
            name = re.split(r"(?:付款|支付|转账)", name, maxsplit=1)[0]
        name = spell_company(name)
        if (
            len(name) < 2
            or name.isdigit()
            or _NO_PAYEE.search(_INDUSTRY.sub("", name) if _FULL_NAME.search(name) else name)
            or not re.search(r"[\u3400-\u9fff]|[A-Za-z]{3}", name)
        ):
            continue
        confidence = 0.6 if "*" in name else 1.0
        yield Hit("payee", name, match.start(), match.end(), match.group(1) or "付款给", confidence)


def _whole_name(head: str) -> str:
    """What may belong to a name of what stands before its ending: nothing of another name, no half of a bracket."""
    others = list(_NAME_END.finditer(head))
    head = head[others[-1].end() :] if others else head
    depth = 0
    for place in range(len(head) - 1, -1, -1):
        depth += (head[place] == ")") - (head[place] == "(")
        if depth < 0:
            return head[place + 1 :]
    return head.rpartition(")")[2] if depth else head


def _company(lines: Sheet, name: str, end: int, *, small: bool) -> Iterator[Hit]:
    start = end - len(name)
    if not small and not _FOLLOWERS.match(lines.text, end):
        return
    if lines.text[max(0, start - 1) : start] in ("…", "*", "."):
        return
    name = _cut_lead(name, opens=_OPENING.search(lines.before(start, 6)) is not None)
    name = (
        name.lstrip("0123456789")
        if re.match(r"(?:19|20)[0-9]{2}(?:-(?:19|20)[0-9]{2})?[\u3400-\u9fff]", name)
        else name
    )
    start = end - len(name)
    body = _INDUSTRY.sub("", re.sub(rf"^(?:{_PLACES})", "", name))
    licensed = "个体工商户" in name
    if _is_nobody(name) or len(name) < (5 if small else 6) or (len(body) < (2 if small and not licensed else 1)):
        return
    if name.count("(") != name.count(")"):
        return
    role = _role_of(lines, start, end)
    if not role and (small or not (_in_foot(lines, start) or _beside_footing(lines, start, name))):
        return
    if _KNOWN_OTHERS.search(name):
        role = THIRD_PARTY
    if small and role == THIRD_PARTY and not licensed:
        return
    yield Hit("company", name, start, end, role or "页脚")


def _is_nobody(name: str) -> bool:
    """Whether a name is a way to speak of some company: 贵公司, 任何公司, 某某网络公司."""
    that = _THAT.match(name)
    return _NOBODY.match(name) is not None or (that is not None and not _INDUSTRY.sub("", name[that.end() :]))


def _cut_lead(name: str, *, opens: bool) -> str:
    """A name without the words that lead to it: 本站由杭州… begins at 杭州. `opens`: nothing is said before it."""
    ending = re.search(_ENDING, name)
    body = name[: ending.start()] if ending else name[:-2]
    lead = _LEAD.match(body)
    cut = lead.end() if lead and len(body) - lead.end() >= 2 else 0
    opens = body[cut - 1] in "由是为于:：" if cut else opens
    for pattern in (_SINGLE_LEAD, _OPENING_LEAD if opens else _LONE_LEAD):
        found = pattern.match(body[cut:])
        if found:
            cut += found.end()
            break
    bracket = body.find("(", cut)
    found = _AFTER_PLACE.match(body[cut : bracket if bracket > 0 else None])
    if found and re.search(r"(?:由|归|是|为|于|与|和|向|给|者|方|位|称|主|站|平台|权|有)$", found.group()):
        cut += found.end()
    return name[cut:]


def _role_of(lines: Sheet, start: int, end: int) -> str:
    """The word beside a name that says what it is there, `third_party` where that is somebody else, "" where none."""
    before, after = lines.before(start, 40), lines.after(end, 40)
    near = re.split(r"[。;；|\n]", before)[-1]
    others = list(_OTHERS.finditer(near))
    owns = list(_OWN.finditer(near))
    if others and (not owns or others[-1].start() > owns[-1].start()):
        return THIRD_PARTY
    if lines.run_at(start).third or _SHARED_WITH.search(re.split(r"[。\n]", lines.before(start, 90))[-1]):
        return THIRD_PARTY
    if re.match(
        r"\s*(?:为本站|为本平台|为我们)?(?:提供|承担)?(?:的)?(?:技术支持|技术服务|支付|结算|收单|"
        r"云(?!\s?(?:ICP|公网安备|[AB][12]-|网文|南))|主机|托管|短信|服务器|担保|建站|网站建设|CDN|加速|域名|带宽)(?![\u3400-\u9fff]{0,4}\s?(?:由|[:：]))",
        after,
    ):
        return THIRD_PARTY
    if re.search(r"由\s*$", near) and re.match(r"\s*(?:提供|负责|承担)(?!运营)", after):
        return THIRD_PARTY
    if owns:
        return owns[-1].group(1).strip(":： ")[:20]
    if _PARTNER_IN.search(before) and (agreeing := _AGREEING.match(after)):
        return agreeing.group(1)
    following = _OWN_AFTER.match(after)
    return re.split(r"[^\u3400-\u9fffA-Za-z©]", following.group(1).lstrip("("))[0] if following else ""


def _beside_footing(lines: Sheet, position: int, name: str) -> bool:
    """Whether a name that is a line by itself stands next to the line of the copyright or of the filing."""
    if lines.line_at(position).strip(" ·|-,，。") != name:
        return False
    begins = position - len(lines.before(position, 400))
    ends = lines.text.find("\n", position)
    block = lines.run_at(position).block
    return any(
        0 <= place < len(lines.text)
        and lines.run_at(place).block == block
        and _FOOTING.search(lines.line_at(place)[:200]) is not None
        for place in (begins - 3, ends + 1 if ends >= 0 else -1)
    )


def _in_foot(lines: Sheet, position: int) -> bool:
    return re.search(r"foot|copyright|bottom|beian|company|about", lines.run_at(position).block, re.I) is not None
