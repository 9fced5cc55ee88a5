// Helps with the fields of a form. Days: says which day was read, and opens a calendar in the page's own language.
// Numbers: full-width digits become half-width. The server reads all of it again, so the page works without this.
"use strict";
(() => {
  const words = JSON.parse(document.body.dataset.dayWords || "null");
  if (!words) return;
  const today = document.body.dataset.today;
  const narrow = (text) => text.replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).trim();
  const pad = (number) => String(number).padStart(2, "0");
  const iso = (year, month, day) => {
    const made = new Date(Date.UTC(year, month - 1, day));
    return made.getUTCMonth() === month - 1 && made.getUTCDate() === day ? `${year}-${pad(month)}-${pad(day)}` : "";
  };
  const parts = (day) => day.split("-").map(Number);
  const weekday = (day) => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  const moved = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86400000).toISOString().slice(0, 10);
  const spoken = (day, phrase) => {
    const [year, month, date] = parts(day);
    return phrase.replace("%Y", year).replace("%m", month).replace("%d", date)
      .replace("%a", words.names.split("|")[weekday(day)]);
  };
  const read = (text) => {
    const said = narrow(text).replace(/\s+/g, "").replace(/。/g, ".");
    const year = parts(today)[0];
    const whole = said.match(/^(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})[日号]?(?:\(?(?:周|星期|礼拜).\)?)?$/) || said.match(/^(\d{4})(\d{2})(\d{2})$/);
    if (whole) return iso(+whole[1], +whole[2], +whole[3]);
    const short = said.match(/^(\d{1,2})(?:月|[-/.])(\d{1,2})[日号]?$/);
    return short ? iso(year, +short[1], +short[2]) : "";
  };
  const tell = (input) => {
    const day = read(input.value);
    const late = day && input.dataset.latest && day > input.dataset.latest;
    const place = document.getElementById(`${input.id}-read`);
    if (place) place.textContent = day ? (late ? "⚠ " : "") + spoken(day, words.read) : "";
  };
  const element = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });

  let open = null;
  const close = () => {
    if (!open) return;
    open.panel.remove();
    open.button.setAttribute("aria-expanded", "false");
    open.button.focus();
    open = null;
  };
  const draw = (focused) => {
    const { panel, input } = open;
    const [year, month] = parts(focused);
    const table = element("table", "");
    const head = table.createTHead().insertRow();
    for (const name of words.weekdays.split("|")) head.append(element("th", name, { scope: "col" }));
    const body = table.createTBody();
    let day = `${year}-${pad(month)}-01`;
    day = moved(day, -weekday(day));
    for (let week = 0; week < 6; week += 1) {
      const row = body.insertRow();
      for (let column = 0; column < 7; column += 1, day = moved(day, 1)) {
        const cell = row.insertCell();
        if (parts(day)[1] !== month) continue;
        const chosen = day;
        const button = element("button", String(parts(day)[2]), { type: "button", tabIndex: day === focused ? 0 : -1 });
        button.dataset.date = day;
        button.setAttribute("aria-label", spoken(day, words.read));
        if (day === today) button.setAttribute("aria-current", "date");
        if (input.dataset.latest && day > input.dataset.latest) button.disabled = true;
        button.addEventListener("click", () => {
          input.value = chosen;
          tell(input);
          close();
        });
        cell.append(button);
      }
    }
    const turn = (label, name, months) => {
      const button = element("button", label, { type: "button", className: "quiet" });
      button.setAttribute("aria-label", name);
      button.addEventListener("click", () => {
        const turned = new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
        draw(turned);
        panel.querySelectorAll(".turn button")[months < 0 ? 0 : 1].focus();
      });
      return button;
    };
    const bar = element("p", "", { className: "turn" });
    bar.append(turn("←", words.before, -1), element("b", spoken(focused, words.month)), turn("→", words.after, 1));
    panel.replaceChildren(bar, table);
    panel.dataset.focused = focused;
  };
  const focus = (day) => {
    draw(day);
    open.panel.querySelector(`[data-date="${day}"]`)?.focus();
  };
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const pick = (button) => {
    const input = document.getElementById(button.dataset.pick);
    const again = open && open.button === button;
    close();
    if (again) return;
    const panel = element("div", "", { className: "calendar" });
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", words.choose);
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        close();
      } else if (steps[event.key] && document.activeElement.dataset.date) {
        event.preventDefault();
        focus(moved(document.activeElement.dataset.date, steps[event.key]));
      }
    });
    button.parentElement.after(panel);
    button.setAttribute("aria-expanded", "true");
    open = { panel, button, input };
    focus(read(input.value) || today);
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-day]")) tell(event.target);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches("input[inputmode=decimal], input[inputmode=numeric]")) event.target.value = narrow(event.target.value);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (button) pick(button);
    else if (open && !open.panel.contains(event.target) && event.target.isConnected) close();
  });
  const prepare = (root) => {
    for (const input of root.querySelectorAll("[data-day]")) tell(input);
    for (const button of root.querySelectorAll("[data-pick]")) {
      button.hidden = false;
      button.setAttribute("aria-expanded", "false");
    }
  };
  prepare(document);
  document.addEventListener("htmx:afterSwap", () => prepare(document));
})();
