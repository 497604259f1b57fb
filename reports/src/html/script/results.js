"use strict";
// Lists of results: by control, of one control, and the deviations. A row opens to all that is known of it.

const marksOf = (row) => results().markings[results().marks[row]];

const evidenceLinks = (ids, most) => {
  const shown = ids.slice(0, most);
  const more = ids.length > most && make("span", { class: "muted" }, `+${ids.length - most}`);
  return [joined(shown.map((id) => link(id, id, { class: "cite", tabindex: "-1" })), " "), more && " ", more];
};

const clip = (...children) => make("div", { class: "clip" }, ...children);

const seen = (row) => {
  const [observed, reason] = [of(row, "observed"), of(row, "reason")];
  return clip(observed, observed && reason && " ", reason && make("span", { class: "muted" }, reason));
};

const place = (row) => clip(of(row, "region"), " ", make("span", { class: "muted" }, of(row, "account")));

const numbersOf = (row) => [of(row, "deviation"), of(row, "exception")].filter(Boolean);

/** The columns of a list: name, class, cell. */
const RESULT_COLUMNS = [
  ["Status", "w-status", (row) => badge(of(row, "status"))],
  ["Resource", "w-resource", (row) => clip(make("code", {}, of(row, "resource")))],
  ["Region, account", "w-place", place],
  ["Observed", "w-seen", seen],
  ["Marks", "w-marks", (row) => clip(make("b", {}, marksOf(row)), numbersOf(row).map((id) => [" ", make("span", { class: "cite" }, id)]))],
  ["Evidence", "w-evidence", (row, paper) => clip(evidenceLinks(evidenceOf(row), paper ? Infinity : 2))],
];

const DEVIATION_COLUMNS = [
  ["Deviation", "w-id", (row) => make("b", { class: "cite" }, of(row, "deviation"))],
  ["Control", "w-control", (row) => {
    const control = about().controls[results().control[row]];
    return clip(link(control.id, control.id, { tabindex: "-1" }), " ", control.severity, " ", make("span", { class: "muted" }, control.title));
  }],
  ...RESULT_COLUMNS.slice(1, 4),
  RESULT_COLUMNS[5],
];

/** Everything about a result. */
const details = (row) => {
  const data = results();
  const control = about().controls[data.control[row]];
  const [id, exception] = [of(row, "resource"), data.exceptions[of(row, "exception")]];
  const meaning = new Map(about().marks);
  return facts([
    ["Status", badge(of(row, "status")), " ", control.severity, " severity"],
    ["Control", link(control.id), " ", control.title, " (", make("code", {}, control.check), ", test ", control.test, ")"],
    ["Resource", make("code", {}, id), " ", of(row, "type")],
    ["Where", of(row, "region"), ", ", accountName(of(row, "account"))],
    ["Observed", of(row, "observed")],
    ["Expected", of(row, "expected")],
    ["Reason", of(row, "reason")],
    ["Marks", [...marksOf(row)].map((mark) => make("div", {}, `${mark}: ${meaning.get(mark)}`))],
    ["Deviation", of(row, "deviation") && link(of(row, "deviation"))],
    ["Exception", ...(exception
      ? [`${exception.id}: ${exception.reason} Instead: ${exception.compensating_control} Approved by ${exception.approver} on ${exception.approved}, until ${exception.expires}.`]
      : [of(row, "exception")])],
    ["Evidence", joined(evidenceOf(row).map((one) => link(one)), " ")],
    ["More", filtered({ resource: id }, "all results of this resource"), ", ", link(control.id, "the control"), of(row, "status") === "fail" && `. What to do: ${control.fix}.`],
  ]);
};

/** A list of results; where grouped, under their controls. */
class Results {
  constructor(place, label, columns, noteAll) {
    this.columns = columns;
    this.noteAll = noteAll;
    this.list = new List(place, label, columns);
    this.open = new Set();
    this.closed = false;
    this.toggled = new Set();
  }

  /** Shows results without groups. */
  show(rows) {
    this.rows = rows;
    this.grouped = false;
    this.lay(false);
  }

  /** Shows results under their controls, all open or all closed. */
  showGrouped(rows, closed) {
    this.rows = rows;
    this.grouped = true;
    this.closed = closed;
    this.toggled.clear();
    this.lay(false);
  }

  isOpen(control) {
    return this.closed === this.toggled.has(control);
  }

  /** The lines: a result by its number, a control by the number below zero. */
  lines(open) {
    if (!this.grouped) return this.rows;
    const { control } = results();
    const lines = [];
    let last = -1;
    for (const row of this.rows) {
      if (control[row] !== last) lines.push(-1 - (last = control[row]));
      if (open(last)) lines.push(row);
    }
    return lines;
  }

  source(lines) {
    return {
      count: lines.length,
      key: (at) => lines[at],
      kind: (at) => (lines[at] < 0 ? "control" : this.open.size > 0 && this.open.has(lines[at]) ? "open" : "result"),
      build: (at, paper) => (lines[at] < 0 ? this.header(-1 - lines[at], paper) : this.row(lines[at], paper)),
      paper: () => this.source(this.lines(() => true)),
    };
  }

  lay(stay) {
    this.counts = this.grouped ? this.count() : new Map();
    this.current = this.lines((control) => this.isOpen(control));
    this.list.show(this.source(this.current), stay);
    this.noteAll?.();
  }

  /** How many of the shown results of each control have each status. */
  count() {
    const { control, status } = results();
    const counts = new Map();
    let [last, tally] = [-1, null];
    for (const row of this.rows) {
      if (control[row] !== last) counts.set((last = control[row]), (tally = new Map()));
      tally.set(status[row], (tally.get(status[row]) ?? 0) + 1);
    }
    return counts;
  }

  header(at, paper) {
    const control = about().controls[at];
    const open = paper || this.isOpen(at);
    const button = make("button", { type: "button", class: "rove turn", "aria-expanded": String(open) },
      make("b", {}, control.id), " ", control.title);
    button.addEventListener("click", () => this.turn(at));
    const counts = about().statuses.map((status) => [status, this.counts.get(at)?.get(numbers().get(status))]);
    const cell = make("th", { scope: "rowgroup", colspan: this.columns.length }, make("div", { class: "line" },
      button,
      make("span", { class: `severity ${control.severity}` }, control.severity),
      make("span", { class: "counts" }, counts.filter(([, count]) => count).map(([status, count]) =>
        make("span", { class: `count ${status}` }, `${count} ${status}`))),
      link(control.id, "Control", { "aria-label": `Control ${control.id}` })));
    return make("tbody", { class: "group" }, make("tr", {}, cell));
  }

  row(row, paper) {
    const open = !paper && this.open.has(row);
    const button = make("button", { type: "button", class: "rove turn", "aria-expanded": String(open), "aria-label": `Details of ${of(row, "resource")}` });
    const cells = this.columns.map(([name, , cell], at) =>
      make("td", { "data-name": name }, at === 0 && !paper && button, cell(row, paper)));
    const body = make("tbody", { class: row === this.target ? "row target" : "row" }, make("tr", {}, cells));
    body.rows[0].addEventListener("click", (event) => {
      if (!event.target.closest("a") && !String(getSelection())) this.turnRow(row);
    });
    if (open) body.append(make("tr", { class: "details" }, make("td", { colspan: this.columns.length }, details(row))));
    return body;
  }

  turn(at) {
    if (!this.toggled.delete(at)) this.toggled.add(at);
    const line = this.current.indexOf(-1 - at);
    this.lay(true);
    this.list.focus(line);
  }

  turnAll() {
    this.closed = !this.closed;
    this.toggled.clear();
    this.lay(false);
  }

  turnRow(row) {
    if (!this.open.delete(row)) this.open.add(row);
    const line = this.current.indexOf(row);
    this.list.refresh(line);
    this.list.focus(line);
  }

  /** Opens a result and goes to it. */
  go(row) {
    this.target = row;
    this.open.add(row);
    const line = this.current.indexOf(row);
    if (line < 0) return;
    this.list.refresh(line);
    this.list.focus(line, true);
  }
}
