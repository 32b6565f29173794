/* Adding documents: picked, dropped or photographed, they wait in a list; then each is sent by
   itself, with how far it is, and a refusal stands at its own line. Without this script the form
   sends them all at once. */

const form = document.getElementById("doc-upload");

if (form) {
  const queue = form.querySelector("#doc-queue");
  const status = form.querySelector("#doc-status");
  const drop = form.querySelector("#doc-drop");
  const button = form.querySelector("#doc-add");
  const title = form.querySelector("[name=title]");
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const largest = Number(form.dataset.largest);
  const waiting = new Map(); // a line of the list -> its file
  let busy = false;

  const inMegabytes = (bytes) => Math.round(bytes / 1024 / 1024);

  function show() {
    queue.hidden = queue.children.length === 0;
    const count = waiting.size;
    button.lastElementChild.textContent = count > 1 ? `Add ${count} documents` : "Add";
    title.closest(".field").hidden = count > 1; // each is called as its file
  }

  function refuse(line, problem, there) {
    line.classList.add("is-refused");
    line.querySelector("progress")?.remove();
    const words = document.createElement("p");
    words.className = "field-error";
    words.append(problem);
    if (there) {
      const link = document.createElement("a");
      link.href = there;
      link.textContent = "Open it";
      words.append(" ", link);
    }
    line.append(words);
  }

  function add(files) {
    for (const file of files) {
      const line = document.createElement("li");
      line.className = "doc-line";
      const name = document.createElement("span");
      name.className = "doc-line-name";
      name.textContent = file.name;
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "btn btn-sm btn-quiet";
      remove.textContent = "Leave out";
      remove.setAttribute("aria-label", `Leave out ${file.name}`);
      remove.addEventListener("click", () => {
        waiting.delete(line);
        line.remove();
        show();
        inputs[0].focus();
      });
      line.append(name, remove);
      queue.append(line);
      if (file.size > largest) {
        refuse(line, `This file is larger than ${inMegabytes(largest)} MB. Scan it in a lower resolution, or split it and add the parts.`);
      } else {
        waiting.set(line, file);
      }
    }
    show();
  }

  const WORDS = {
    401: "You are logged out. Log in, then add it again.",
    403: "This is not for your role, or the page had grown stale. Reload it and try again.",
    413: "This is too large for the server.",
  };

  function answerOf(request) {
    try {
      return JSON.parse(request.responseText);
    } catch {
      return {};
    }
  }

  /* Resolves with the problem of this file, or with nothing. */
  function send(line, file) {
    const body = new FormData();
    for (const name of ["kind", "title", "of"]) {
      const field = form.elements[name];
      if (field && !field.closest("[hidden]")) body.append(name, field.value);
    }
    body.append("documents", file, file.name);
    const progress = document.createElement("progress");
    progress.max = 1;
    progress.value = 0;
    progress.setAttribute("aria-label", `Sending ${file.name}`);
    line.querySelector(".doc-line-name").after(progress);
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) progress.value = event.loaded / event.total;
      });
      request.addEventListener("load", () => {
        if (request.status === 200) return resolve(null);
        if (request.status === 401) document.body.dispatchEvent(new CustomEvent("logged-out"));
        const { problem, there } = answerOf(request);
        const words = problem || WORDS[request.status] || "Something broke on our side. Try again.";
        return resolve({ words, there });
      });
      request.addEventListener("error", () => resolve({ words: "No connection. Try again when you are back online." }));
      request.send(body);
    });
  }

  async function sendAll() {
    busy = true;
    button.disabled = true;
    let kept = 0;
    for (const [line, file] of [...waiting]) {
      if (!line.isConnected) continue; // left out meanwhile
      line.querySelector("button")?.remove();
      const problem = await send(line, file);
      waiting.delete(line);
      if (problem) {
        refuse(line, problem.words, problem.there);
      } else {
        kept += 1;
        line.remove();
      }
    }
    busy = false;
    button.disabled = false;
    if (kept) {
      title.value = "";
      const words = kept === 1 ? "The document is on the chart." : `${kept} documents are on the chart.`;
      document.body.dispatchEvent(new CustomEvent("toast", { detail: { message: words } }));
      document.body.dispatchEvent(new CustomEvent("documents-changed"));
    }
    status.textContent = queue.children.length ? `${queue.children.length} not added: see the list.` : "";
    show();
  }

  for (const input of inputs) {
    input.addEventListener("change", () => {
      add(input.files);
      input.value = "";
    });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    const missing = !waiting.size ? inputs[0] : [form.elements.kind].find((field) => !field.value);
    for (const old of form.querySelectorAll("[data-missing]")) old.remove();
    if (missing) {
      const words = document.createElement("p");
      words.className = "field-error";
      words.dataset.missing = "";
      words.id = "doc-missing";
      words.textContent = missing === inputs[0] ? "Choose a file first." : "Choose what kind it is.";
      missing.setAttribute("aria-describedby", "doc-missing");
      missing.closest(".field").append(words);
      missing.focus();
      return;
    }
    for (const line of queue.querySelectorAll(".is-refused")) line.remove();
    sendAll();
  });

  /* --- Dropping ------------------------------------------------------------------------------ */

  form.querySelector(".doc-drop-hint").hidden = false;
  const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");

  /* A file that misses the field must not replace the page. */
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => { if (carriesFiles(event)) event.preventDefault(); });
  }
  drop.addEventListener("dragover", (event) => drop.classList.toggle("is-over", carriesFiles(event)));
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget)) drop.classList.remove("is-over");
  });
  drop.addEventListener("drop", (event) => {
    drop.classList.remove("is-over");
    add(event.dataTransfer.files);
  });

  window.addEventListener("beforeunload", (event) => { if (busy) event.preventDefault(); });
}
