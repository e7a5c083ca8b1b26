// Finds out what was given (an export, a pack of several, a bare WARC, several files at once) and checks all that lies in
// it, as monitor/verify/target.py does. Gives { verdict, subjects }; each subject: { name, size, kind, report, verdict }.

import { checkWarcAlone } from "./capture_checks.js";
import { Report } from "./check.js";
import { checkExport } from "./checks.js";
import { compareExports } from "./history_checks.js";
import { checkPackProof, findPackRoots, tieCaptures } from "./pack_checks.js";
import { findRoots, isLitter, notePackage, noteRest, noteUnreadable, takeExport } from "./package_checks.js";
import { gravest, judge, judgeContainer } from "./verdict.js";
import { blobOf, openFolder, openPackage, readSlice } from "./zip.js";

const PACKAGE_NAME = /\.(?:wacz|zip)$/i;
const WARC_NAME = /\.warc(?:\.gz)?$/i;
const MOST_NESTED = 1000;
const MOST_LAYERS = 2;

export async function checkTarget(files, given, settings) {
  // `settings`: { ids, now, progress }, and `told`, which is called with each subject when it is done.
  const target = new Target(given, settings);
  if (files.length === 1) await target.checkFile(files[0]);
  else await target.checkPack(openFolder(files), { name: "", size: 0 }, new Report(settings.ids), 1);
  return { verdict: gravest(target.subjects.map((subject) => subject.verdict)), subjects: target.subjects };
}

class Target {
  constructor(given, settings) {
    this.given = given;
    this.settings = settings;
    this.subjects = [];
  }

  newReport() {
    return new Report(this.settings.ids);
  }

  add(kind, { name, size }, report, more = {}) {
    const subject = { name, size, kind, report, verdict: judge(report), trace: null, ...more };
    this.subjects.push(subject);
    return subject;
  }

  addContainer(place, report, isEmpty = false) {
    return this.add("container", place, report, { verdict: judgeContainer(report, isEmpty) });
  }

  async checkFile(file) {
    const [first, second] = await readSlice(file, 0, 2);
    if ((first === 0x1f && second === 0x8b) || WARC_NAME.test(file.name)) await this.checkWarcFile(file, file);
    else await this.checkZip(file, file, this.newReport(), 1);
  }

  async checkWarcFile(blob, place) {
    const report = this.newReport();
    await checkWarcAlone(blob, report, this.settings.progress);
    this.add("warc", place, report);
  }

  async checkZip(blob, place, report, depth) {
    try {
      await this.checkPack(await openPackage(blob), place, report, depth);
    } catch (error) {
      noteUnreadable(report, error);
      this.addContainer(place, report, error.what === "not_zip");
    }
  }

  async checkPack(pack, place, report, depth) {
    // One that holds a single export or complaint pack is told together with it.
    const names = [...pack.entries.keys(), ...pack.strangers].filter((name) => !isLitter(name));
    const packs = findPackRoots(names);
    const outside = names.filter((name) => !packs.some((root) => name.startsWith(root)));
    const roots = findRoots(outside);
    const loose = outside.filter((name) => !roots.some((root) => name.startsWith(root)));
    const isInner = (name) => pack.entries.has(name) && (PACKAGE_NAME.test(name) || WARC_NAME.test(name));
    const inner = loose.filter(isInner);
    notePackage(pack, report);
    noteRest(loose.filter((name) => !isInner(name)), report);
    if (packs.length === 1 && !roots.length && !inner.length) {
      await this.checkPackRoot(pack, packs[0], place, report, depth);
      return;
    }
    if (roots.length === 1 && !inner.length && !packs.length) {
      await this.checkRoot(pack, roots[0], place, report);
      return;
    }
    const own = this.addContainer(place, report);
    const before = this.subjects.length;
    for (const root of packs) await this.checkPackRoot(pack, root, place, this.newReport(), depth);
    for (const root of roots) await this.checkRoot(pack, root, place, this.newReport());
    for (const [number, name] of inner.entries()) if (!(await this.checkNested(pack, name, place, number, depth))) break;
    const found = this.subjects.slice(before);
    if (!found.length) report.check("nothing_proven").doubt("no_export");
    compareExports(found, report);
    own.verdict = judgeContainer(report, !found.length);
  }

  async checkPackRoot(pack, root, { name, size }, report, depth) {
    // The pack, then the exports of captures in it, which must be of the same history as its evidence.
    const { now, progress } = this.settings;
    const taken = await takeExport(pack, root, report, progress);
    const { trace, exports } = await checkPackProof(taken, this.given, report, now);
    const whole = [...taken.entries.values()].reduce((sum, entry) => sum + entry.size, 0);
    const own = this.add("pack", { name: [name, root.slice(0, -1)].filter(Boolean).join("/"), size: root ? whole : size }, report, { trace });
    const before = this.subjects.length;
    const found = new Map();
    for (const [number, path] of exports.entries()) {
      const first = this.subjects.length;
      await this.checkNested(pack, root + path, { name }, number, depth);
      found.set(path, this.subjects[first]);
    }
    compareExports([own, ...this.subjects.slice(before)], report);
    tieCaptures(report, found);
    own.verdict = judge(report);
  }

  async checkRoot(pack, root, { name, size }, report) {
    const label = [name, root.slice(0, -1)].filter(Boolean).join("/");
    const { now, progress } = this.settings;
    const taken = await takeExport(pack, root, report, progress);
    const trace = await checkExport(taken, this.given, report, { label, now, progress });
    const whole = [...taken.entries.values()].reduce((sum, entry) => sum + entry.size, 0);
    this.add("capture", { name: label, size: root ? whole : size }, report, { trace });
  }

  async checkNested(pack, name, place, number, depth) {
    // A package or WARC that lies in another; false where no further one is to be looked at.
    const entry = pack.entries.get(name);
    const at = { name: [place.name, name].filter(Boolean).join("/"), size: entry.size };
    const report = this.newReport();
    if (depth > MOST_LAYERS || number >= MOST_NESTED) {
      report.check("zip_bounds").fail("too_nested", name);
      this.addContainer(at, report);
      return false;
    }
    let blob;
    try {
      blob = await blobOf(pack, entry);
    } catch (error) {
      noteUnreadable(report, error, name);
      this.addContainer(at, report);
      return true;
    }
    if (WARC_NAME.test(name)) await this.checkWarcFile(blob, at);
    else await this.checkZip(blob, at, report, depth + 1);
    entry.blob = undefined; // what was unpacked for it can go
    return true;
  }
}
