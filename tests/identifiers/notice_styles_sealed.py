"""Notices of kinds that stood in a set of pages by another author, each in words of our own, with its opposite.

The page that they stand on is www.xh88.com. All names are invented.
"""

from __future__ import annotations

S, M, F, W, P, R = "successor", "mirror", "former", "warned_against", "partner", "release"

EIGHTH: tuple[tuple[str, dict[str, str]], ...] = (
    ("最 新 网 址 ： tianma 99 . com", {"tianma99.com": S}),
    ("最新网址：tianma - 99 . com", {}),
    ("新 域 名 ： tian ma 99 . com", {}),
    ("新域名：t m 9 9 . com", {"tm99.com": S}),
    ("新网址 tianma . 99 . com 请收藏", {}),
    ("共 3 个，新网址 tianma99.com", {"tianma99.com": S}),
    ("APP下载地址：tianmaapp.com", {}),
    ("最新APP下载：https://dl.tianma77.com/a.apk", {}),
    ("安卓客户端最新下载地址 tianma78.com", {}),
    ("新版App请到 tianma79.com 下载", {}),
    ("本站新地址 tianma1.com，APP下载见首页", {"tianma1.com": S}),
    ("短信称“本站新网址 tianma2.com”，请勿相信，此为钓鱼", {"tianma2.com": W}),
    ("有人发：最新网址 tianma3.com，这是钓鱼网站", {"tianma3.com": W}),
    ("新网址 tianma4.com，谨防其他钓鱼网站", {"tianma4.com": S}),
    ("新网址是不是 tianma5.com？客服：不是", {}),
    ("问：最新网址是 tianma6.com 吗？答：不是的", {}),
    ("问：新域名是 tianma7.com 吗？答：是的", {}),
    ("请问 tianma8.com 是新网址吗？", {}),
    ("tianma9.com 已被抢注，与本站无关", {"tianma9.com": W}),
    ("域名 tianma10.com 现已被他人注册，与我们没有关系", {"tianma10.com": W}),
    ("tianma11.com 过期后被人抢注，不再是本站", {"tianma11.com": W}),
    ("本站由 tianma12.com 更名而来", {"tianma12.com": F}),
    ("本站前身为 tianma13.com", {"tianma13.com": F}),
    ("前身是tianma14.com，运营六年", {"tianma14.com": F}),
    ("欢迎从 tianma15.com 过来的老朋友", {"tianma15.com": F}),
    ("由 tianma16.com 迁移而来的用户请用原账号登录", {"tianma16.com": F}),
    ("三个地址都能进：tianma17.com tianma18.com tianma19.com", {"tianma17.com": M, "tianma18.com": M, "tianma19.com": M}),
    ("以下网址均可访问：tianma17.com、tianma18.com", {"tianma17.com": M, "tianma18.com": M}),
    ("两个域名都可以打开 tianma17.com / tianma18.com", {"tianma17.com": M, "tianma18.com": M}),
    ("主站：tianma20.com 备站：tianma21.com", {"tianma20.com": M, "tianma21.com": M}),
    ("原 tianma22.com，现已启用 tianma23.com，并保留 tianma24.com 作备用",
     {"tianma22.com": F, "tianma23.com": S, "tianma24.com": M}),
    ("保留 tianma25.com 作为备用域名", {"tianma25.com": M}),
    ("因公司调整，本站业务并入 tianma26.com", {"tianma26.com": S}),
    ("即日起本平台全部业务已合并至 tianma27.com", {"tianma27.com": S}),
    ("支付业务并入 tianma28.com", {}),
    ("tianma[.]love → tianma[.]life", {"tianma.love": F, "tianma.life": S}),
    ("新网址 tianma[.]monster", {"tianma.monster": S}),
    ("tianma。life 才是新的", {"tianma.life": S}),
    ("tianma29.com才是正版", {"tianma29.com": S}),
    ("本站由 tianma30.com 继续提供服务", {"tianma30.com": S}),
    ("后续由 tianma31.com 为您提供服务", {"tianma31.com": S}),
    ("本站由 tianma32.com 提供技术支持", {"tianma32.com": P}),
    ("微信内打不开请复制 tianma33.com 到浏览器打开", {"tianma33.com": M}),
    ("请复制 tianma34.com 到浏览器打开", {"tianma34.com": S}),
    ("复制网址 tianma35.com 粘贴到浏览器访问", {"tianma35.com": S}),
    ("复制卡密到 tianma36.com 打开兑换", {}),
)  # fmt: skip
