"""What the goods were bought for, as far as consumer law turns on it (消费者权益保护法 art. 2, 总局令第121号 art. 3).

Who buys to sell on, for a firm or for his trade, or for others who use it, has not bought for his own living. Pure.
"""

from __future__ import annotations

from storage.case import Facts, Purpose

_SAID = {
    Purpose.RESALE: "为转卖而买的",
    Purpose.WORK: "为单位、店里或者经营使用而买的",
    Purpose.FOR_OTHERS: "替别人买、拼单或者代付的",
}


def is_not_living(facts: Facts) -> bool:
    """Whether the buyer answers that he bought for something else than the living of himself and his family."""
    return facts.purpose in _SAID


def say_purpose(facts: Facts) -> str:
    """That other purpose as the beginning of a sentence (为转卖而买的); "" of goods for living, or of none told."""
    return _SAID.get(facts.purpose, "")
