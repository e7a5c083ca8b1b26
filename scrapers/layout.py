"""What a page's layout tells and its markup does not: text that no eye could see, and text that is no text of the page.

LOOK runs inside the page, bounded in count and time; `parse_layout` and `pack_layout` turn its answer into a Layout and
into the bytes that are kept. Only colours, sizes and places are judged: what a click or a tab opens is not concealed.
"""

from __future__ import annotations

import json

from scrapers.model import Layout

_MOST = 400
_MOST_TEXT = 20_000

LOOK = r"""((most, seconds) => {
  const out = {concealed: [], drawn: [], beyond: [], canvases: []}, body = document.body;
  if (!body || body.tagName === 'FRAMESET') return out;
  const end = performance.now() + seconds * 1000, late = () => performance.now() > end;
  const words = t => /[\u3400-\u9fff][^\u3400-\u9fff]{0,3}[\u3400-\u9fff]|[A-Za-z]{4}/.test(t);
  const rgba = text => { const m = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)/.exec(text);
    return m ? [+m[1], +m[2], +m[3], m[4] === undefined ? 1 : +m[4]] : null; };
  const near = (a, b) => Math.max(...[0, 1, 2].map(i => Math.abs(a[i] - b[i]))) <= 8;
  const name = e => { let t = e.tagName.toLowerCase(); if (e.id && !/\d/.test(e.id)) t += '#' + e.id;
    const c = e.classList[0]; return c && !/\d/.test(c) ? t + '.' + c : t; };
  const memo = new Map(), covers = [];
  const up = e => e.parentElement || (e.parentNode && e.parentNode.host) || null;
  const state = e => {
    if (!e) return {opacity: 1, ground: [255, 255, 255], cause: '', gone: false};
    let s = memo.get(e);
    if (s) return s;
    const p = state(up(e)), c = getComputedStyle(e);
    s = {style: c, opacity: p.opacity * +c.opacity, ground: p.ground, cause: p.cause, gone: p.gone,
      block: !/^(inline|contents|ruby)/.test(c.display) || c.display === 'inline-block' && p.cause === '' };
    if (c.display === 'none') s.gone = true;
    const own = rgba(c.backgroundColor);
    if (c.backgroundImage !== 'none') s.ground = null;
    else if (own && own[3] > .9) s.ground = own;
    else if (own && own[3] > .05) s.ground = null;
    if (!s.cause) {
      if (s.opacity <= .05 || /opacity\(0(\.0\d*)?%?\)/.test(c.filter)) s.cause = 'opacity:0';
      else if (/^(hidden|clip)/.test(c.overflow) && c.display !== 'inline' && e !== body
        && e.clientHeight * e.clientWidth < 16 && e.scrollHeight * e.scrollWidth > 100) s.cause = 'off-screen';
      else if (c.position !== 'static' && /^rect\((\d+)px,? (\d+)px,? (\d+)px,? (\d+)px/.test(c.clip)
        && (RegExp.$3 - RegExp.$1 <= 1 || RegExp.$2 - RegExp.$4 <= 1)) s.cause = 'off-screen';
      else if (/^inset\((50|[6-9]\d|100)%|^circle\(0/.test(c.clipPath)) s.cause = 'off-screen';
    }
    if (c.position !== 'static' && covers.length < 80 && (own && own[3] > .9 || c.backgroundImage !== 'none'
      || /^(IMG|CANVAS|VIDEO)$/.test(e.tagName)) && !s.gone && c.visibility === 'visible' && s.opacity > .9)
      covers.push([e, e.getBoundingClientRect()]);
    memo.set(e, s);
    return s;
  };
  const scroll = [scrollX, scrollY];
  let looked = 0;
  const stack = r => {
    if (++looked > 60 || late()) return null;
    const x = r.left + r.width / 2 + scrollX, y = r.top + r.height / 2 + scrollY;
    if (r.top < 0 || r.bottom > innerHeight) scrollTo({left: 0, top: y - innerHeight / 2, behavior: 'instant'});
    const found = document.elementsFromPoint(x - scrollX, y - scrollY);
    scrollTo({left: scroll[0], top: scroll[1], behavior: 'instant'});
    return found;
  };
  const ground = (e, r) => {  // the colour behind a text as the layers lie, null where it is not one colour
    const found = stack(r);
    if (!found || !found.includes(e)) return null;
    for (const o of found) {
      if (/^(IMG|CANVAS|VIDEO|IFRAME|EMBED|OBJECT)$/.test(o.tagName)) return null;
      const c = getComputedStyle(o), own = rgba(c.backgroundColor);
      if (c.backgroundImage !== 'none') return null;
      if (own && own[3] > .9) return own;
      if (own && own[3] > .05) return null;
    }
    return [255, 255, 255];
  };
  const range = document.createRange(), wide = Math.max(document.documentElement.scrollWidth, innerWidth);
  const cause = (n, e, s) => {
    if (s.cause) return s.cause;
    const c = s.style;
    if (parseFloat(c.fontSize) <= 2) return 'font-size:0';
    range.selectNodeContents(n);
    const r = range.getBoundingClientRect();
    if (!r.width && !r.height) return e.checkVisibility && !e.checkVisibility() ? '' : 'off-screen';
    if (r.width < 1 || r.height < 1) return 'off-screen';
    if (r.right + scrollX <= 1 || r.bottom + scrollY <= 1 || r.left + scrollX > wide + 2000) return 'off-screen';
    const ink = rgba(c.webkitTextFillColor || c.color);
    const plain = c.textShadow === 'none' && !/text/.test(c.webkitBackgroundClip || '') &&
      !(parseFloat(c.webkitTextStrokeWidth) > 0);
    if (ink && plain && ink[3] * s.opacity <= .06) return 'colour';
    if (ink && plain && s.ground && near(ink, s.ground)) {
      const real = ground(e, r);
      if (real && near(ink, real)) return 'colour';
    }
    for (const [o, b] of covers) {
      if (o.contains(e) || e.contains(o)) continue;
      if (b.left > r.left + 2 || b.right < r.right - 2 || b.top > r.top + 2 || b.bottom < r.bottom - 2) continue;
      const found = stack(r);
      const over = found ? found.indexOf(o) : -1;
      if (over >= 0 && (found.indexOf(e) < 0 || over < found.indexOf(e))) return 'covered';
    }
    return '';
  };
  const roots = [document, ...(globalThis.cardwatchClosed || [])];
  const skip = new RegExp('^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|OPTION|OPTGROUP|SELECT|TEXTAREA|TITLE|HEAD|IFRAME|VIDEO|' +
    'AUDIO|OBJECT)$');
  const blocks = new Map(), fonts = new Set(), custom = new Set();
  document.fonts && document.fonts.forEach(f => {
    if (f.status === 'loaded') custom.add(f.family.replace(/["']/g, ''));
  });
  let nodes = 0;
  for (let i = 0; i < roots.length && i < 300; i++) {
    const walk = document.createTreeWalker(roots[i].body || roots[i], NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
      n => n.nodeType === 1 && skip.test(n.tagName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
      if (n.nodeType === 1) {
        if (n.shadowRoot && !roots.includes(n.shadowRoot)) roots.push(n.shadowRoot);
        if (roots[i] === document) state(n);
        continue;
      }
      const e = n.parentElement || n.parentNode.host;
      if (!e || !n.data.trim()) continue;
      if (++nodes > 6000 || late()) break;
      const s = state(e);
      if (s.gone || s.style.visibility !== 'visible') continue;
      let b = e;
      while (b && !state(b).block) b = up(b);
      let g = blocks.get(b || e);
      if (!g) blocks.set(b || e, g = {whole: true, parts: [], n: []});
      g.n.push([n, e, s]);
      if (custom.size && /[\u4e00-\u9fff]{2}/.test(n.data) && fonts.size < 5)
        for (const f of s.style.fontFamily.split(',')) {
          const own = f.trim().replace(/["']/g, '');
          if (custom.has(own)) fonts.add(own);
        }
    }
  }
  const draw = (t, e, where) => {
    const s = state(e), c = s.style, r = e.getBoundingClientRect();
    t = t.trim();
    if (!words(t) || out.drawn.length >= most || s.gone || s.cause || c.visibility !== 'visible') return;
    if (r.right + scrollX <= 0 || r.bottom + scrollY <= 0 || !r.width && !r.height) return;
    out.drawn.push([t.slice(0, 20000), name(e) + where]);
  };
  for (const g of blocks.values()) {
    if (late()) { out.cut = true; break; }
    let last = null, hidden = [];
    for (const [n, e, s] of g.n) {
      const why = cause(n, e, s), t = n.data.replace(/\s+/g, ' ');
      if (last && why === last[1]) last[0] += t; else hidden.push(last = [t, why]);
    }
    for (const [n, e, s] of g.n)
      if (s.style.direction === 'rtl' && /override/.test(s.style.unicodeBidi)) draw([...n.data].reverse().join(''), e,
        ' (written from right to left)');
    for (const [t, why] of hidden)
      if (why && t.trim() && out.concealed.length < most && (words(t) || /\d|[\u4e00-\u9fff]/.test(t)))
        out.concealed.push([t.trim().slice(0, 20000), why]);
  }
  const selectors = new Set();
  let closed = false, rules = 0;
  const telling = /["'][^"']*[\u3400-\u9fffA-Za-z]{2}|attr\(|var\(|counters?\(/;
  const look = list => {
    for (const r of list) {
      if (++rules > 20000) return;
      if (r.cssRules && r.cssRules.length) look(r.cssRules);
      if (r.styleSheet) try { look(r.styleSheet.cssRules); } catch (x) { closed = true; }
      if (r.selectorText && /::?(before|after)/.test(r.selectorText) && telling.test(r.style.content || ''))
        for (const part of r.selectorText.split(','))
          if (/::?(before|after)/.test(part)) selectors.add(part.replace(/::?(before|after).*$/, '').trim() || '*');
    }
  };
  const sheets = [...document.styleSheets, ...document.adoptedStyleSheets];
  for (const root of roots.slice(1)) sheets.push(...root.styleSheets, ...root.adoptedStyleSheets);
  for (const sheet of sheets.slice(0, 200)) try { look(sheet.cssRules); } catch (x) { closed = true; }
  const seen = new Set();
  const generated = e => {
    if (seen.has(e) || skip.test(e.tagName)) return;
    seen.add(e);
    for (const side of ['::before', '::after']) {
      const content = getComputedStyle(e, side).content;
      if (!content || content === 'none' || content === 'normal' || !telling.test(content)) continue;
      let t = '';
      for (const m of content.matchAll(/"((?:[^"\\]|\\.)*)"|attr\(([\w-]+)[^)]*\)|counters?\(/g))
        t += m[1] !== undefined ? m[1].replace(/\\(.)/g, '$1') : m[2] ? e.getAttribute(m[2]) || '' : '#';
      draw(t, e, side);
    }
  };
  for (const root of roots) {
    const wanted = closed ? ['*'] : [...selectors].slice(0, 200);
    for (const selector of wanted) {
      let found = [];
      try { found = root.querySelectorAll(selector); } catch (x) { continue; }
      for (let i = 0; i < found.length && i < 3000 && !late(); i++) generated(found[i]);
    }
    for (const e of [...root.querySelectorAll('textarea,input')].slice(0, 300)) {
      if (/^(hidden|password|checkbox|radio|file|image|color|range)$/.test(e.type)) continue;
      if (e.value) draw(e.value, e, '[value]'); else if (e.placeholder) draw(e.placeholder, e, '[placeholder]');
    }
    for (const e of [...root.querySelectorAll('canvas')].slice(0, 40)) {
      const r = e.getBoundingClientRect(), s = state(e);
      if (r.width >= 60 && r.height >= 14 && r.width * r.height < 8e6 && !s.gone && !s.cause && out.canvases.length < 6
        && s.style.visibility === 'visible') out.canvases.push([r.left + scrollX, r.top + scrollY, r.width, r.height]);
    }
    for (const e of [...root.querySelectorAll('video,audio,embed,object,iframe,a[href]')].slice(0, 2000)) {
      const tag = e.tagName.toLowerCase(), at = e.currentSrc || e.src || e.data || e.href || '';
      const r = e.getBoundingClientRect(), big = r.width * r.height > 20000, has = at || e.querySelector('source');
      const pdf = /\.pdf(?:$|[?#])/i.test(at) || /application\/pdf/i.test(e.type || '');
      const rules = /协议|条款|规则|须知|说明|声明|售后|公告|terms|rules|polic/i.test(e.textContent + at);
      if (out.beyond.length >= 20) break;
      if (tag === 'video' && big && has || tag === 'audio' && has) out.beyond.push([tag, at]);
      else if (pdf && (tag !== 'a' || rules)) out.beyond.push(['pdf', at]);
    }
  }
  for (const f of fonts) out.beyond.push(['font', f]);
  return out;
})(__MOST__, __SECONDS__)"""
"""What was laid out and not to be seen, what was drawn and is no text, what cannot be read, the boxes of canvases."""


def parse_layout(value: object) -> Layout:
    """The answer of LOOK, or what `pack_layout` kept; what does not fit is left out."""
    data = value if isinstance(value, dict) else {}
    return Layout(*(_pairs(data.get(name)) for name in ("concealed", "drawn", "beyond")))


def join_layouts(layouts: list[Layout]) -> Layout:
    """Those of a page and its frames as one."""
    return Layout(
        tuple(pair for layout in layouts for pair in layout.concealed)[:_MOST],
        tuple(pair for layout in layouts for pair in layout.drawn)[:_MOST],
        tuple(dict.fromkeys(pair for layout in layouts for pair in layout.beyond))[:_MOST],
    )


def pack_layout(layout: Layout) -> bytes:
    """The layout as JSON, b"" when it tells nothing."""
    if layout == Layout():
        return b""
    plain = {"concealed": layout.concealed, "drawn": layout.drawn, "beyond": layout.beyond}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def unpack_layout(data: bytes) -> Layout:
    """The layout of a kept capture."""
    try:
        return parse_layout(json.loads(data))
    except (ValueError, RecursionError):
        return Layout()


def _pairs(found: object) -> tuple[tuple[str, str], ...]:
    listed = found if isinstance(found, list) else []
    return tuple(
        (pair[0][:_MOST_TEXT], pair[1][:500])
        for pair in listed[:_MOST]
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], str)
    )
