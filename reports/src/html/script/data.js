"use strict";
// The page's data: blocks of JSON, read when they are first asked for. What is foreign becomes text, never markup.

const byId = (id) => document.getElementById(id);

const once = (work) => {
  let done = false;
  let value;
  return () => {
    if (!done) {
      value = work();
      done = true;
    }
    return value;
  };
};

const block = (id) => JSON.parse(byId(id).textContent);

/** Every string that a column refers to by its number. */
const names = once(() => block("data-names").names);
const numbers = once(() => new Map(names().map((name, number) => [name, number])));

/** Controls, accounts, marks. */
const about = once(() => {
  const data = block("data-controls");
  data.byId = new Map(data.controls.map((control, at) => [control.id, at]));
  data.byCheck = new Map(data.controls.map((control, at) => [control.check, at]));
  data.byAccount = new Map(data.accounts.map((account) => [account.id, account]));
  return data;
});

/** The columns of the results, and the control of each. */
const results = once(() => {
  const data = block("data-results");
  data.count = data.status.length;
  data.control = new Int32Array(data.count);
  about().controls.forEach((control, at) => data.control.fill(at, control.first, control.first + control.count));
  return data;
});

/** The columns of the evidence items. */
const items = once(() => {
  const data = block("data-evidence");
  data.byId = new Map(data.id.map((id, at) => [id, at]));
  return data;
});

const coverage = once(() => block("data-coverage"));

/** The deviations' results, by number of the deviation. */
const deviations = once(() => {
  const { deviation, count } = results();
  const found = [];
  for (let row = 0; row < count; row++) if (deviation[row]) found.push(row);
  const id = (row) => names()[deviation[row]];
  return found.sort((a, b) => id(a).length - id(b).length || (id(a) < id(b) ? -1 : 1));
});

/** A property of a result, as text. */
const of = (row, column) => names()[results()[column][row]];

const evidenceOf = (row) => {
  const set = results().sets[results().evidence[row]];
  return set ? set.split(" ") : [];
};

const accountName = (id) => about().byAccount.get(id)?.name ?? id;

/** A time without its fraction. */
const time = (text) => text.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");

const amount = (number, one, many) => `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;

/** An element; what is not an element among its children is text. */
const make = (tag, properties, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};

const link = (id, text, properties) => make("a", { href: `#${encodeURIComponent(id)}`, ...properties }, text ?? id);

/** A link to results, filtered. */
const filtered = (query, text) => make("a", { href: `#results?${new URLSearchParams(query)}` }, text);

const badge = (status) => make("span", { class: `badge ${/^[a-z-]+$/.test(status) ? status : ""}` }, status);

/** Names and values; those without a value are left out. */
const facts = (pairs) =>
  make("dl", { class: "facts" }, pairs.map(([name, ...value]) => {
    const shown = value.flat(Infinity).filter((part) => part !== null && part !== undefined && part !== false && part !== "");
    return shown.length > 0 && make("div", {}, make("dt", {}, name), make("dd", {}, shown));
  }));

/** Elements with something between them. */
const joined = (parts, between) => parts.flatMap((part, at) => (at ? [between, part] : [part]));
