"""Why a value says nothing, or cannot be genuine, in Chinese for a reader. Pure."""

from __future__ import annotations

from monitor.findings.fabrication import explain_problem

_UNFIT = (
    ("loopback address", "本机地址"),
    ("private address", "内网地址"),
    ("link-local address", "链路本地地址"),
    ("multicast address", "组播地址"),
    ("reserved address", "保留地址"),
    ("a code made for one order", "一次性的订单付款码，不是收款人的固定码"),
    ("the contract of a currency", "币种的合约地址，不是收款人"),
    ("a word of the service", "服务自带的词，不是账号名"),
    ("certificate not trusted", "浏览器不信任的证书，内容谁都能写"),
)


def say_problem(problem: str) -> str:
    """What is wrong with a value, "" where nothing is."""
    return say_unfit(problem) or (explain_problem(problem) if problem else "")


def say_unfit(problem: str) -> str:
    """Why a value that may well be genuine is no evidence, "" where it is something else."""
    return next((words for start, words in _UNFIT if problem.startswith(start)), "")
