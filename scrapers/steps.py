"""The steps that a page's configuration asks for after loading: click, wait, scroll, hover. Nothing is submitted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from scrapers.deadline import Deadline
from scrapers.errors import DevToolsRefused
from scrapers.model import Missing, Step, StepAction
from scrapers.settle import settle
from scrapers.tab import Tab

_STEP_SECONDS = 10.0
_FIND = """(async (selector, most, act) => {
  const start = performance.now();
  let e = null;
  while (!(e = document.querySelector(selector)) && performance.now() - start < most)
    await new Promise(r => setTimeout(r, 50));
  if (!e) return 'nothing matches it';
  e.scrollIntoView({block: 'center'});
  if (act === 'click') {
    if ((e.type === 'submit' || e.type === 'image') && e.form) return 'it would submit a form';
    const words = e.innerText || e.value || '';
    if (/立即购买|确认购买|下单|支付|付款|提交订单|结算/.test(words)) return 'it would order or pay';
    e.click();
  } else if (act === 'hover') {
    for (const kind of ['pointerover', 'mouseover', 'mouseenter', 'mousemove'])
      e.dispatchEvent(new MouseEvent(kind, {bubbles: true, view: window}));
  }
  return '';
})(__SELECTOR__, __MOST__, __ACT__)"""
_SCROLL = "(scrollTo(0, document.documentElement.scrollHeight), '')"


async def run_steps(tab: Tab, steps: Sequence[Step], deadline: Deadline) -> tuple[Missing, ...]:
    """Run the steps in order; what could not be done is told and the rest goes on."""
    missing: list[Missing] = []
    for number, step in enumerate(steps, 1):
        label = f"step {number} ({step.action} {step.selector})".replace(" )", ")")
        seconds = deadline.share(max(_STEP_SECONDS, step.seconds), reserve=deadline.seconds * 0.25)
        if seconds <= 0:
            missing.append(Missing(label, "no time was left for it"))
            continue
        try:
            trouble = await _run_step(tab, step, seconds)
        except (DevToolsRefused, TimeoutError) as error:
            trouble = str(error) or "not done in time"
        if trouble:
            missing.append(Missing(label, trouble))
    return tuple(missing)


async def _run_step(tab: Tab, step: Step, seconds: float) -> str:
    if step.action is StepAction.WAIT and not step.selector:
        await asyncio.sleep(min(step.seconds, seconds))
        return ""
    if step.action is StepAction.SCROLL and not step.selector:
        answer = await tab.evaluate(_SCROLL, seconds)
    else:
        most = int((step.seconds or 5.0) * 1000)
        script = _FIND.replace("__SELECTOR__", json.dumps(step.selector)).replace("__MOST__", str(most))
        answer = await tab.evaluate(script.replace("__ACT__", json.dumps(step.action.value)), seconds)
    if step.action is not StepAction.WAIT:
        await settle(tab, min(seconds, 4.0))
    return answer if isinstance(answer, str) else ""
