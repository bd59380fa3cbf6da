// Keys, the help card, and drafts; every page works without it, by mouse and plain forms.
"use strict";

const help = document.getElementById("help");
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`);
  if (!target) return false;
  if (target.matches("input, textarea, select")) target.focus();
  else target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); return; }
  if (isTyping(event.target) || (help && help.open)) return;
  if (event.key === "?" && help) { help.showModal(); event.preventDefault(); return; }
  if (event.key === "/") { document.getElementById("find")?.focus(); event.preventDefault(); return; }
  if (press(event.key)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) help?.showModal();
});
