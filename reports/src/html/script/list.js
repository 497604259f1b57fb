"use strict";
// A table of any length: only the rows near the window are there. On paper, all of them are, up to a limit.

const PRINTED = 2000;
const lists = [];

/**
 * A source says what is shown: `count`, `key(i)`, `kind(i)` (rows of a kind are of one height until measured), and
 * `build(i, paper)`, a tbody with one button or link of class `rove`. `paper()` is the source of what is printed.
 */
class List {
  constructor(place, label, columns) {
    this.above = List.space();
    this.below = List.space();
    const head = make("tr", {}, columns.map(([name]) => make("th", { scope: "col" }, name)));
    const widths = make("colgroup", {}, columns.map(([, width]) => make("col", { class: width })));
    this.more = make("p", { class: "rest", hidden: true });
    this.table = make("table", { class: "list", "aria-label": label, tabindex: "-1" }, widths, make("thead", {}, head));
    this.table.append(this.above, this.below);
    place.replaceChildren(this.table, this.more);
    this.nodes = new Map();
    this.active = 0;
    this.base = {};
    this.source = { count: 0 };
    this.table.addEventListener("keydown", (event) => this.pressed(event));
    this.table.addEventListener("focusin", (event) => this.entered(event));
    lists.push(this);
  }

  static space() {
    return make("tbody", { class: "space", "aria-hidden": "true" }, make("tr", {}, make("td")));
  }

  /** Shows a source from its beginning, or from where the reader is. */
  show(source, stay = false) {
    this.source = source;
    this.clear();
    if (!stay) this.active = 0;
    this.active = Math.max(0, Math.min(this.active, source.count - 1));
    this.table.setAttribute("aria-rowcount", source.count + 1);
    this.table.hidden = source.count === 0;
    this.layout();
    this.draw();
  }

  clear() {
    for (const node of this.nodes.values()) node.remove();
    this.nodes.clear();
    this.sizes = new Map();
  }

  /** Builds a row anew, after it was opened or closed. */
  refresh(at) {
    const key = this.source.key(at);
    this.nodes.get(key)?.remove();
    this.nodes.delete(key);
    this.sizes.delete(key);
    this.layout();
    this.draw();
  }

  layout() {
    const { count } = this.source;
    const { sizes, base } = this;
    this.offsets = new Float64Array(count + 1);
    for (let at = 0; at < count; at++) {
      const own = sizes.size > 0 ? sizes.get(this.source.key(at)) : undefined;
      this.offsets[at + 1] = this.offsets[at] + (own ?? base[this.source.kind(at)] ?? 56);
    }
  }

  /** The row at a height. */
  at(height) {
    let [low, high] = [0, this.source.count - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.offsets[middle] <= height) low = middle;
      else high = middle - 1;
    }
    return Math.max(low, 0);
  }

  draw() {
    if (this.paper || !this.source.count || !this.table.offsetParent) return;
    for (let pass = 0; pass < 5; pass++) {
      const start = -this.above.getBoundingClientRect().top;
      const from = this.at(start - 400);
      const to = Math.min(this.at(start + innerHeight + 400) + 1, this.source.count);
      this.place(from, to);
      if (!this.measure(from, to)) break;
    }
  }

  place(from, to) {
    const wanted = new Map();
    for (let at = from; at < to; at++) wanted.set(this.source.key(at), at);
    const lost = document.activeElement?.closest("tbody");
    for (const [key, node] of this.nodes) {
      if (wanted.has(key)) continue;
      // Focus stays in the table, so that the arrow keys go on from where they were.
      if (node === lost) this.table.focus({ preventScroll: true });
      node.remove();
      this.nodes.delete(key);
    }
    if (!(this.active >= from && this.active < to) && document.activeElement !== this.table) this.active = from;
    let next = this.below;
    for (let at = to - 1; at >= from; at--) {
      const key = this.source.key(at);
      let node = this.nodes.get(key);
      if (!node) {
        node = this.source.build(at, false);
        this.nodes.set(key, node);
      }
      node.rows[0].setAttribute("aria-rowindex", at + 2);
      node.querySelector(".rove").tabIndex = at === this.active ? 0 : -1;
      if (node.nextSibling !== next) this.table.insertBefore(node, next);
      next = node;
    }
    this.above.rows[0].cells[0].style.height = `${this.offsets[from]}px`;
    this.below.rows[0].cells[0].style.height = `${this.offsets[this.source.count] - this.offsets[to]}px`;
    this.above.hidden = this.below.hidden = false;
  }

  /** Whether a row is of another height than was thought. */
  measure(from, to) {
    let changed = false;
    for (let at = from; at < to; at++) {
      const [key, kind] = [this.source.key(at), this.source.kind(at)];
      const height = this.nodes.get(key).getBoundingClientRect().height;
      const thought = this.sizes.get(key) ?? this.base[kind];
      if (thought !== undefined && Math.abs(thought - height) < 0.6) continue;
      if (this.base[kind] === undefined) this.base[kind] = height;
      else this.sizes.set(key, height);
      changed = true;
    }
    if (changed) this.layout();
    return changed;
  }

  /** Scrolls as far as a row needs, or to it. */
  reveal(at, first = false) {
    // Twice: the rows on the way are measured the first time.
    for (let pass = 0; pass < 2; pass++) {
      const origin = scrollY + this.above.getBoundingClientRect().top;
      const [top, bottom] = [origin + this.offsets[at], origin + this.offsets[at + 1]];
      const covered = byId("bar").offsetHeight + this.table.tHead.offsetHeight + 4;
      if (first || top < scrollY + covered) scrollTo(scrollX, top - covered);
      else if (bottom > scrollY + innerHeight) scrollTo(scrollX, bottom - innerHeight + 4);
      this.draw();
    }
  }

  focus(at, first = false) {
    this.active = at;
    this.table.focus({ preventScroll: true });
    this.reveal(at, first);
    const button = this.nodes.get(this.source.key(at))?.querySelector(".rove");
    if (button) button.focus({ preventScroll: true });
  }

  /** Where the focus is, Tab comes back to. */
  entered(event) {
    const node = event.target.closest("tbody");
    for (const [key, known] of this.nodes) {
      if (known !== node) continue;
      const row = Number(node.rows[0].getAttribute("aria-rowindex")) - 2;
      if (this.source.key(row) === key) this.active = row;
    }
    for (const known of this.nodes.values()) known.querySelector(".rove").tabIndex = known === node ? 0 : -1;
  }

  pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !this.source.count) return;
    if (event.target !== this.table && !event.target.classList.contains("rove")) return;
    const page = Math.max(1, Math.floor(innerHeight / 80));
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.focus(Math.max(0, Math.min(this.source.count - 1, this.active + step)));
  }

  /** All rows for paper, up to the limit, with a line that says how many there are besides. */
  print(paper) {
    if (paper === Boolean(this.paper) || (paper && !this.table.offsetParent)) return;
    for (const node of this.nodes.values()) node.remove();
    this.nodes.clear();
    this.paper = paper && [];
    if (paper) {
      const source = this.source.paper?.() ?? this.source;
      const shown = Math.min(source.count, PRINTED);
      for (let at = 0; at < shown; at++) this.paper.push(source.build(at, true));
      this.above.hidden = this.below.hidden = true;
      this.table.append(...this.paper);
      const left = source.count - shown;
      this.more.textContent = `${amount(left, "line", "lines")} more, not printed: narrow the search, or see the files of the run.`;
      this.more.hidden = left === 0;
    } else {
      for (const node of this.table.querySelectorAll("tbody:not(.space)")) node.remove();
      this.more.hidden = true;
      this.draw();
    }
  }
}

const drawAll = () => lists.forEach((list) => list.draw());

let planned = false;
addEventListener("scroll", () => {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    drawAll();
  });
}, { passive: true });

let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) {
    width = innerWidth;
    for (const list of lists) {
      list.base = {};
      list.sizes?.clear();
      if (list.source.count) list.layout();
    }
  }
  drawAll();
});
