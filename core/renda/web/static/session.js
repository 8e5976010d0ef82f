/* Before the reader's session ends it is said; what was typed then stays in this window until it can be sent. */
"use strict";
(() => {
  const TYPED = "textarea, select:not([multiple]), input[type=text], input[type=search], input[type=date]";
  const CARRIED = "input[type=hidden]:not([name=csrf_token])";
  const NEVER = "[readonly], [data-sealed], [autocomplete=one-time-code]";
  const KEPT = "renda.typed";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const session = document.querySelector("[data-ends]");
  const words = session ? session.dataset : {};
  const ENDS = `renda.ends ${words.stay}`;
  const forms = all("form[data-guard], form[data-carries]");
  /* A form that is shown again stands where it was sent from, also where its own address cannot be opened. */
  if (document.querySelector("[data-refused]") && document.referrer.startsWith(`${window.location.origin}/`)) {
    window.history.replaceState(null, "", document.referrer);
  }
  const placeOf = form => `${window.location.pathname}${window.location.search}#${forms.indexOf(form)}`;

  /** Storage may be closed to us, or full. */
  const safely = act => { try { return act(); } catch (_) { return null; } };
  const read = () => safely(() => JSON.parse(sessionStorage.getItem(KEPT))) || {};
  const write = entries => safely(() => sessionStorage.setItem(KEPT, JSON.stringify(entries)));
  const drop = place => { const entries = read(); delete entries[place]; write(entries); };

  const fields = form => Array.from(form.elements).filter(one => one.name && !one.matches(NEVER)
    && one.matches(form.dataset.carries === undefined ? TYPED : `${TYPED}, ${CARRIED}`));

  /** Keep what a form holds; `ended` says that the server did not get it. */
  const keep = (form, ended) => {
    const typed = fields(form).map(one => [one.name, one.value]);
    if (session && typed.length) write(Object.assign(read(), { [placeOf(form)]: { who: words.who, ended, typed } }));
    if (ended) form.dispatchEvent(new CustomEvent("kept", { bubbles: true }));
  };

  /** Controls that would change, each with what was typed there; names may repeat, in their order. */
  const changes = (form, typed) => {
    const free = fields(form).filter(one => one.type !== "hidden");
    return typed.map(([name, value]) => {
      const at = free.findIndex(one => one.name === name);
      return at < 0 ? [] : [free.splice(at, 1)[0], value];
    }).filter(([one, value]) => one && one.value !== value
      && (!one.options || Array.from(one.options).some(option => option.value === value)));
  };

  const button = (text, kind, act) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: `button ${kind}`, textContent: text });
    made.addEventListener("click", act);
    return made;
  };

  const offer = (form, found) => {
    const said = document.createElement("div"), text = document.createElement("p"), buttons = document.createElement("div");
    const done = () => { said.remove(); form.querySelector("button").focus(); };
    said.className = "summary warn";
    said.setAttribute("role", "status");
    said.dataset.offer = "";
    text.textContent = words.kept;
    buttons.className = "buttons";
    buttons.append(
      button(words.back, "primary", () => {
        found.forEach(([one, value]) => {
          const fold = one.closest("details");
          if (fold) fold.open = true;
          one.value = value;
          one.dispatchEvent(new Event("input", { bubbles: true }));
        });
        said.remove();
        found[0][0].focus();
      }),
      button(words.drop, "", () => { drop(placeOf(form)); done(); }),
    );
    said.append(text, buttons);
    form.before(said);
  };

  const typed = new Set();
  let over = false;
  forms.forEach(form => {
    form.addEventListener("submit", () => keep(form, false));
    form.addEventListener("input", () => { typed.add(form); if (over) keep(form, true); });
  });

  /* A page that does not say that nothing was saved means that the server got what was sent. */
  const refused = document.querySelector("[data-unsaved]");
  const before = Object.entries(read());
  if (refused) {
    write(Object.fromEntries(before.map(([place, one]) => [place, Object.assign(one, { ended: true })])));
    refused.querySelector("[data-kept]").hidden = !before.length;
  } else if (session) {
    const mine = before.filter(([_place, one]) => one.ended && one.who === words.who);
    write(Object.fromEntries(mine));
    mine.forEach(([place, one]) => {
      const form = forms.find(each => placeOf(each) === place);
      const found = form ? changes(form, one.typed) : [];
      if (found.length) offer(form, found);
      else if (form) drop(place);
    });
  }
  all("form[data-sign-out]").forEach(form => form.addEventListener("submit", () => {
    safely(() => { sessionStorage.removeItem(KEPT); localStorage.removeItem(ENDS); });
  }));
  if (!session) return;

  let ends = 0, span = 0, timer = 0, final = false;
  const say = (...parts) => {
    session.replaceChildren(...parts);
    document.documentElement.classList.toggle("warned", parts.length > 0);
  };
  const end = () => {
    if (over) return;
    over = true;
    window.clearTimeout(timer);
    typed.forEach(form => keep(form, true));
    const again = document.createElement("a");
    const next = encodeURIComponent(window.location.pathname + window.location.search);
    Object.assign(again, { className: "button", href: `${words.signIn}?ended=1&next=${next}`, textContent: words.again });
    say(words.over, again);
  };
  /** Another window may have used the session since this page was shown. */
  const latest = () => Math.max(ends, Number(safely(() => localStorage.getItem(ENDS))) || 0);
  const look = () => {
    if (over) return;
    window.clearTimeout(timer);
    const left = latest() - Date.now(), warned = Number(words.warned) * 1000;
    if (left <= 0) return end();
    if (left > warned) say();
    else if (!session.firstChild) {
      const soon = `${words.soon} ${new Date(latest()).toTimeString().slice(0, 5)}`;
      say(...(final ? [soon] : [soon, button(words.longer, "", stay)]));
    }
    timer = window.setTimeout(look, left > warned ? left - warned : left);
  };
  const lasts = seconds => {
    span = seconds * 1000;
    ends = Date.now() + span;
    if (ends >= latest()) safely(() => localStorage.setItem(ENDS, ends));
    say();
    look();
  };
  const stay = () => {
    const body = new URLSearchParams({ csrf_token: document.querySelector("[data-sign-out] [name=csrf_token]").value });
    fetch(words.stay, { method: "POST", body, headers: { Accept: "application/json" } })
      .then(answer => {
        if (answer.status === 400 || answer.status === 401) end();
        return answer.ok ? answer.json() : null;
      })
      .then(found => {
        if (!found) return;
        final = found.ends <= found.warned;
        lasts(found.ends);
      })
      .catch(() => {});
  };
  document.addEventListener("refused", event => { typed.add(event.target); end(); keep(event.target, true); });
  /* What a page sends of itself is a sign of life, too. */
  document.addEventListener("saved", () => { if (ends - Date.now() < span / 2) stay(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  window.addEventListener("storage", event => { if (event.key === ENDS) look(); });
  lasts(Number(words.ends));
})();
