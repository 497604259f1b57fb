"use strict";
// Where the reader is: the address names a view and its filters, or one thing by its id.

const views = [...document.querySelectorAll(".view")];
const title = document.title;
const form = document.querySelector("#results form");
const notice = byId("notice");
const turns = new Map();

/** Work that a newer one of the same name ends. */
const begin = (name) => {
  const before = turns.get(name);
  if (before) before.stale = true;
  const turn = new Turn();
  turns.set(name, turn);
  return turn;
};

/** How many results of what is looked for have each status, beside its box. */
const tally = (rows) => {
  const counts = new Map();
  for (const row of rows) counts.set(of(row, "status"), (counts.get(of(row, "status")) ?? 0) + 1);
  for (const place of form.querySelectorAll("[data-count]")) place.textContent = String(counts.get(place.dataset.count) ?? 0);
};

const say = (id, text) => {
  const output = byId(id);
  if (output && output.textContent !== text) output.textContent = text;
};

// Lists, made when their view is first opened.

const grouped = once(() => {
  const button = byId("results-all");
  const list = new Results(byId("results-list"), "Results by control", RESULT_COLUMNS, () => {
    button.setAttribute("aria-expanded", String(!list.closed));
    button.textContent = list.closed ? "Open all" : "Close all";
  });
  button.addEventListener("click", () => list.turnAll());
  return list;
});

const made = {
  deviations: once(() => new Results(byId("deviations-list"), "Deviations", DEVIATION_COLUMNS)),
  evidence: once(() => new List(byId("evidence-list"), "Evidence items", ITEM_COLUMNS)),
  coverage: once(() => new List(byId("coverage-list"), "Every call", CALL_COLUMNS)),
};

/** What a view needs before it is read. Gives false where a newer query overtook it. */
const fill = {
  async results(query) {
    const turn = begin("results");
    const rows = await select(query, turn);
    // The boxes say what a click on them would add.
    const { status, ...rest } = query;
    const all = status ? await select(rest, turn) : rows;
    if (turn.stale) return false;
    tally(all);
    const any = Object.values(query).some(Boolean);
    grouped().showGrouped(rows, !any);
    say("results-count", `${amount(rows.length, "result", "results")} of ${amount(grouped().counts.size, "control", "controls")}`);
    return true;
  },
  async deviations(query) {
    if (!byId("deviations-list")) return true;
    const turn = begin("deviations");
    const found = query.q ? new Set(await select({ q: query.q, status: "fail" }, turn)) : null;
    if (turn.stale) return false;
    const rows = found ? deviations().filter((row) => found.has(row)) : deviations();
    made.deviations().show(rows);
    say("deviations-count", amount(rows.length, "deviation", "deviations"));
    return true;
  },
  async evidence(query) {
    const turn = begin("evidence");
    const found = await itemIndex.all(wordsOf(query.q), turn);
    if (turn.stale) return false;
    made.evidence().show(plain(found, ITEM_COLUMNS));
    say("evidence-count", amount(found.length, "item", "items"));
    return true;
  },
  async coverage(query) {
    const found = await coverageIndex.all(wordsOf(query.q), begin("coverage"));
    made.coverage().show(plain(found, CALL_COLUMNS));
    return true;
  },
};

const readForm = (form) => {
  const query = {};
  for (const [name, value] of new FormData(form)) {
    if (value.trim()) query[name] = query[name] ? `${query[name]},${value}` : value.trim();
  }
  return query;
};

const writeForm = (form, query) => {
  const statuses = (query.status ?? "").split(",");
  for (const field of form.elements) {
    if (field.type === "checkbox") field.checked = statuses.includes(field.value);
    else if (field.name && document.activeElement !== field) field.value = query[field.name] ?? "";
  }
  const more = form.querySelector(".more");
  if (more && [...more.querySelectorAll("[name]")].some((field) => query[field.name])) more.open = true;
};

/** The address of a query. */
const address = (view, query) => {
  const text = new URLSearchParams(query).toString();
  return `#${view}${text ? `?${text}` : ""}`;
};

let current;
const open = (view) => {
  for (const other of views) other.hidden = other !== view;
  // Within a section the thing that is named stands at the top; who wants to see the cover opens it.
  if (view !== current) byId("cover").open = view.id === "overview";
  current = view;
  const shown = { control: "results", item: "evidence" }[view.id] ?? view.id;
  const name = shown || "access";
  for (const a of document.querySelectorAll("#bar a")) {
    if (a.hash === `#${name}`) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
  notice.hidden = true;
};

const settle = (view, focus) => {
  const heading = view.querySelector("h2");
  document.title = `${heading.textContent} | ${title}`;
  const y = history.state?.y;
  if (y !== undefined) scrollTo(0, y);
  else scrollTo(0, view.id === "overview" ? 0 : document.querySelector(".banner").offsetHeight);
  if (focus) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  drawAll();
};

/** Opens what the address names. */
const route = async (focus) => {
  const [path, search] = location.hash.slice(1).split("?");
  let name = path;
  try {
    name = decodeURIComponent(path);
  } catch {
    // What is no address is looked for as it stands.
  }
  const query = Object.fromEntries(new URLSearchParams(search));
  const control = about().byId.get(name) ?? (name.startsWith("check-") ? about().byCheck.get(name.slice(6)) : undefined);
  if (control !== undefined) {
    const show = showControl(control);
    open(byId("control"));
    show();
    return settle(byId("control"), focus);
  }
  if (/^E-\d+$/.test(name) && items().byId.has(name)) {
    showItem(items().byId.get(name));
    open(byId("item"));
    return settle(byId("item"), focus);
  }
  if (name.startsWith("DEV-")) {
    const row = deviations().find((one) => of(one, "deviation") === name);
    if (row !== undefined) {
      open(byId("deviations"));
      await fill.deviations({});
      settle(byId("deviations"), false);
      return made.deviations().go(row);
    }
  }
  const target = byId(name || "overview");
  const view = target?.closest(".view");
  if (!view || view.id === "control" || view.id === "item") {
    open(byId("overview"));
    notice.textContent = `Nothing here is called ${name}.`;
    notice.hidden = false;
    return settle(byId("overview"), false);
  }
  open(view);
  const form = view.querySelector("form");
  if (form) writeForm(form, query);
  if (fill[view.id] && !(await fill[view.id](query))) return undefined;
  const heading = view.querySelector("h2");
  settle(view, focus && (target === view || target === heading));
  if (target !== view && target !== heading) {
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    if (history.state?.y === undefined) target.scrollIntoView();
  }
  return undefined;
};

// Filters. What is typed changes the address in place; a choice is a step to go back from.

const keep = (state, place) => {
  try {
    history.replaceState(state, "", place);
  } catch {
    // Some browsers keep no state for files; the view is right all the same.
  }
};

for (const view of document.querySelectorAll("form.filters")) {
  const id = view.closest(".view").id;
  let waiting;
  const typed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const query = readForm(view);
      keep(null, address(id, query));
      fill[id](query);
    }, 120);
  };
  view.addEventListener("input", (event) => {
    if (event.target.matches("input:not([type=checkbox])")) typed();
  });
  view.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=checkbox]")) location.hash = address(id, readForm(view));
  });
  view.addEventListener("reset", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    for (const field of view.querySelectorAll("input:not([type=checkbox])")) field.value = "";
    location.hash = address(id, {});
  });
  view.addEventListener("submit", (event) => event.preventDefault());
}

addEventListener("keydown", (event) => {
  const field = event.target.closest?.("input, select, textarea");
  if (event.key === "/" && !field && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    const search = views.find((view) => !view.hidden)?.querySelector("input[type=search]");
    if (search) {
      search.focus();
      search.select();
    } else {
      location.hash = "#results";
      byId("results").hidden = false;
      byId("results-search").focus();
    }
  } else if (event.key === "Escape" && field?.type === "search" && field.value) {
    event.preventDefault();
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// Back and forward come to the place that was left.

history.scrollRestoration = "manual";
let resting;
addEventListener("scroll", () => {
  clearTimeout(resting);
  resting = setTimeout(() => keep({ y: scrollY }, location.href), 150);
}, { passive: true });
addEventListener("hashchange", () => {
  clearTimeout(resting);
  route(true);
});

// Paper: the view that is shown, all of it.

let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("#cover:not([open]), .view:not([hidden]) details:not([open])")];
  for (const part of unfolded) part.open = true;
  for (const list of lists) list.print(true);
});
addEventListener("afterprint", () => {
  for (const part of unfolded) part.open = false;
  for (const list of lists) list.print(false);
});

for (const part of document.querySelectorAll(".scripted")) part.hidden = false;
route(location.hash !== "");

// What is read on demand is read ahead while nothing happens, so that the first key pressed does not wait for it.
const ahead = [names, results, numbers];
const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 200));
const readAhead = () => {
  const work = ahead.shift();
  if (work) {
    work();
    idle(readAhead);
  }
};
idle(readAhead);
