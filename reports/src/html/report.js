"use strict";
(() => {
  const search = document.getElementById("search");
  const boxes = [...document.querySelectorAll("input[data-status]")];
  const checks = [...document.querySelectorAll("details.check")];
  const shown = document.getElementById("shown");
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const on = new Set(boxes.filter((b) => b.checked).map((b) => b.dataset.status));
    let rowsShown = 0;
    for (const check of checks) {
      const head = check.dataset.find.toLowerCase();
      let any = false;
      for (const row of check.querySelectorAll("tr[data-status]")) {
        const text = words.length ? head + " " + row.textContent.toLowerCase() : "";
        const visible = on.has(row.dataset.status) && words.every((w) => text.includes(w));
        row.hidden = !visible;
        if (visible) { any = true; rowsShown++; }
      }
      check.hidden = !any;
    }
    shown.textContent = rowsShown + (rowsShown === 1 ? " result" : " results");
  };
  let waiting;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
  boxes.forEach((b) => b.addEventListener("change", apply));
  document.querySelectorAll("a[data-find]").forEach((a) => a.addEventListener("click", () => { search.value = a.dataset.find; apply(); }));
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let d = target; d; d = d.parentElement) if (d.tagName === "DETAILS") d.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => document.querySelectorAll("details.check").forEach((d) => { if (!d.hidden) d.open = true; }));
  apply();
  open();
})();
