"use strict";
// The evidence: a list of calls, and a page for each with its exchanges.

const callOf = (at) => items().calls[items().call[at]];
const nameOf = (at, column) => names()[items()[column][at]];

/** Rows that only lead somewhere: cells of which the first holds the link. */
const plain = (rows, columns) => ({
  count: rows.length,
  key: (at) => rows[at],
  kind: () => "row",
  build: (at) => make("tbody", { class: "row" }, make("tr", {}, columns.map(([name, , cell]) =>
    make("td", { "data-name": name }, cell(rows[at]))))),
});

/** The number of records; an answer that is no list has none to count. */
const held = (records, status, object) => records?.toLocaleString("en-GB") ?? (status === "ok" ? object : "none");

const ITEM_COLUMNS = [
  ["Id", "w-id", (at) => link(items().id[at], null, { class: "rove" })],
  ["Call", "w-call", (at) => clip(make("code", {}, callOf(at)))],
  ["Parameters", "w-seen", (at) => clip(parameters(at))],
  ["Region, account", "w-place", (at) => clip(nameOf(at, "region"), " ", make("span", { class: "muted" }, nameOf(at, "account")))],
  ["Status", "w-status", (at) => badge(nameOf(at, "status"))],
  ["Records", "w-count", (at) => held(items().records[at], nameOf(at, "status"), "one object")],
];

const CALL_COLUMNS = [
  ["Call", "w-call", (at) => make("span", { class: "rove" }, clip(make("code", {}, `${callName(at, "service")}:${callName(at, "operation")}`)))],
  ["Account", "w-place", (at) => callName(at, "account")],
  ["Region", "w-place", (at) => callName(at, "region")],
  ["Status", "w-status", (at) => badge(callName(at, "status"))],
  ["Requests", "w-count", (at) => coverage().calls[at]],
  ["Records", "w-count", (at) => held(coverage().items[at], callName(at, "status"), "objects")],
  ["What AWS said", "w-seen", (at) => clip(callName(at, "reason"))],
];

const callName = (at, column) => names()[coverage()[column][at]];

const parameters = (at) => {
  const numbers = items().parameters[at];
  const pairs = [];
  for (let i = 0; i < numbers.length; i += 2) pairs.push(make("code", {}, `${names()[numbers[i]]}=${names()[numbers[i + 1]]}`));
  return pairs.length ? joined(pairs, " ") : make("span", { class: "muted" }, "none");
};

const exchange = (one, request) => make("div", { class: "exchange" },
  facts([
    ["Request id", request ? make("code", {}, request) : "none came"],
    ["Sent", time(one.started), " to ", time(one.finished), ", try ", String(one.attempt)],
    ["Answer", one.status ? `HTTP ${one.status}` : "none", one.date && `, AWS's clock ${one.date}`],
    ["Endpoint", make("code", {}, one.endpoint)],
    ["Digest", one.sha256 && make("code", {}, `sha256 ${one.sha256}`), one.sha256 && ` of ${amount(one.bytes, "byte", "bytes")}`],
    ["Redacted", one.redacted > 0 ? make("strong", {}, amount(one.redacted, "value", "values")) : "nothing",
      one.redactions && `: ${one.redactions.map(({ what, count }) => `${what} (${count})`).join(", ")}`],
  ]),
  one.request && make("details", {}, make("summary", {}, "Request"), make("pre", { tabindex: "0" }, one.request)),
  one.note && make("p", { class: "small muted" }, one.note),
  one.body && make("details", {}, make("summary", {}, "Answer"), make("pre", { tabindex: "0" }, one.body)));

const showItem = (at) => {
  const data = items();
  const id = data.id[at];
  const { exchanges } = block(`item-${at}`);
  const folder = `20_evidence/${id}/`;
  const account = nameOf(at, "account");
  byId("item-heading").textContent = `${id} ${callOf(at)}`;
  const page = byId("item-page");
  page.replaceChildren(
    facts([
      ["Status", badge(nameOf(at, "status")), " ", nameOf(at, "reason")],
      ["Call", make("code", {}, callOf(at))],
      ["Parameters", parameters(at)],
      ["Where", nameOf(at, "region"), ", ", accountName(account)],
      ["Caller", make("code", {}, about().byAccount.get(account)?.caller ?? "not known")],
      ["Read", data.records[at] === null ? held(null, nameOf(at, "status"), "one object") : amount(data.records[at], "record", "records"), " on ", amount(data.pages[at], "page", "pages")],
      ["In the package", about().package ? make("a", { href: encodeURI(folder) }, folder) : make("code", {}, folder)],
      ["Cited by", filtered({ evidence: id }, "the results that rest on it")],
    ]),
    make("h3", {}, `Exchanges (${exchanges.length})`),
    ...(exchanges.length ? exchanges.map((one, number) => exchange(one, data.requests[at][number])) : [make("p", {}, "None: the call was not made.")]),
  );
};
