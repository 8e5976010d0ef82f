/* Enhancements only: every page reads, lists and submits without this file. */
"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const entries = part => (part ? all("input:not([type=hidden]), select, textarea", part) : []);

  /** The entry in the same column of the next row that has one; step is 1 or -1. */
  const neighbour = (input, step) => {
    const cell = input.closest("td, th");
    let row = cell.parentElement;
    while ((row = step > 0 ? row.nextElementSibling : row.previousElementSibling)) {
      const found = entries(row.cells[cell.cellIndex])[0];
      if (found) return found;
    }
    return null;
  };

  document.addEventListener("keydown", event => {
    const input = event.target;
    const find = document.querySelector("[data-find]");
    if (find && event.key === "k" && event.ctrlKey && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      find.focus();
      find.select();
      return;
    }
    if (event.key === "Escape") all("details.user[open]").forEach(menu => { menu.open = false; });
    if (!input.matches("[data-grid] input, [data-grid] select")) return;
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = entries(input.closest("tr"));
    const typed = input.type === "text";
    const whole = typed && input.selectionEnd - input.selectionStart === input.value.length;
    const beside = (edge, step) => typed && (whole || input.selectionEnd === edge) && row[row.indexOf(input) + step];
    const moves = {
      Enter: () => neighbour(input, event.shiftKey ? -1 : 1) || input,
      ArrowUp: () => typed && neighbour(input, -1),
      ArrowDown: () => typed && neighbour(input, 1),
      ArrowLeft: () => beside(0, -1),
      ArrowRight: () => beside(input.value.length, 1),
    };
    const target = Object.keys(moves).includes(event.key) && moves[event.key]();
    if (!target) return;
    event.preventDefault();
    target.focus();
    if (target.select) target.select();
  });

  /* A block copied from a spreadsheet fills the entries from here to the right and down. */
  document.addEventListener("paste", event => {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!event.target.matches("[data-grid] input") || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    text.split("\n").reduce((start, line) => {
      const row = start ? entries(start.closest("tr")) : [];
      row.slice(row.indexOf(start)).forEach((input, i) => {
        const value = line.split("\t")[i];
        if (value === undefined || input.readOnly) return;
        input.value = value.trim();
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
      return start && neighbour(start, 1);
    }, event.target);
  });

  /* A name that is typed beside a choice of persons leaves those who are called so; one alone is chosen. */
  all("[data-narrows]").forEach(box => {
    const choice = document.getElementById(box.dataset.narrows);
    const options = Array.from(choice.options);
    const narrow = () => {
      const said = box.value.trim().toLowerCase();
      const letters = said.replace(/[ '-]/g, "");
      const called = one => one.text.includes(said) || one.dataset.spelt.split(" ").some(way => way.startsWith(letters));
      const found = options.filter(one => one.value && (!said || called(one)));
      choice.replaceChildren(...options.filter(one => !one.value || one.selected || found.includes(one)));
      if (said && found.length === 1 && !choice.multiple) choice.value = found[0].value;
    };
    box.addEventListener("input", narrow);
    if (box.value) narrow();
  });

  all("[data-select-all]").forEach(box => {
    const boxes = all("tbody .pick input", box.closest("table"));
    box.hidden = false;
    box.addEventListener("change", () => boxes.forEach(one => { one.checked = box.checked; }));
  });

  if (window.matchMedia("(max-width: 48rem)").matches) all("details[data-fold]").forEach(one => { one.open = false; });

  /* A part of a page that is under way is looked at again until it is done; then the page is what it says. */
  const follow = () => {
    const part = document.querySelector("[data-progress]");
    if (part) window.setTimeout(() => fetch(window.location.href).then(answer => answer.text()).then(text => {
      const next = new DOMParser().parseFromString(text, "text/html").querySelector("[data-progress]");
      if (!next) window.location.reload();
      else part.innerHTML = next.innerHTML;
    }).catch(() => {}).then(follow), 2000);
  };
  follow();

  /* Leaving a page, or sending one of its forms, asks first where another has text in it. */
  const unsaved = new Set();
  let sent = null;
  all("form").forEach(form => form.addEventListener("submit", () => { sent = form; }));
  all("form[data-guard]").forEach(form => {
    form.addEventListener("input", event => {
      if (!event.target.closest(".pick")) unsaved.add(form);
      if (sent === form) sent = null;
    });
  });
  window.addEventListener("beforeunload", event => {
    const left = Array.from(unsaved).some(form => form !== sent);
    /* Who stays has sent nothing. */
    sent = null;
    if (left) { event.preventDefault(); event.returnValue = ""; }
  });
  document.addEventListener("kept", event => { unsaved.delete(event.target); });
  /* What is typed is kept on the server as unfinished: now and then, and when the page is left. */
  all("form[data-draft]").forEach(form => {
    const [said, lost] = all("[data-draft-said] > span", form);
    let typed = false, refused = false;
    const keep = () => {
      if (!typed || refused) return;
      typed = false;
      const body = new URLSearchParams(new FormData(form));
      const keepalive = document.visibilityState === "hidden";
      fetch(form.dataset.draft, { method: "POST", body, headers: { Accept: "application/json" }, keepalive })
        .then(answer => answer.text().then(() => answer))
        .then(answer => {
          refused = answer.status === 400 || answer.status === 401;
          if (refused) form.dispatchEvent(new CustomEvent("refused", { bubbles: true }));
          if (!answer.ok) throw new Error(answer.statusText);
          form.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
          if (!typed) unsaved.delete(form);
          said.hidden = false;
          lost.hidden = true;
          said.querySelector("time").textContent = new Date().toTimeString().slice(0, 5);
        })
        .catch(() => {
          typed = true;
          said.hidden = true;
          lost.hidden = false;
        });
    };
    form.addEventListener("input", () => { typed = true; });
    form.addEventListener("submit", () => { typed = false; });
    window.setInterval(keep, 10000);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
  });
  all("[data-print]").forEach(button => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  all("[data-focus]").slice(0, 1).forEach(summary => summary.focus());
})();
