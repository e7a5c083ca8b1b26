// What a reader throws when bytes are not what their format says. `what` is a word of words.js, `detail` is shown as it is.

export class Damage extends Error {
  constructor(what, detail = "") {
    super(detail ? `${what}: ${detail}` : what);
    this.name = "Damage";
    this.what = what;
    this.detail = String(detail).slice(0, 400);
  }
}

export function demand(holds, what, detail = "") {
  if (!holds) throw new Damage(what, detail);
}
