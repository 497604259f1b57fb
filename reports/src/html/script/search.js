"use strict";
// Search. Words are looked for in the names, each of which is there once; a result matches where one of its names does.
// Work is cut into slices, so that a key that is pressed never waits for it.

const SLICE = 12;

/** A piece of work that gives way, and that a newer one ends. */
class Turn {
  constructor() {
    this.began = performance.now();
    this.stale = false;
  }

  /** Whether to go on, after others had their turn. */
  async on() {
    if (performance.now() - this.began > SLICE) {
      await new Promise((go) => setTimeout(go));
      this.began = performance.now();
    }
    return !this.stale;
  }
}

const wordsOf = (text) => (text ?? "").toLowerCase().split(/\s+/).filter(Boolean);

/** Marks each text that holds a word, sought lazily and remembered. */
class Index {
  constructor(texts) {
    this.texts = texts;
    this.lower = [];
    this.known = new Map();
  }

  async find(word, turn) {
    const known = this.known.get(word);
    if (known) return known;
    // What lacks a shorter word lacks the longer one too.
    const before = this.known.get(word.slice(0, -1));
    const count = this.texts.count();
    const marks = new Uint8Array(count);
    for (let at = 0; at < count; at++) {
      if ((at & 511) === 511 && !(await turn.on())) return marks;
      if (before && !before[at]) continue;
      const text = (this.lower[at] ??= this.texts.text(at).toLowerCase());
      if (text.includes(word)) marks[at] = 1;
    }
    if (this.known.size > 40) this.known.clear();
    this.known.set(word, marks);
    return marks;
  }

  /** The numbers of the texts that hold every word. */
  async all(words, turn) {
    const marks = [];
    for (const word of words) marks.push(await this.find(word, turn));
    const found = [];
    for (let at = 0; at < this.texts.count(); at++) if (marks.every((mark) => mark[at])) found.push(at);
    return found;
  }
}

/** An account is found by its alias and environment too. */
const nameIndex = new Index({
  count: () => names().length,
  text: (at) => about().byAccount.get(names()[at])?.name ?? names()[at],
});

const controlIndex = new Index({
  count: () => about().controls.length,
  text: (at) => {
    const { id, test, check, title, severity, criteria, own } = about().controls[at];
    return [id, test, check, title, severity, ...criteria, ...own.map((one) => one.id)].join(" ");
  },
});

const setIndex = new Index({ count: () => results().sets.length, text: (at) => results().sets[at] });

const itemIndex = new Index({
  count: () => items().id.length,
  text: (at) => {
    const { id, call, calls, account, region, status, reason, parameters, requests } = items();
    const foreign = [region[at], status[at], reason[at], ...parameters[at]].map((number) => names()[number]);
    return [id[at], calls[call[at]], accountName(names()[account[at]]), ...foreign, ...requests[at]].join(" ");
  },
});

const coverageIndex = new Index({
  count: () => coverage().status.length,
  text: (at) => {
    const { account, region, service, operation, status, reason } = coverage();
    const [of, call] = [service, operation].map((column) => names()[column[at]]);
    return [`${of}:${call}`, accountName(names()[account[at]]), ...[region, status, reason].map((c) => names()[c[at]])].join(" ");
  },
});

/** The columns of a result that free text is looked for in. */
const TEXTS = ["status", "account", "region", "resource", "type", "observed", "expected", "reason", "exception", "deviation"];

/** The results that a query asks for, in order. */
const select = async (query, turn) => {
  const data = results();
  const words = [];
  for (const word of wordsOf(query.q)) {
    words.push({
      controls: await controlIndex.find(word, turn),
      names: await nameIndex.find(word, turn),
      sets: /^e-?\d*$/.test(word) ? await setIndex.find(word, turn) : null,
    });
  }
  const part = query.resource ? await nameIndex.find(query.resource.toLowerCase(), turn) : null;
  const sets = query.evidence ? data.sets.map((set) => set.split(" ").includes(query.evidence.toUpperCase())) : null;
  const number = (value) => (value ? numbers().get(value) ?? -1 : null);
  const [account, region] = [number(query.account), number(query.region)];
  const statuses = query.status ? new Set(query.status.split(",").map((status) => numbers().get(status))) : null;
  const found = [];
  for (const [at, control] of about().controls.entries()) {
    if (query.control && query.control !== control.id && query.control !== control.check) continue;
    if (query.criterion && !control.criteria.includes(query.criterion)) continue;
    if (query.severity && query.severity !== control.severity) continue;
    const open = words.filter((word) => !word.controls[at]);
    for (let row = control.first; row < control.first + control.count; row++) {
      if ((row & 1023) === 1023 && !(await turn.on())) return found;
      if (statuses && !statuses.has(data.status[row])) continue;
      if (account !== null && data.account[row] !== account) continue;
      if (region !== null && data.region[row] !== region) continue;
      if (part && !part[data.resource[row]]) continue;
      if (sets && !sets[data.evidence[row]]) continue;
      const holds = (word) => TEXTS.some((text) => word.names[data[text][row]]) || word.sets?.[data.evidence[row]];
      if (open.every(holds)) found.push(row);
    }
  }
  return found;
};
