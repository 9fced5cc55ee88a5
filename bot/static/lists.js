// Keys in a list: j and k go down and up, Enter opens, x ticks, / searches. Without script the list is complete.
"use strict";
(() => {
  const links = () => [...document.querySelectorAll("table.list a.open")];
  if (matchMedia("(min-width: 40rem)").matches) {
    for (const part of document.querySelectorAll("details.filters")) part.open = true;
    for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;
  } else {
    // On a telephone the list is read first; what it is narrowed to stands above it in words.
    for (const part of document.querySelectorAll("details.filters")) part.open = false;
  }
  const move = (by) => {
    const all = links();
    const at = all.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    if (next) {
      next.focus();
      next.closest("tr").scrollIntoView({ block: "nearest" });
    }
  };
  const tick = () => {
    const box = document.activeElement.closest("tr")?.querySelector(".chooser input");
    if (box) box.checked = !box.checked;
  };
  const acts = { j: () => move(1), k: () => move(-1), x: tick, "/": () => document.getElementById("q").focus() };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (event.key === "Escape" && typing) typing.blur();
    if (typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
})();
