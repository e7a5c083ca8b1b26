// JSON as the proofs write it: keys sorted by code point, no blanks, UTF-8. The reader keeps a number that JavaScript
// would change (a fraction, one beyond 2^53) as it was spelled, refuses a key said twice, and bounds the depth.

import { decodeText, encodeText } from "./bytes.js";
import { Damage, demand } from "./damage.js";

const DEPTH = 100;
const LONGEST_NUMERAL = 4300;
const NUMERAL = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const BLANK = /[ \t\r\n]*/y;
const LITERAL = /true|false|null/y;
const LITERALS = { true: true, false: false, null: null };

export class Spelling {
  // A number that is kept by its letters.
  constructor(text) {
    this.text = text;
  }
}

export function parseJson(bytes) {
  const text = typeof bytes === "string" ? bytes : decodeText(bytes);
  demand(text !== null, "not_utf8");
  let at = 0;

  function take(pattern) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) throw new Damage("not_json", `character ${at}`);
    at += found[0].length;
    return found[0];
  }

  function string() {
    // The pattern is not run over a long text at once: its stack would overflow.
    const start = at;
    if (text[at] !== '"') throw new Damage("not_json", `character ${at}`);
    for (let i = at + 1; ; i++) {
      const code = text.charCodeAt(i);
      if (code === 92) i++;
      else if (code === 34) {
        at = i + 1;
        break;
      } else if (!(code >= 32)) throw new Damage("not_json", `character ${i}`);
    }
    try {
      return JSON.parse(text.slice(start, at));
    } catch {
      throw new Damage("not_json", `character ${start}`);
    }
  }

  function value(depth) {
    demand(depth < DEPTH, "too_deep");
    take(BLANK);
    const letter = text[at];
    let found;
    if (letter === "{") found = object(depth);
    else if (letter === "[") found = list(depth);
    else if (letter === '"') found = string();
    else if (letter === "-" || (letter >= "0" && letter <= "9")) found = number();
    else found = LITERALS[take(LITERAL)];
    take(BLANK);
    return found;
  }

  function number() {
    const spelled = take(NUMERAL);
    if (spelled === "-0") return 0; // a whole number has one spelling only
    const isBounded = /[.eE]/.test(spelled) ? Number.isFinite(Number(spelled)) : spelled.length <= LONGEST_NUMERAL;
    demand(isBounded, "not_json", spelled.slice(0, 40));
    const parsed = Number(spelled);
    return Number.isSafeInteger(parsed) && String(parsed) === spelled ? parsed : new Spelling(spelled);
  }

  function list(depth) {
    const found = [];
    at++;
    take(BLANK);
    if (text[at] === "]") {
      at++;
      return found;
    }
    for (;;) {
      found.push(value(depth + 1));
      const letter = text[at++];
      if (letter === "]") return found;
      demand(letter === ",", "not_json", `character ${at - 1}`);
    }
  }

  function object(depth) {
    const found = new Map();
    at++;
    take(BLANK);
    if (text[at] === "}") {
      at++;
      return found;
    }
    for (;;) {
      take(BLANK);
      const key = string();
      demand(!found.has(key), "key_twice", key);
      take(BLANK);
      demand(text[at++] === ":", "not_json", `character ${at - 1}`);
      found.set(key, value(depth + 1));
      const letter = text[at++];
      if (letter === "}") return found;
      demand(letter === ",", "not_json", `character ${at - 1}`);
    }
  }

  const found = value(0);
  demand(at === text.length, "not_json", `character ${at}`);
  return found;
}

export function get(value, ...path) {
  // Follow keys and places; undefined where there is none.
  for (const step of path) {
    if (value instanceof Map) value = value.get(step);
    else if (Array.isArray(value)) value = value[step];
    else return undefined;
  }
  return value;
}

export function getText(value, ...path) {
  const found = get(value, ...path);
  return typeof found === "string" ? found : "";
}

function compareCodePoints(one, other) {
  const left = Array.from(one);
  const right = Array.from(other);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = left[i].codePointAt(0) - right[i].codePointAt(0);
    if (difference) return difference;
  }
  return left.length - right.length;
}

function spell(value) {
  if (value instanceof Map) {
    const keys = [...value.keys()].sort(compareCodePoints);
    return `{${keys.map((key) => `${JSON.stringify(key)}:${spell(value.get(key))}`).join(",")}}`;
  }
  if (Array.isArray(value)) return `[${value.map(spell).join(",")}]`;
  if (value instanceof Spelling) return value.text;
  return JSON.stringify(value);
}

export function canonicalJson(value) {
  const text = spell(value);
  // Half a surrogate pair is no Unicode: then the whole value is written in ASCII.
  if (!/\\ud[89a-f][0-9a-f]{2}/.test(text) || !hasHalf(value)) return encodeText(text);
  return encodeText(
    text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

export function indentedJson(value) {
  // As Python's json.dumps(value, indent=2) and a line break, for values in ASCII.
  const lay = (one, margin) => {
    const inner = `${margin}  `;
    if (one instanceof Map && one.size)
      return `{\n${[...one].map(([key, item]) => `${inner}${JSON.stringify(key)}: ${lay(item, inner)}`).join(",\n")}\n${margin}}`;
    if (Array.isArray(one) && one.length) return `[\n${one.map((item) => inner + lay(item, inner)).join(",\n")}\n${margin}]`;
    return spell(one);
  };
  return encodeText(`${lay(value, "")}\n`);
}

function hasHalf(value) {
  if (typeof value === "string") return /\p{Surrogate}/u.test(value);
  if (value instanceof Map) return [...value].some(([key, item]) => hasHalf(key) || hasHalf(item));
  return Array.isArray(value) && value.some(hasHalf);
}
