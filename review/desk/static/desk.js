// Keys, lists, folded forms, drafts and the help card; every page works without it, by mouse and plain forms.
"use strict";

(() => {
  const help = document.getElementById("help");
  const user = document.body.dataset.user || "";
  const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select") !== null;

  // Rows of a list (j, k, Enter) and exhibits of a mismatch (left, right): one of them is the current one.
  const rows = () => [...document.querySelectorAll("[data-list] [data-row]")];
  const exhibits = () => [...document.querySelectorAll("[data-exhibit]")];
  const currentOf = (all) => all.findIndex((one) => one.classList.contains("current"));

  function choose(all, index, focus = true) {
    if (!all.length) return;
    const at = Math.max(0, Math.min(all.length - 1, index));
    all.forEach((one, number) => one.classList.toggle("current", number === at));
    if (focus) { all[at].focus({ preventScroll: true }); all[at].scrollIntoView({ block: "nearest" }); }
    remember(all[at]);
  }

  function remember(row) {
    const list = row.closest("[data-remember]");
    if (list) sessionStorage.setItem(`row:${list.dataset.remember}`, row.dataset.row);
  }

  function restore() {
    for (const list of document.querySelectorAll("[data-remember]")) {
      const kept = sessionStorage.getItem(`row:${list.dataset.remember}`);
      const all = rows();
      const at = all.findIndex((row) => row.dataset.row === kept);
      if (all.length) choose(all, Math.max(0, at), false);
    }
    if (document.querySelector("[data-remember=queue]")) sessionStorage.setItem("back:queue", location.pathname + location.search);
    for (const link of document.querySelectorAll("[data-back]")) {
      const kept = sessionStorage.getItem(`back:${link.dataset.back}`);
      if (kept && kept.startsWith("/")) link.href = kept;
    }
    if (exhibits().length && currentOf(exhibits()) < 0) choose(exhibits(), 0, false);
  }

  function step(key) {
    const all = rows();
    if ((key === "j" || key === "k") && all.length) { choose(all, currentOf(all) + (key === "j" ? 1 : -1)); return true; }
    if (key === "Enter" && all.length && currentOf(all) >= 0) {
      const row = all[currentOf(all)];
      (row.matches("a") ? row : row.querySelector("[data-open]"))?.click();
      return true;
    }
    const shown = exhibits();
    if ((key === "ArrowRight" || key === "ArrowLeft" || key === "n") && shown.length) {
      choose(shown, currentOf(shown) + (key === "ArrowLeft" ? -1 : 1));
      return true;
    }
    if (key === "Enter" && shown.length && document.activeElement.matches("[data-exhibit], body, main")) {
      shown[Math.max(0, currentOf(shown))].querySelector("[data-cut]")?.click();
      return true;
    }
    return false;
  }

  function press(key) {
    const name = CSS.escape(key);
    const row = rows()[currentOf(rows())];
    const shown = exhibits()[currentOf(exhibits())];
    const target = row?.querySelector(`[data-row-key="${name}"]`)
      || shown?.querySelector(`[data-exhibit-key="${name}"]`)
      || document.querySelector(`[data-key="${name}"]:not(:disabled)`)
      || document.querySelector(`[data-exhibit-key="${name}"], [data-row-key="${name}"]`);
    if (!target) return false;
    target.click();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const { key, target } = event;
    if (key === "Escape") { leave(target); return; }
    if (isTyping(target) || help?.open || document.querySelector("dialog[open]")) return;
    if (key === "Enter" && target.matches("a, button, summary") && !target.matches("[data-row]")) return;
    if (key === "?") { help?.showModal(); event.preventDefault(); return; }
    if (key === "/") { const find = document.getElementById("find"); find?.focus(); find?.select(); event.preventDefault(); return; }
    // What a page itself binds to j and k (next item, next page) goes before its lists.
    const own = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (own && (key === "j" || key === "k") ? press(key) : step(key) || press(key)) event.preventDefault();
  });

  function leave(target) {
    const fold = target.closest(".fold");
    if (fold) { fold.hidden = true; choose(exhibits(), currentOf(exhibits())); }
    else if (isTyping(target)) target.blur();
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (event.target.closest("[data-help]")) help?.showModal();
    if (opener) open(document.getElementById(opener.dataset.opens));
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest(".fold").hidden = true;
    const row = event.target.closest("tr[data-row]");
    if (row) {
      choose(rows(), rows().indexOf(row), false);
      if (!event.target.closest("a, button, form")) row.querySelector("[data-open]")?.click();
    }
    const shown = event.target.closest("[data-exhibit]");
    if (shown) choose(exhibits(), exhibits().indexOf(shown), false);
  });

  function open(form) {
    if (!form) return;
    form.hidden = false;
    const first = form.querySelector("input:not([type=hidden]), textarea");
    first?.focus();
    if (first?.matches("input")) first.select();
  }

  // Drafts: what is typed into a form of a decision stays on this machine until it was sent.
  const draft = (form) => `draft:${user}:${form.dataset.draft}`;
  const written = (form) => [...form.querySelectorAll("input:not([type=hidden]), textarea")];

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-draft]");
    if (form) localStorage.setItem(draft(form), JSON.stringify(written(form).map((one) => [one.name, one.value])));
  });
  document.addEventListener("submit", (event) => {
    if (event.submitter?.matches("[data-keep-enabled]")) return;
    const form = event.target.closest("[data-draft]");
    if (form) sessionStorage.setItem("sent", draft(form));
    event.target.querySelectorAll("button").forEach((button) => setTimeout(() => { button.disabled = true; }));
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form button:disabled").forEach((button) => { button.disabled = false; });
  });

  function offerDrafts() {
    const sent = sessionStorage.getItem("sent");
    if (sent && !document.querySelector("[aria-invalid=true], .note.bad")) localStorage.removeItem(sent);
    sessionStorage.removeItem("sent");
    for (const form of document.querySelectorAll("[data-draft]")) {
      const kept = localStorage.getItem(draft(form));
      if (!kept) continue;
      const fields = written(form);
      let differs = false;
      for (const [name, value] of JSON.parse(kept)) {
        const field = fields.find((one) => one.name === name);
        if (field && field.value !== value && value) { field.value = value; differs = true; }
      }
      if (differs && form.classList.contains("fold")) form.hidden = false;
    }
  }

  // Who works on an item keeps it: its lease begins anew as long as there is something doing on the page.
  const held = document.querySelector("[data-hold]");
  if (held) {
    let active = false;
    for (const sign of ["keydown", "mousemove", "wheel"]) document.addEventListener(sign, () => { active = true; }, { passive: true });
    setInterval(() => {
      if (active) fetch(held.dataset.hold, { method: "POST", headers: { "X-CSRF-Token": held.dataset.csrf } });
      active = false;
    }, 240000);
  }

  document.addEventListener("htmx:afterSettle", restore);
  document.addEventListener("htmx:responseError", (event) => {
    const toast = document.getElementById("toast");
    const status = event.detail.xhr.status;
    if (toast && status !== 401) toast.textContent = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").body.textContent.trim().slice(0, 200);
  });

  restore();
  offerDrafts();
})();
