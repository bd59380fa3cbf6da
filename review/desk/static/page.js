// The page view: zoom, turning, the picture without seals, and boxes and fields that choose each other.
"use strict";

(() => {
  const view = document.querySelector(".pageview");
  const sheet = document.querySelector(".sheet");
  const svg = document.getElementById("sheet");
  const turned = document.getElementById("turned");
  const image = svg.querySelector("image");
  const wide = Number(view.dataset.width);
  const high = Number(view.dataset.height);
  let zoom = Number(sessionStorage.getItem("zoom")) || 1;
  let turns = 0;

  function draw() {
    svg.style.width = `${zoom * 100}%`;
    document.getElementById("zoom").value = `${Math.round(zoom * 100)}%`;
    const flipped = turns % 2 === 1;
    svg.setAttribute("viewBox", flipped ? `0 0 ${high} ${wide}` : `0 0 ${wide} ${high}`);
    const moves = ["", `translate(${high} 0) rotate(90)`, `translate(${wide} ${high}) rotate(180)`, `translate(0 ${wide}) rotate(270)`];
    turned.setAttribute("transform", moves[turns]);
    sessionStorage.setItem("zoom", String(zoom));
  }

  function enlarge(factor) {
    const middle = [(sheet.scrollLeft + sheet.clientWidth / 2) / zoom, (sheet.scrollTop + sheet.clientHeight / 2) / zoom];
    zoom = factor ? Math.min(5, Math.max(0.3, zoom * factor)) : 1;
    draw();
    sheet.scrollTo(middle[0] * zoom - sheet.clientWidth / 2, middle[1] * zoom - sheet.clientHeight / 2);
  }

  function showChosen() {
    const chosen = svg.querySelector(".box.chosen rect");
    if (!chosen) return;
    const place = chosen.getBoundingClientRect();
    const frame = sheet.getBoundingClientRect();
    sheet.scrollBy(place.x + place.width / 2 - frame.x - frame.width / 2, place.y + place.height / 2 - frame.y - frame.height / 2);
  }

  function setSeals(off) {
    image.setAttribute("href", off ? image.dataset.grey : image.dataset.colour);
    document.querySelector("[data-seals]").setAttribute("aria-pressed", String(off));
    sessionStorage.setItem("seals", off ? "off" : "on");
  }

  document.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-zoom]");
    if (tool) enlarge({ in: 1.25, out: 0.8, fit: 0 }[tool.dataset.zoom]);
    if (event.target.closest("[data-turn]")) { turns = (turns + 1) % 4; draw(); }
    if (event.target.closest("[data-seals]")) setSeals(event.target.closest("[data-seals]").getAttribute("aria-pressed") !== "true");
    const boxes = event.target.closest("[data-boxes]");
    if (boxes) {
      const hidden = svg.classList.toggle("no-boxes");
      boxes.setAttribute("aria-pressed", String(!hidden));
    }
  });

  // While the pointer is on a field of the list its box is lit, and the other way round.
  const light = (key, on) => {
    const name = CSS.escape(key);
    document.querySelector(`[data-field="${name}"]`)?.classList.toggle("current", on);
    svg.querySelector(`[data-box="${name}"]`)?.classList.toggle("chosen", on || view.dataset.chosen === key);
  };
  const lit = (event) => event.target.closest?.("[data-field], [data-box]");
  view.dataset.chosen = document.querySelector("[data-field][aria-current]")?.dataset.field || "";
  document.addEventListener("mouseover", (event) => { const one = lit(event); if (one) light(one.dataset.field || one.dataset.box, true); });
  document.addEventListener("mouseout", (event) => { const one = lit(event); if (one) light(one.dataset.field || one.dataset.box, false); });

  if (sessionStorage.getItem("seals") === "off") setSeals(true);
  if (svg.querySelector(".box.chosen") && zoom === 1) zoom = 1.4;
  draw();
  requestAnimationFrame(showChosen);
})();
