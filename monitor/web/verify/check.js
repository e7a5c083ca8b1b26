// How the checks ended: one Check for each name, the gravest of what was noted is its status.

const GRAVITY = ["not_applicable", "passed", "redacted", "cannot_say", "absent", "failed"];
const MOST_NOTES = 40;

export class Check {
  constructor(id) {
    this.id = id;
    this.status = "not_applicable"; // until something was looked at
    this.notes = []; // [{ status, what, detail }], `what` is a word of words.js
    this.unsaid = 0; // notes beyond the bound
    this.count = 0; // how many things were looked at and found right
  }

  pass(count = 1) {
    this.count += count;
    this.note("passed");
  }

  fail(what, detail) {
    this.note("failed", what, detail);
  }

  lack(what, detail) {
    this.note("absent", what, detail);
  }

  doubt(what, detail) {
    this.note("cannot_say", what, detail);
  }

  hide(what, detail) {
    this.note("redacted", what, detail);
  }

  note(status, what = "", detail = "") {
    if (GRAVITY.indexOf(status) > GRAVITY.indexOf(this.status)) this.status = status;
    if (!what) return;
    if (this.notes.length < MOST_NOTES) this.notes.push({ status, what, detail: String(detail).slice(0, 400) });
    else this.unsaid++;
  }

  remark(what, detail) {
    // Something to know that changes no status.
    this.note("not_applicable", what, detail);
  }
}

export class Report {
  // The checks of one package in the order of `ids`, and what the page shows beside them.
  constructor(ids) {
    this.checks = new Map(ids.map((id) => [id, new Check(id)]));
    this.facts = null; // of the manifest: what was captured, and when
    this.tokens = []; // { authority, moment, root, fingerprint, trusted }
    this.screenshot = null; // a Blob
    this.isEarlierScreenshot = false; // made by an earlier capture, and only named by this one
    this.regions = []; // Blobs: pictures of the places that had changed
    this.keys = []; // verifier keys of the log
    this.packed = null; // of a pack: { case, channel, madeAt, files } with what was found of each file
  }

  check(id) {
    return this.checks.get(id);
  }

  get list() {
    return [...this.checks.values()];
  }

  has(status) {
    return this.list.some((check) => check.status === status);
  }
}
