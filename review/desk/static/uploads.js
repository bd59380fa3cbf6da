// Dragging files and folders, progress while they are sent; without it the form works as any form does.
"use strict";

(() => {
  const form = document.getElementById("upload");
  if (!form) return;
  const drop = document.getElementById("drop");
  const list = document.getElementById("chosen");
  const error = document.getElementById("upload-error");
  const progress = document.getElementById("progress");
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const folder = document.getElementById("pick-folder");
  let chosen = [];

  if ("webkitdirectory" in HTMLInputElement.prototype) folder.hidden = false;

  function show(files) {
    chosen = files;
    error.hidden = true;
    list.replaceChildren(...files.slice(0, 200).map((one) => {
      const line = document.createElement("li");
      line.textContent = `${one.path} · ${(one.file.size / 1048576).toFixed(1)} MB`;
      return line;
    }));
    list.hidden = !files.length;
  }

  function complain(text) { document.querySelector(".note.good")?.remove(); error.textContent = text; error.hidden = false; error.scrollIntoView({ block: "nearest" }); }

  for (const input of inputs) {
    input.addEventListener("change", () => show([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }))));
  }

  // A dropped folder comes as entries that are read part by part.
  async function walk(entry, above) {
    const path = above ? `${above}/${entry.name}` : entry.name;
    if (entry.isFile) return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), path }];
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!part.length) return found;
      for (const one of part) found.push(...await walk(one, path));
    }
  }

  for (const name of ["dragover", "dragenter"]) {
    document.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const plain = [...event.dataTransfer.files].map((file) => ({ file, path: file.name }));
    const found = [];
    for (const entry of entries) found.push(...await walk(entry, ""));
    show(found.length ? found : plain);
  });

  function isTooMuch() {
    const limit = form.dataset;
    if (chosen.length > Number(limit.mostFiles)) return `${limit.tooMany} ${limit.mostFiles}`;
    const whole = chosen.reduce((sum, one) => sum + one.file.size, 0);
    if (whole > Number(limit.mostBytes) - 65536 || chosen.some((one) => one.file.size > Number(limit.mostFileBytes))) return limit.tooBig;
    return "";
  }

  form.addEventListener("submit", (event) => {
    if (!chosen.length) return;
    event.preventDefault();
    const trouble = isTooMuch();
    if (trouble) { setTimeout(() => { form.querySelector("#send").disabled = false; }, 10); complain(trouble); return; }
    const body = new FormData();
    body.append("resubmits", form.elements.resubmits.value);
    for (const { file, path } of chosen) body.append("files", file, path);
    send(body);
  });

  function send(body) {
    const request = new XMLHttpRequest();
    const [bar, told] = [progress.querySelector("progress"), progress.querySelector("output")];
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRF-Token", form.elements.csrf.value);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = 100 * event.loaded / event.total;
      told.textContent = `${Math.floor(bar.value)}%`;
    });
    request.addEventListener("load", () => {
      if (request.status < 400) { location.href = request.responseURL; return; }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const told = ["#upload-error:not([hidden])", "main"].map((place) => page.querySelector(place)).find(Boolean) || page.body;
      fail(told.textContent.trim().slice(0, 300));
    });
    request.addEventListener("error", () => fail(form.dataset.lost));
    progress.hidden = false;
    request.send(body);
  }

  function fail(text) {
    progress.hidden = true;
    form.querySelector("#send").disabled = false;
    complain(text || form.dataset.lost);
  }
})();
