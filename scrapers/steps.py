"""The steps that a page's configuration asks for after loading: click, wait, scroll, hover. Nothing is submitted.

Playwright's locators find the place, wait until it can be acted on, and act as a hand and a mouse would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from scrapers.deadline import Deadline
from scrapers.errors import DevToolsRefused
from scrapers.model import Missing, Step, StepAction
from scrapers.settle import settle
from scrapers.step_log import StepLog
from scrapers.tab import Tab

_STEP_SECONDS = 10.0
_FIND_SECONDS = 5.0
_FORBIDDEN = """e => {
  const b = e.closest('button,input') || e;
  if ((b.type === 'submit' || b.type === 'image') && b.form) return 'it would submit a form';
  const words = b.innerText || b.value || '';
  return /立即购买|确认购买|下单|支付|付款|提交订单|结算/.test(words) ? 'it would order or pay' : '';
}"""
_SCROLL_DOWN = "(scrollTo(0, document.documentElement.scrollHeight), '')"


async def run_steps(tab: Tab, steps: Sequence[Step], deadline: Deadline, log: StepLog) -> tuple[Missing, ...]:
    """Run the steps in order; what could not be done is told and the rest goes on."""
    missing: list[Missing] = []
    for number, step in enumerate(steps, 1):
        label = f"step {number} ({step.action} {step.selector})".replace(" )", ")")
        seconds = deadline.share(max(_STEP_SECONDS, step.seconds), reserve=deadline.seconds * 0.25)
        if seconds <= 0:
            missing.append(Missing(label, "no time was left for it"))
            continue
        with log.note(label) as doing:
            try:
                async with asyncio.timeout(seconds):
                    doing.trouble = await _run_step(tab, step, seconds)
            except (DevToolsRefused, TimeoutError) as error:
                doing.trouble = str(error) or "not done in time"
        if doing.trouble:
            missing.append(Missing(label, doing.trouble))
    return tuple(missing)


async def _run_step(tab: Tab, step: Step, seconds: float) -> str:
    """Do one step; what hindered it, or ""."""
    if not step.selector:
        if step.action is StepAction.WAIT:
            await asyncio.sleep(min(step.seconds, seconds))
            return ""
        await tab.evaluate(_SCROLL_DOWN, seconds)
    else:
        trouble = await _act(tab, step, min(step.seconds or _FIND_SECONDS, seconds))
        if trouble or step.action is StepAction.WAIT:
            return trouble
    await settle(tab, min(seconds, 4.0))
    return ""


async def _act(tab: Tab, step: Step, seconds: float) -> str:
    place, most = tab.page.locator(step.selector).first, max(seconds, 0.001) * 1000
    try:
        await place.wait_for(state="attached", timeout=most)
        if step.action is StepAction.CLICK:
            forbidden = str(await place.evaluate(_FORBIDDEN, timeout=most))
            if forbidden:
                return forbidden
            await place.click(timeout=most)
        elif step.action is StepAction.HOVER:
            await place.hover(timeout=most)
        elif step.action is StepAction.SCROLL:
            await place.scroll_into_view_if_needed(timeout=most)
    except PlaywrightTimeout:
        there = await place.count()
        return f"it could not be reached for a {step.action} in time" if there else "nothing matches it"
    except PlaywrightError as error:
        return error.message.partition("\n")[0][:300]
    return ""
