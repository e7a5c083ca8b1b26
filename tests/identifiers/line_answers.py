"""Pieces of pages with what a person reads in each: (markup, {(kind, value, place)}); an empty set is nobody's.

Each kind of spelling stands beside its opposite, which looks alike and tells nothing. All names are invented.
"""

from __future__ import annotations

Answer = tuple[str, set[tuple[str, str, str]]]
_TRON = "TUmVt5Sbvwx9RHn5g4yQ5zG9CiJ4KcqL9H"
_ISSUED = "0123456789abcdef0123456789abcdea"


def _seen(kind: str, *values: str) -> set[tuple[str, str, str]]:
    return {(kind, value, "visible") for value in values}


CONTACTS: tuple[Answer, ...] = (
    ("<p>Ｖ Ｘ：Mumian_88</p>", _seen("wechat", "mumian_88")),
    ("<p>联系V X：Mumian_88</p>", _seen("wechat", "mumian_88")),
    ("<p>w x : mumian_88</p>", _seen("wechat", "mumian_88")),
    ("<p>Q Q：28837461</p>", _seen("qq", "28837461")),
    ("<p>客服Ｑ Ｑ：28837461</p>", _seen("qq", "28837461")),
    ("<p>T G：@mumian_cs</p>", _seen("telegram", "mumian_cs")),
    ("<p>薇信（夜间）：mumian_88</p>", _seen("wechat", "mumian_88")),
    ("<p>微信(备用)：mumian_88</p>", _seen("wechat", "mumian_88")),
    ("<p>微信【白班】 mumian_88</p>", _seen("wechat", "mumian_88")),
    ("<p>QQ（售后专用）：28837461</p>", _seen("qq", "28837461")),
    ("<p>QQ群（满员请加二群）：738812045</p>", _seen("qq_group", "738812045")),
    ("<p>电报（全天）：@mumian_cs</p>", _seen("telegram", "mumian_cs")),
    ("<p>微信（支付宝）付款：order_20260101</p>", set()),
    ("<p>电话：1583&nbsp;0217&nbsp;94 3</p>", _seen("mobile", "15830217943")),
    ("<p>客服热线 158&nbsp;3021&nbsp;7943</p>", _seen("mobile", "15830217943")),
    ("<p>电话：1583 0217 943</p>", _seen("mobile", "15830217943")),
    ("<p>手机：158.3021.7943</p>", _seen("mobile", "15830217943")),
    ("<p>手机：(158) 3021-7943</p>", _seen("mobile", "15830217943")),
    ("<p>电话：＋86 158-3021-7943</p>", _seen("mobile", "15830217943")),
    ("<p>充值客服电话：15830217943</p>", _seen("mobile", "15830217943")),
    ("<p>用户投诉电话：15830217943</p>", _seen("mobile", "15830217943")),
    ("<p>售后QQ：28837461，不要相信其他QQ</p>", _seen("qq", "28837461")),
    ("<p>手机号 15830217943</p>", set()),
    ("<p>充值手机号：15830217943</p>", set()),
    ("<p>下单手机：15830217943 已发货</p>", set()),
    ("<p>请输入手机号 15830217943</p>", set()),
    ("<p>客服手机号 15830217943</p>", _seen("mobile", "15830217943")),
    ("<p>联系手机：15830217943</p>", _seen("mobile", "15830217943")),
    ("<p>热线 400 - 618 5307</p>", _seen("tel400", "4006185307")),
    ("<p>热线：(400) 618 5307</p>", _seen("tel400", "4006185307")),
    ("<p>热线：（400）618-5307</p>", _seen("tel400", "4006185307")),
    ("<p>4 0 0 - 618 5307</p>", _seen("tel400", "4006185307")),
    ("<p>电话：4 0 0 6 1 8 5 3 0 7</p>", _seen("tel400", "4006185307")),
    ("<p>全国服务热线：<br>400-618<br>-5307</p>", _seen("tel400", "4006185307")),
    ("<table><tr><td>客服热线</td><td>400</td><td>618</td><td>5307</td></tr></table>", _seen("tel400", "4006185307")),
    ("<p>客服电话：<b>400</b>-<b>618</b>-<b>5307</b></p>", _seen("tel400", "4006185307")),
    ("<p>共 400 618 件，5307 元</p>", set()),
    ("<p>售价400 库存618 销量5307</p>", set()),
    ("<p>QQ/微信同号：283746152</p>", _seen("qq", "283746152")),
    ("<p>微信/QQ同号：283746152</p>", _seen("qq", "283746152")),
    ("<p>QQ、VX：283746152</p>", _seen("qq", "283746152")),
    ("<p>骗子QQ：28837461，大家小心</p>", set()),
    ("<p>谨防假客服！假冒QQ 28837461 已被举报</p>", set()),
    ("<p>近期有人冒充本站客服，QQ：28837461、28837462，请勿相信</p>", set()),
    ("<p>QQ 28837461 是骗子，不要转账</p>", set()),
    ("<p>请勿相信微信 mumian_99，与本站无关</p>", set()),
    ("<p>谨防骗子，认准唯一客服QQ：28837461</p>", _seen("qq", "28837461")),
    ("<p>客服QQ：28837461（谨防假冒）</p>", _seen("qq", "28837461")),
    ("<p>谨防假冒！官方客服QQ：28837461</p>", _seen("qq", "28837461")),
    ("<p>举报骗子请加QQ：28837461</p>", _seen("qq", "28837461")),
    ("<p>冒充客服的QQ 28837462 已拉黑。正版客服QQ：28837461</p>", _seen("qq", "28837461")),
    ("<textarea>账号: lim2031@163.com 密码: Ab12345\n账号: lim2032@163.com 密码: Ab12346</textarea>", set()),
    ("<p>卡密信息：lim2031@163.com----Ab12345----lim2032@163.com</p>", set()),
    ("<p>邮箱账号：lim2031@163.com 登录密码：Ab12345</p>", set()),
    ("<p>客服邮箱：lim2031@163.com</p>", _seen("email", "lim2031@163.com")),
    ("<p>忘记密码请联系邮箱：lim2031@163.com</p>", _seen("email", "lim2031@163.com")),
    ("<p>QQ账号：28837461 密码：abc123</p>", set()),
    ("<p>沪ICP备556693号</p>", _seen("icp", "沪ICP备556693号")),
)
LINKS: tuple[Answer, ...] = (
    ('<footer><a href="mailto:kf@mumianka.com">kf@mumianka.com</a></footer>', _seen("email", "kf@mumianka.com")),
    ('<a href="mailto:kf@mumianka.com">写信给我们</a>', {("email", "kf@mumianka.com", "attribute")}),
    ('<footer><a href="tel:15830217943">15830217943</a></footer>', _seen("mobile", "15830217943")),
    ('<a href="tel:400-618-5307">400 618 5307</a>', _seen("tel400", "4006185307")),
    ('<a href="tel:4006185307">拨打</a>', {("tel400", "4006185307", "attribute")}),
    (
        '<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=44030002001377">粤公网安备 44030002001377号</a>',  # noqa: E501
        _seen("police_icp", "粤公网安备44030002001377号"),
    ),
    (
        '<footer><h4>友情链接</h4><a href="//a.cn">甲</a> <p>粤ICP备20261377号-2</p></footer>',
        _seen("icp", "粤ICP备20261377号-2"),
    ),
    ('<div>友情链接：<a href="//a.cn">甲</a></div><div>粤ICP备20261377号-2</div>', _seen("icp", "粤ICP备20261377号-2")),
    (
        '<footer><div class="links">友情链接：<a href="//a.cn">甲卡网</a> <br>© 2026 粤ICP备20261377号-2</div></footer>',  # noqa: E501
        _seen("icp", "粤ICP备20261377号-2"),
    ),
    (
        '<div class="friend-links"><a href="//a.cn">甲卡网</a><p>QQ：28837461</p></div>',
        {("qq", "28837461", "user_content")},
    ),
)
COMPANIES: tuple[Answer, ...] = (
    (
        "<footer><span>© 2021-2026</span><span>海南木棉信息科技有限公司</span></footer>",
        _seen("company", "海南木棉信息科技有限公司"),
    ),
    (
        "<div class=bottom><span>海南木棉信息科技有限公司</span> <span>© 2021-2026</span></div>",
        _seen("company", "海南木棉信息科技有限公司"),
    ),
    ("<footer>© 2026 木棉（集团）网络科技有限公司</footer>", _seen("company", "木棉（集团）网络科技有限公司")),
    ("<footer>版权所有 海南木棉科技（集团）有限公司</footer>", _seen("company", "海南木棉科技（集团）有限公司")),
    ("<footer>© 2026 木棉（海南）科技集团股份有限公司</footer>", _seen("company", "木棉（海南）科技集团股份有限公司")),
)
PAYMENTS: tuple[Answer, ...] = (
    (f'<label>TRC20 地址：<input readonly value="{_TRON}"></label>', {("crypto", _TRON, "attribute")}),
    (f'<div>TRC20 地址：</div><input readonly value="{_TRON}">', {("crypto", _TRON, "attribute")}),
    (
        '<form action="//pay.codepa.cn/creat_order/"><input type=hidden name=id value=33817><input name=pay_id value=u1>'  # noqa: E501
        "<input name=price value=5><input name=type value=1></form>",
        {("epay_pid", "pay.codepa.cn#33817", "attribute")},
    ),
    (
        '<a href="https://pay.codepa.cn/creat_order/?id=33817&pay_id=u1&price=5&type=1">付款</a>',
        {("epay_pid", "pay.codepa.cn#33817", "attribute")},
    ),
    ('<form action="/order/create"><input name=id value=33817><input name=price value=5></form>', set()),
    (f'<script src="//tb.53kf.com/code/code/{_ISSUED}/1"></script>', {("cs_tenant", f"53kf:{_ISSUED}", "attribute")}),
    ('<script src="//tb.53kf.com/code/code.js"></script>', set()),
)
_CODE = "91460000MA5TXYWU0D"
STRUCTURED: tuple[Answer, ...] = (
    (
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":"Organization",'
        '"name":"海南木棉信息科技有限公司","email":"kf@mumianka.com","telephone":"+86-158-3021-7943"}</script>',
        {
            ("company", "海南木棉信息科技有限公司", "script"),
            ("email", "kf@mumianka.com", "script"),
            ("mobile", "15830217943", "script"),
        },
    ),
    (
        '<script type="application/ld+json">{"@graph":[{"@type":["OnlineStore"],"legalName":"海南木棉信息科技有限公司",'
        '"contactPoint":{"@type":"ContactPoint","telephone":"400-618-5307"}}]}</script>',
        {("company", "海南木棉信息科技有限公司", "script"), ("tel400", "4006185307", "script")},
    ),
    (
        '<script type="application/ld+json">{"@type":"Product","name":"点卡","brand":{"@type":"Organization",'
        '"name":"广州飞云网络科技有限公司","telephone":"+86-158-3021-7944"}}</script>',
        set(),
    ),
    ('<script type="application/ld+json">{"@type":"Organization","name":"木棉卡网","telephone":</script>', set()),
)
COMPANIES += (
    (
        "<div class=x><p>© 2021-2026</p><p>海南木棉信息科技有限公司</p></div>",
        _seen("company", "海南木棉信息科技有限公司"),
    ),
    (
        "<div><span>© 2021-2026</span><br><span>海南木棉信息科技有限公司</span></div>",
        _seen("company", "海南木棉信息科技有限公司"),
    ),
    (
        "<div><div>海南木棉信息科技有限公司</div><div>琼ICP备2026001377号</div></div>",
        _seen("company", "海南木棉信息科技有限公司") | _seen("icp", "琼ICP备2026001377号"),
    ),
    ("<p>海南木棉信息科技有限公司</p><p>今日到货</p>", set()),
    ("<footer>© 2021-2026 木棉（集团）有限公司</footer>", _seen("company", "木棉（集团）有限公司")),
    (
        "<footer>© 2021-2026 海南木棉集团（海口）网络有限公司</footer>",
        _seen("company", "海南木棉集团（海口）网络有限公司"),
    ),
    ("<footer>海南木棉(集团)股份有限公司 版权所有</footer>", _seen("company", "海南木棉（集团）股份有限公司")),
    ("<footer>木棉卡网 服务器由海南云舟网络有限公司提供</footer>", _seen("company", "海南云舟网络有限公司")),
    (
        "<footer>© 2026 海南木棉信息科技有限公司 服务器由海南云舟网络有限公司提供</footer>",
        _seen("company", "海南木棉信息科技有限公司", "海南云舟网络有限公司"),
    ),
)
LINKS += (
    (
        '<div class="footer friend-link"><p>友情链接：<a href="//a.cn">甲</a></p><p>© 2026 粤ICP备20261377号-2</p></div>',  # noqa: E501
        _seen("icp", "粤ICP备20261377号-2"),
    ),
    (
        '<footer class="flinks"><h4>友情链接</h4><a href="//a.cn">甲</a><div>粤ICP备20261377号-2</div></footer>',
        _seen("icp", "粤ICP备20261377号-2"),
    ),
    (
        '<h3>友情链接</h3><div><a href="//a.cn">甲</a><a href="//b.cn">乙</a><p>© 2026 粤ICP备20261377号-2</p></div>',
        _seen("icp", "粤ICP备20261377号-2"),
    ),
    ('<h3>友情链接</h3><div><a href="//a.cn">甲站 QQ：28837461</a></div>', {("qq", "28837461", "user_content")}),
    (
        '<div class="comment-list"><p>© 2026 粤ICP备20261377号-2</p></div>',
        {("icp", "粤ICP备20261377号-2", "user_content")},
    ),
)
PAYMENTS += (
    ('<p>客服QQ：<input readonly value="28837461"></p>', {("qq", "28837461", "attribute")}),
    ('<p>订单号：<input readonly value="28837461"></p>', set()),
    ('<p>客服QQ：</p><input type="hidden" readonly value="28837461">', set()),
)
# Labels in English and in full form, icons for labels, brackets around a name, separators that are letters.
CONTACTS += (
    ("<p>WeChat: mumianka88</p>", _seen("wechat", "mumianka88")),
    ("<p>We accept: chinapay88</p>", set()),
    ("<p>微信搜索「mumian_88」添加</p>", _seen("wechat", "mumian_88")),
    ("<p>微信扫码“支付”即可</p>", set()),
    ("<p>☎ 15830217943</p>", _seen("mobile", "15830217943")),
    ("<p>📞 158-3021-7943</p>", _seen("mobile", "15830217943")),
    ("<p>★ 15830217943</p>", set()),
    ("<p>Mobile: (+86) 15830217943</p>", _seen("mobile", "15830217943")),
    ("<p>Model: (+86) 15830217943</p>", set()),
    ("<div><label>Tel</label><em>15830217943</em></div>", _seen("mobile", "15830217943")),
    ("<div><label>Sku</label><em>15830217943</em></div>", set()),
    ("<p>有事Q我：28837461</p>", _seen("qq", "28837461")),
    ("<p>Telegram频道：t.me/mumian_cs</p>", _seen("telegram", "mumian_cs")),
    ("<p>链接格式 e.g. t.me/mumian_cs</p>", set()),
    ("<p>電報：@mumian_cs</p>", _seen("telegram", "mumian_cs")),
    ("<p>TG搜索 @mumian_cs</p>", _seen("telegram", "mumian_cs")),
    ("<p>纸飞机号 mumian_cs</p>", _seen("telegram", "mumian_cs")),
    ("<p>纸飞机 mumian_cs</p>", set()),
)
LINKS += (
    ('<img src="http://wpa.qq.com/pa?p=1:28837461:4">', {("qq", "28837461", "attribute")}),
    ('<img src="http://wpa.qq.com/pa?v=28837461">', set()),
    (
        '<table><tr><td id="postmessage_81"><p>收卡加QQ：28837461</p></td></tr></table>',
        {("qq", "28837461", "user_content")},
    ),
    ("<script>window.ChatraID='aB3dE6gH9kL2nP5qS';</script>", {("cs_tenant", "chatra:aB3dE6gH9kL2nP5qS", "script")}),
    ('<script src="https://call.chatra.io/chatra.js"></script>', set()),
)
COMPANIES += (
    ("<footer>© 2026 贵阳木棉软件有限公司</footer>", _seen("company", "贵阳木棉软件有限公司")),
    ("<footer>© 2026 贵公司有限公司</footer>", set()),
    ("<footer>© 2026 海南某网络科技有限公司</footer>", set()),
    ("<p>甲方：XX网络科技有限公司</p>", set()),
    ("<p>甲方（平台方）：海南木棉信息科技有限公司</p>", _seen("company", "海南木棉信息科技有限公司")),
    ("<p>请甲方核对海南木棉信息科技有限公司的发票</p>", set()),
    (
        "<p>网站所有者：海南木棉信息科技有限公司丨琼ICP备2026001377号</p>",
        _seen("company", "海南木棉信息科技有限公司") | _seen("icp", "琼ICP备2026001377号"),
    ),
    (
        "<p><span>© 2026 海南木棉信息科技有限公司</span><a>琼ICP备2026001377号</a></p>",
        _seen("company", "海南木棉信息科技有限公司") | _seen("icp", "琼ICP备2026001377号"),
    ),
)
_BITCOIN = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
PAYMENTS += (
    ("<p>商户全称：海南木棉信息技术有限公司</p>", _seen("payee", "海南木棉信息技术有限公司")),
    ("<p>收款方：订单信息</p>", set()),
    ("<p>商户名称：某某</p>", set()),
    (
        "<script>new QRCode('qr',{text:'HTTPS://QR.ALIPAY.COM/FKX06931KQPZ8WRTB417'});</script>",
        {("alipay_static", "fkx06931kqpz8wrtb417", "script")},
    ),
    (f"<p>BTC 地址：{_BITCOIN}</p>", _seen("crypto", _BITCOIN)),
    (f"<p>卡号 {_BITCOIN}</p>", set()),
    (f"<p>示例错误地址：{_TRON[:-1]}K</p>", set()),
)
# Words that every line of goods bears hide nothing beside them, nor does a letter whose small form is two signs.
CONTACTS += (
    ("<p>已售 5213 售后 15830217943</p>", _seen("mobile", "15830217943")),
    ("<p>已售 5213 编号 15830217943</p>", set()),
    ("<p>İ QQ：28837461</p>", _seen("qq", "28837461")),
)
# Places that begin with a word that also leads to a name, or speaks of some company.
COMPANIES += (
    ("<p>主办单位：和田木棉网络科技有限公司</p>", _seen("company", "和田木棉网络科技有限公司")),
    ("<footer>© 2024-2026 即墨木棉软件有限公司</footer>", _seen("company", "即墨木棉软件有限公司")),
    ("<p>本站由向阳木棉软件有限公司运营</p>", _seen("company", "向阳木棉软件有限公司")),
    ("<p>经营者：经纬木棉软件有限公司</p>", _seen("company", "经纬木棉软件有限公司")),
    ("<p>主办单位：那曲木棉软件有限公司</p>", _seen("company", "那曲木棉软件有限公司")),
    ("<footer>由海南木棉软件有限公司运营</footer>", _seen("company", "海南木棉软件有限公司")),
    ("<p>经营者：该网络科技有限公司</p>", set()),
    ("<p>经营者：我们的网络科技公司</p>", set()),
    ("<p>主办单位：宁乡中通木棉传媒有限公司</p>", _seen("company", "宁乡中通木棉传媒有限公司")),
)
PAYMENTS += (("<p>收款方：未央木棉网络科技有限公司</p>", _seen("payee", "未央木棉网络科技有限公司")),)
CONTACTS += (
    ("<p><b>QQ2</b>28837461</p>", _seen("qq", "28837461")),
    ("<p><b>QQ</b>28837461</p>", _seen("qq", "28837461")),
    ("<p>QQ<b>2883</b><b>7461</b></p>", _seen("qq", "28837461")),
    ("<h5>Telegram</h5><p>@mumiancs</p>", _seen("telegram", "mumiancs")),
    ("<h5>Telegram</h5><p>supported</p>", set()),
    ("<p>咨询电话：4006-185-307</p>", _seen("tel400", "4006185307")),
    ("<p>编号 4006-185-3072</p>", set()),
)
COMPANIES += (
    ("<p>由您与海南木棉软件有限公司（下称“木棉发卡”）签订</p>", _seen("company", "海南木棉软件有限公司")),
    ("<p>付款后您与海南木棉软件有限公司的订单生效</p>", set()),
    ("<footer>「海南木棉软件有限公司」</footer>", _seen("company", "海南木棉软件有限公司")),
)
# Letters of a name are no label.
CONTACTS += (
    ("<p>薇信：mu_wxet8764</p>", _seen("wechat", "mu_wxet8764")),
    ("<p>TG：@mu_vxzzu_kf</p>", _seen("telegram", "mu_vxzzu_kf")),
    ("<p>TG：@mu_qq28837461</p>", _seen("telegram", "mu_qq28837461")),
)
CONTACTS += (
    ("<p>让我去t.me/mumian_cs说</p>", _seen("telegram", "mumian_cs")),
    ("<p>到账后联系 @mumian_cs（TG）</p>", _seen("telegram", "mumian_cs")),
    ("<p>到账后联系 @mumian_cs（微博）</p>", set()),
    ("<p>商务合作：15830217943</p>", _seen("mobile", "15830217943")),
    ("<p>官方QQ仅此一个：28837461</p>", _seen("qq", "28837461")),
    ("<p>充值QQ：28837461（您填写的账号）</p>", set()),
    ("<p>充值QQ：28837461（24小时）</p>", _seen("qq", "28837461")),
    ("<p>QQ：28837461、QQ：38837462 均为骗子</p>", set()),
    ("<p>QQ：28837461、QQ：38837462 均为客服</p>", _seen("qq", "28837461", "38837462")),
    ("<p>犯罪嫌疑人张某通过QQ 28837461 联系买家</p>", set()),
)
LINKS += (("<p>点https://qm.qq.com/q/a8Kd03LmQz加群</p>", _seen("qq_group", "k:a8Kd03LmQz")),)
COMPANIES += (
    ("<p>卖家：海南木棉软件有限公司</p>", _seen("company", "海南木棉软件有限公司")),
    ("<p>买家：海南木棉软件有限公司</p>", set()),
)
PAYMENTS += (
    ("<p>请勿向合约地址转账</p>", set()),
    ("<p>请勿向木棉网店转账</p>", set()),
    ("<p>正在向木棉网店转账</p>", _seen("payee", "木棉网店")),
)
LINKS += (
    (
        '<div style="display:none"><script src="//s5.cnzz.com/z_stat.php?id=1284655322"></script></div>',
        {("cnzz", "1284655322", "attribute")},
    ),
    ('<div style="display:none"><a href="tel:15830217943">拨打</a></div>', {("mobile", "15830217943", "hidden")}),
)
