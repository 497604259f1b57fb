"use strict";
// A control's page: what it asks, how it is decided, what was expected and why, and its results.

/** A part of a published page: paragraphs and lists, as the documentation comment has them; `code` between backticks. */
const prose = (lines) => {
  const parts = [];
  let last = null;
  for (const line of lines) {
    if (line === "") last = null;
    else if (line.startsWith("- ")) {
      if (last?.items) last.items.push(line.slice(2));
      else parts.push((last = { items: [line.slice(2)] }));
    } else if (last?.items) last.items[last.items.length - 1] += ` ${line.trim()}`;
    else if (last) last.text += ` ${line.trim()}`;
    else parts.push((last = { text: line }));
  }
  return parts.map((part) => (part.items
    ? make("ul", {}, part.items.map((item) => make("li", {}, coded(item))))
    : make("p", {}, coded(part.text))));
};

const coded = (text) => text.split("`").map((piece, at) => (at % 2 ? make("code", {}, piece) : piece));

const controlResults = once(() => new Results(make("div"), "Results of the control", RESULT_COLUMNS));

const showControl = (at) => {
  const control = about().controls[at];
  const [asks, ...others] = control.page;
  const rows = Array.from({ length: control.count }, (_, row) => control.first + row);
  byId("control-heading").textContent = `${control.id} ${control.title}`;
  const list = controlResults();
  const limits = control.thresholds.map(({ name, value, source }) =>
    make("li", {}, make("code", {}, name), " = ", make("b", {}, value), ` (${source})`));
  const place = make("div", {}, list.list.table, list.list.more);
  byId("control-page").replaceChildren(
    facts([
      ["Result", control.result],
      ["Expected", control.expected],
      ["Procedure", control.procedure],
      ["Test", control.test, ", check ", make("code", {}, control.check), ", ", control.severity, " severity, decided for each ", control.level],
      ["Criteria", joined(control.criteria.map((id) => link(id)), ", ")],
      ["Own controls", control.own.map(({ id, wording, owner }) => make("div", {}, make("b", {}, id), ` ${wording}`, owner && ` (${owner})`))],
      ["Thresholds", limits.length > 0 && make("ul", {}, limits)],
      ["Populations", joined(control.populations.map((id) => link(id)), ", ")],
      ["What to do", control.count > 0 && `${control.fix}.`],
    ]),
    ...(asks ? [make("h3", {}, asks[0]), ...prose(asks[1])] : []),
    make("details", { class: "page" },
      make("summary", {}, "How it is decided, what else is accepted, remediation, references"),
      others.flatMap(([heading, lines]) => [make("h4", {}, heading), ...prose(lines)])),
    make("h3", {}, `Results (${control.count.toLocaleString("en-GB")})`),
    make("p", { class: "small" }, filtered({ control: control.id }, "Filter these results")),
    place,
  );
  return () => list.show(rows);
};
