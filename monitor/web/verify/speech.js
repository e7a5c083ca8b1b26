// How the page says things, in the language that is chosen: 0 is Chinese, 1 English.

import { NOTES, WORDS } from "./words.js";

export const speech = { language: 0 };
export const say = (word) => WORDS[word][speech.language];
export const sayNote = (word) => (NOTES[word] ?? [word, word])[speech.language];

export function fillIn(word, numbers) {
  // A sentence with {names} in it.
  return say(word).replace(/\{(\w+)\}/g, (_, name) => numbers[name]);
}

export function joinWords(...words) {
  return words.filter(Boolean).join(["：", ": "][speech.language]);
}

export function make(tag, { text, className, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function showTime(value) {
  const moment = typeof value === "number" ? value : Date.parse(value);
  if (Number.isNaN(moment)) return String(value);
  const options = { timeZone: "Asia/Shanghai", hourCycle: "h23", dateStyle: "short", timeStyle: "medium" };
  const local = new Intl.DateTimeFormat("sv-SE", options).format(moment);
  return `${local} ${["北京时间", "Beijing time"][speech.language]} (${new Date(moment).toISOString()})`;
}
