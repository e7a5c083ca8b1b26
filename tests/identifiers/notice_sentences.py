"""Sentences of notices as shops write them, each with what it says of the domains in it, and traps that say nothing.

The page that they stand on is www.xh88.com. Written in two halves: the rules of the reader were made with the first
half in view; the second was written afterwards and is measured only. Names are invented.
"""

from __future__ import annotations

from scrapers.domains import ascii_host

S, M, F, W, P, B, R = "successor", "mirror", "former", "warned_against", "partner", "branch", "release"

SEEN: tuple[tuple[str, dict[str, str]], ...] = (
    ("最新网址：www.xh99.com", {"xh99.com": S}),
    ("本站永久网址 xh99.vip 请收藏", {"xh99.vip": S}),
    ("【公告】因原域名被墙，现启用新域名：https://kamao666.top/ ，请大家重新收藏！", {"kamao666.top": S}),
    ("旧域名 xh77.com 已停用，请访问新域名 xh99.com", {"xh77.com": F, "xh99.com": S}),
    ("备用网址：xh88.net、xh88.cc", {"xh88.net": M, "xh88.cc": M}),
    ("防失联地址发布页：https://xhfabu.github.io/home", {"xhfabu.github.io/home": R}),
    ("请记住我们的永久域名 x h 9 9 . c o m 防止丢失", {"xh99.com": S}),
    ("最新域名：ｘｈ９９．ｃｏｍ", {"xh99.com": S}),
    ("新网址 xh99点com 收藏好", {"xh99.com": S}),
    ("最新网址 xh99(dot)com", {"xh99.com": S}),
    ("谨防假冒网站 xh-88.com，本站唯一官网：xh99.com", {"xh-88.com": W, "xh99.com": S}),
    ("近期出现山寨站 xh88.shop，与本站无关，切勿上当", {"xh88.shop": W}),
    ("以下均为假冒网站：xh88.icu、xh88.fun", {"xh88.icu": W, "xh88.fun": W}),
    ("xh77.com 已更换为 xh99.com", {"xh77.com": F, "xh99.com": S}),
    ("本平台由 xh66.com 迁移到 xh99.com，会员数据不变", {"xh66.com": F, "xh99.com": S}),
    ("友情链接：aakm.com bbkm.net", {"aakm.com": P, "bbkm.net": P}),
    ("合作网站 aakm.com", {"aakm.com": P}),
    ("分站：fz01.xhfz.com", {"xhfz.com": B}),
    ("如打不开请访问备用域名 xh88.xyz", {"xh88.xyz": M}),
    ("最新网址：卡猫之家.网址", {ascii_host("卡猫之家.网址"): S}),
    ("xh99.com（最新网址）请收藏", {"xh99.com": S}),
    ("认准唯一域名 xh99.com，其他均为假冒", {"xh99.com": S}),
    ("线路一：xh881.com 线路二：xh882.com", {"xh881.com": M, "xh882.com": M}),
    ("本站已搬迁至 https://new.xh99.com:8443/index.html", {"xh99.com": S}),
    # traps
    ("最新版本 v1.2.com 更新说明", {}),
    ("下载地址：https://xiazai99.com/a.zip", {}),
    ("激活查询网址：cxkey88.com", {}),
    ("客服邮箱 admin@xh99.com", {}),
    ("商品官网：netflix.com", {}),
    ("请访问 https://www.12315.cn 投诉", {}),
    ("教程请访问 jiaocheng88.com", {}),
    ("最新版本请下载 setup.zip", {}),
    ("最新网址：www.xh88.com", {}),
    ("本商品为 office365.vip 账号一个月", {}),
    ("登录网址：acc-login88.com 账号密码见卡密", {}),
)
