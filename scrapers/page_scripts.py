"""The scripts that run inside a watched page. All but GUARD run in an isolated world that the page cannot touch.

Each is an expression that gives JSON-able data. Everything in them is bounded in count, depth and time.
"""

from __future__ import annotations

GUARD = """(() => {
  const key = '__MARK__';
  if (Object.getOwnPropertyDescriptor(window, key)) return;
  const due = [], workers = [], run = Reflect.apply;
  let observes = false, sealed = false;
  Object.defineProperty(window, key, {value: () => {
    const now = performance.now();
    let last = 0;
    for (const t of due.splice(0)) if (t > now) { due.push(t); last = Math.max(last, t - now); }
    return {last, observes, sealed, workers: workers.splice(0)};
  }});
  const note = (target, self, args) => {
    const delay = +args[1] || 0;
    if (delay > 0 && delay <= 1200 && due.length < 500) due.push(performance.now() + delay);
    return run(target, self, args);
  };
  window.setTimeout = new Proxy(window.setTimeout, {apply: note});
  window.setInterval = new Proxy(window.setInterval, {apply: note});
  window.IntersectionObserver = new Proxy(window.IntersectionObserver, {
    construct: (target, args, self) => { observes = true; return Reflect.construct(target, args, self); }});
  Element.prototype.attachShadow = new Proxy(Element.prototype.attachShadow, {apply: (target, self, args) => {
    const root = run(target, self, args);
    if (root.mode === 'closed') sealed = true;
    return root;
  }});
  const {preventDefault, stopImmediatePropagation} = Event.prototype;  // before a page alters them
  window.addEventListener('submit', e => {
    run(preventDefault, e, []);
    run(stopImmediatePropagation, e, []);
  }, true);
  HTMLFormElement.prototype.submit = new Proxy(HTMLFormElement.prototype.submit, {apply: () => undefined});
  HTMLFormElement.prototype.requestSubmit =
    new Proxy(HTMLFormElement.prototype.requestSubmit, {apply: () => undefined});
  window.open = new Proxy(window.open, {apply: () => null});
  window.print = () => undefined;
  for (const [name, say] of Object.entries(console))  // each message would be kept by the browser and by its driver
    if (typeof say === 'function') console[name] = new Proxy(say, {apply: () => undefined});
  const quiet = e => { if (e instanceof ErrorEvent || e instanceof PromiseRejectionEvent) run(preventDefault, e, []); };
  window.addEventListener('error', quiet, true);
  window.addEventListener('unhandledrejection', quiet, true);
  if (navigator.serviceWorker) {
    const blocked = (target, self, args) => {
      if (workers.length < 5) workers.push(String(args[0]).slice(0, 500));
      return Promise.reject(new DOMException('blocked', 'SecurityError'));
    };
    ServiceWorkerContainer.prototype.register = new Proxy(ServiceWorkerContainer.prototype.register, {apply: blocked});
  }
})()"""
"""Runs before the page's own scripts, in its world: no submission, window, service worker or console; notes timers."""

MUTE_WORKER = """(() => {
  for (const [name, say] of Object.entries(console))
    if (typeof say === 'function') console[name] = new Proxy(say, {apply: () => undefined});
  addEventListener('error', e => e.preventDefault(), true);
  addEventListener('unhandledrejection', e => e.preventDefault(), true);
})()"""
"""Runs before a worker's own script: it has no console either."""

PAGE_PLANS = "(() => { const f = window['__MARK__']; return f ? f() : {}; })()"
"""Milliseconds until the last short timer that the page has set, whether it watches what scrolls into view, and the
service workers that it wanted since this was last asked; `sealed`: it made a shadow root that scripts cannot enter."""

KEEP_ROOT = "function() { (globalThis.cardwatchClosed ||= []).push(this); }"
"""Called on a closed shadow root, in our world, so that READ_PAGE and LOOK find it."""

WAIT_QUIET = """(async (quiet, most) => {
  const start = performance.now();
  let last = start, count = 0;
  const watch = new MutationObserver(list => { last = performance.now(); count += list.length; });
  watch.observe(document, {subtree: true, childList: true, characterData: true});
  while (performance.now() - last < quiet && performance.now() - start < most)
    await new Promise(r => setTimeout(r, Math.max(quiet - (performance.now() - last), 20)));
  watch.disconnect();
  return count;
})(__QUIET__, __MOST__)"""
"""Waits until the document has not changed for so many ms; gives the number of changes seen."""

FIND_POPUPS = """(() => {
  for (const a of document.getAnimations().slice(0, 300)) {
    const end = a.effect && a.effect.getComputedTiming().endTime;
    if (Number.isFinite(end) && end < 5000) try { a.finish(); } catch (x) { /* endless or odd: leave it */ }
  }
  const vw = innerWidth, vh = innerHeight, found = new Set();
  const shown = e => {
    const r = e.getBoundingClientRect(), s = getComputedStyle(e);
    return r.width > 60 && r.height > 30 && r.bottom > 0 && r.top < vh && r.right > 0 && r.left < vw
      && s.visibility !== 'hidden' && s.display !== 'none' && +s.opacity > 0.05;
  };
  const named = '[role=dialog],[role=alertdialog],dialog[open],.modal.show,.modal.in,.layui-layer-dialog,' +
    '.layui-layer-page,.layui-layer-iframe,.swal2-popup,.swal-modal,.sweet-alert,.el-dialog,.el-message-box,' +
    '.ant-modal,.van-dialog,.van-popup,.weui-dialog,.mdui-dialog-open,.n-dialog,.arco-modal,.fancybox-content';
  let seen = 0;
  for (const e of document.querySelectorAll(named)) { if (++seen > 60) break; if (shown(e)) found.add(e); }
  for (const [x, y] of [[.5,.5],[.5,.3],[.5,.7],[.3,.5],[.7,.5],[.85,.85],[.15,.85],[.5,.9]]) {
    let e = document.elementFromPoint(vw * x, vh * y), deepest = null, depth = 0;
    for (; e && e !== document.body && e !== document.documentElement && depth < 60; e = e.parentElement, depth++) {
      const s = getComputedStyle(e);
      if (s.position === 'fixed' || (s.position === 'absolute' && +s.zIndex >= 100)) deepest = e;
    }
    if (!deepest || !shown(deepest)) continue;
    const r = deepest.getBoundingClientRect();
    const bar = r.height < vh * .25 && (r.top < 5 || r.bottom > vh - 5);
    const side = r.width < vw * .25 && (r.left < 5 || r.right > vw - 5);
    const covers = r.left < vw * .5 && r.right > vw * .5 && r.top < vh * .55 && r.bottom > vh * .45;
    if (bar || side || !covers && r.width * r.height < vw * vh * .12) continue;
    const text = (deepest.innerText || '').trim();
    const whole = document.body.innerText.length;
    if (text.length > 3000 && text.length > whole * .7) continue;  // the page itself, laid out as one fixed layer
    found.add(deepest);
  }
  const outer = [...found].filter(e => ![...found].some(o => o !== e && o.contains(e)));
  const list = [];
  for (const e of outer.slice(0, 6)) {
    const text = (e.innerText || '').trim().slice(0, 100000);
    const picture = e.querySelector('img,canvas,iframe,svg,video') !== null;
    if (!text && !picture) continue;
    e.setAttribute('data-cardwatch-popup', list.length);
    const r = e.getBoundingClientRect();
    list.push({text, x: r.left, y: r.top, width: r.width, height: r.height});
  }
  return list;
})()"""
"""Overlays that a visitor sees over the page now, outermost first; each is marked for CLOSE_POPUPS."""

CLOSE_POPUPS = """(() => {
  const closer = /^(×|✕|✖|x|关闭|关 闭|关闭公告|知道了|我知道了|朕知道了|我已知晓|已知晓|close|ok|got it)$/i;
  const never = /(购买|支付|付款|提交|下单|登录|注册|充值|结算|立即)/;
  const named = '.close,.btn-close,[aria-label=Close],[aria-label=close],[aria-label=关闭],[data-dismiss=modal],' +
    '[data-bs-dismiss=modal],.layui-layer-close,.el-dialog__headerbtn,.ant-modal-close,.swal2-close';
  let clicked = 0, hidden = 0;
  for (const e of document.querySelectorAll('[data-cardwatch-popup]')) {
    e.removeAttribute('data-cardwatch-popup');
    const options = [...e.querySelectorAll(named + ',button,a,span,div,i')].slice(0, 400).filter(b => {
        const t = (b.innerText || '').trim();
        if (never.test(t) || b.type === 'submit' && b.form) return false;
        const href = b.tagName === 'A' ? (b.getAttribute('href') || '') : '';
        if (href && !/^(#(?![/!])|javascript:)/.test(href)) return false;
        return closer.test(t) || b.matches(named);
      });
    if (options.length) { try { options[0].click(); clicked++; } catch (x) { /* a page's handler failed */ } }
    else if (e.tagName === 'DIALOG') { e.close(); clicked++; }
    const gone = () => !e.isConnected || getComputedStyle(e).display === 'none' || !e.getClientRects().length;
    if (!options.length && !gone()) { e.style.setProperty('display', 'none', 'important'); hidden++; }
    else e.setAttribute('data-cardwatch-closing', '1');
  }
  return {clicked, hidden};
})()"""
"""Closes the marked overlays by their own closers, never by what buys, submits or navigates; else hides them."""

HIDE_STUBBORN = """(() => {
  let hidden = 0;
  for (const e of document.querySelectorAll('[data-cardwatch-closing]')) {
    e.removeAttribute('data-cardwatch-closing');
    const s = getComputedStyle(e);
    if (e.getClientRects().length && s.visibility !== 'hidden' && +s.opacity > 0.05) {
      e.style.setProperty('display', 'none', 'important'); hidden++;
    }
  }
  for (const e of document.querySelectorAll('.modal-backdrop,.layui-layer-shade,.v-modal,.ant-modal-mask,' +
    '.van-overlay,.el-overlay,.swal2-container,.swal-overlay,.mdui-overlay')) {
    if (getComputedStyle(e).display === 'none') continue;
    e.style.setProperty('display', 'none', 'important'); hidden++;
  }
  for (const e of [document.documentElement, document.body])
    if (e && getComputedStyle(e).overflow === 'hidden') e.style.setProperty('overflow', 'visible', 'important');
  return hidden;
})()"""
"""Hides what did not go by itself, and the shades behind it; gives the page its scrolling back."""

OPEN_FOLDED = """(() => {
  let opened = 0;
  for (const e of document.querySelectorAll('details:not([open])')) { if (++opened > 300) break; e.open = true; }
  const lazy = document.querySelector('img[loading=lazy],img[data-src],img[data-original],img[data-lazy],' +
    'img[lay-src],img.lazy,img.lazyload,[data-bg],iframe[loading=lazy]') !== null;
  const never = /(立即|购买$|下单|支付|付款|提交|登录|注册|充值|结算|确认|领取|删除|退出|查询|搜索|复制)/;
  const wanted = new RegExp('购买须知|购买提示|购买说明|购前必读|用户协议|服务协议|服务条款|交易规则|平台规则|协议' +
    '|售后|质保|退款|退换|免责|公告|通知|须知|注意事项|使用说明|使用教程|商品介绍|商品详情|商品说明|发货说明' +
    '|查看更多|展开');
  const visible = e => { const r = e.getBoundingClientRect(); return r.width > 4 && r.height > 4; };
  let number = 0;
  const tabs = [], toggles = [];
  const harmless = e => {
    if (e.type === 'submit' && e.form || e.disabled) return false;
    const href = e.tagName === 'A' ? (e.getAttribute('href') || '') : '';
    return !href || /^(#(?![/!])|javascript:)/.test(href);  // #/route leads to another page
  };
  for (const e of document.querySelectorAll('[role=tab],[data-toggle=tab],[data-bs-toggle=tab],[data-toggle=pill],' +
      '[data-bs-toggle=pill],.layui-tab-title>li,.el-tabs__item,.ant-tabs-tab,.van-tab,.n-tabs-tab,.tab-item')) {
    if (tabs.length >= 12) break;
    const text = (e.innerText || '').trim().slice(0, 40);
    const active = e.matches('.active,.layui-this,.is-active,[aria-selected=true],.ant-tabs-tab-active,' +
      '.van-tab--active');
    if (!visible(e) || !harmless(e) || never.test(text) || active) continue;
    e.setAttribute('data-cardwatch-open', number); tabs.push({number: number++, text});
  }
  let seen = 0;
  for (const e of document.querySelectorAll('button,a,[role=button],[data-toggle=modal],[data-bs-toggle=modal],' +
      '[onclick],.btn,span,label>b,em')) {
    if (++seen > 4000 || toggles.length >= 8) break;
    if (e.hasAttribute('data-cardwatch-open')) continue;
    const text = (e.textContent || '').trim();
    if (!text || text.length > 16 || never.test(text) || !wanted.test(text)) continue;
    const modal = e.matches('[data-toggle=modal],[data-bs-toggle=modal]');
    const active = modal || e.matches('button,a,[role=button],[onclick],.btn') ||
      getComputedStyle(e).cursor === 'pointer';
    if (!active || !visible(e) || !harmless(e)) continue;
    if (e.closest('[data-cardwatch-open]') || e.querySelector('[data-cardwatch-open]')) continue;
    e.setAttribute('data-cardwatch-open', number); toggles.push({number: number++, text});
  }
  const root = document.documentElement;  // none between two documents
  return {opened, lazy, tabs, toggles, tall: root !== null && root.scrollHeight > innerHeight * 1.2};
})()"""
"""Opens <details>; lists tabs and in-page toggles of notices and agreements, and whether pictures load lazily."""

CLICK_MARKED = """(() => {
  const e = document.querySelector('[data-cardwatch-open="__NUMBER__"]');
  if (!e) return false;
  try { e.click(); } catch (x) { return false; }
  return true;
})()"""

VISIBLE_TEXT = "(document.body ? document.body.innerText : '').slice(0, __MOST__)"

SCROLL_THROUGH = """(async (most, pause) => {
  const start = performance.now();
  const step = Math.max(innerHeight * .9, 200);
  for (let y = step; y < document.documentElement.scrollHeight && performance.now() - start < most; y += step) {
    scrollTo(0, y);
    await new Promise(r => setTimeout(r, pause));
  }
  scrollTo(0, 0);
  return document.documentElement.scrollHeight;
})(__MOST__, 60)"""
"""Goes down the page once so that lazy pictures load, and back to the top."""

READ_PAGE = """((most, longest) => {
  const doc = document, root = doc.documentElement;
  for (const n of ['open', 'popup', 'closing'])
    for (const e of doc.querySelectorAll(`[data-cardwatch-${n}]`)) e.removeAttribute(`data-cardwatch-${n}`);
  const shadows = [];
  const collect = (from, depth) => {
    if (depth > 20) return;
    const walk = doc.createTreeWalker(from, NodeFilter.SHOW_ELEMENT);
    for (let e = walk.nextNode(); e && shadows.length < 2000; e = walk.nextNode())
      if (e.shadowRoot) { shadows.push(e.shadowRoot); collect(e.shadowRoot, depth + 1); }
  };
  if (root) collect(root, 0);
  for (const s of globalThis.cardwatchClosed || [])
    if (shadows.length < 2000 && s.host.isConnected) { shadows.push(s); collect(s, 1); }
  const old = doc.adoptedStyleSheets, notes = doc.querySelector('rt') !== null;
  if (notes) {  // what stands above the letters would stand between them
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('rt, rp { display: none !important }');
    doc.adoptedStyleSheets = [...old, sheet];
  }
  let text = doc.body ? doc.body.innerText : '';
  if (notes) doc.adoptedStyleSheets = old;
  if (doc.body && doc.body.tagName === 'FRAMESET') text = '';
  for (const s of shadows) for (const e of s.children)
    if (e.innerText && e.tagName !== 'STYLE' && e.tagName !== 'SCRIPT') text += '\\n' + e.innerText;
  let html = '';
  if (root) {
    const quote = v => v.replace(/&/g, '&amp;').replace(/"/g, '&quot;');
    const own = root.getAttributeNames().map(n => ` ${n}="${quote(root.getAttribute(n))}"`).join('');
    html = `<html${own}>` +
      (root.getHTML ? root.getHTML({serializableShadowRoots: true, shadowRoots: shadows}) : root.innerHTML) + '</html>';
  }
  const type = doc.doctype ? `<!DOCTYPE ${doc.doctype.name}>` : '';
  let styles = '';
  for (const s of doc.querySelectorAll('style')) if (styles.length < longest) styles += s.textContent + '\\n';
  for (const i of doc.images)
    if (styles.length < longest && i.currentSrc.startsWith('data:')) styles += i.currentSrc + '\\n';
  return {html: (type + html).slice(0, longest), text: text.slice(0, most), cut: text.length > most, styles,
    title: doc.title.slice(0, 2000), url: location.href, width: root ? root.scrollWidth : 0,
    height: root ? root.scrollHeight : 0, pictures: doc.images.length, media: doc.contentType,
    seen: innerWidth * innerHeight};
})(__MOST__, __LONGEST__)"""
"""DOM with its open shadow roots, visible text, and what the appearance is made of."""

FIND_LINES = """((lines, most) => {
  const wanted = new Set(lines), boxes = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let n = walk.nextNode(); n && boxes.length < most; n = walk.nextNode()) {
    const t = n.data.trim();
    if (!t) continue;
    let hit = wanted.has(t);
    if (!hit) for (const w of lines) if (t.length > 1 && w.includes(t) || w.length > 1 && t.includes(w)) hit = true;
    if (!hit) continue;
    range.selectNodeContents(n.parentElement || n);
    const r = range.getBoundingClientRect();
    if (r.width > 0 && r.height > 0)
      boxes.push([Math.max(r.left + scrollX, 0), Math.max(r.top + scrollY, 0), r.width, r.height]);
  }
  return boxes;
})(__LINES__, __MOST__)"""
"""Boxes, in page pixels, of the places that show any of these lines."""


def fill(script: str, **values: object) -> str:
    """Put values into a script's `__NAME__` places."""
    for name, value in values.items():
        script = script.replace(f"__{name.upper()}__", str(value))
    return script
