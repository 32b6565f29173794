/* Signing on glass: a pad over each canvas, its strokes kept when the window turns or grows, and
   sent as a picture with the form. Without this script the name is typed instead. */

import SignaturePad from "../vendor/signature-pad/signature_pad.min.js";

const INK = "#101820"; // on white, in the dark theme too: it ends up on paper

function begin(box) {
  const canvas = box.querySelector("canvas");
  const form = box.closest("form");
  const field = form.querySelector(`[name="${CSS.escape(box.dataset.signature)}"]`);
  const typed = form.querySelector(`[name="${CSS.escape(box.dataset.typed)}"]`);
  const said = box.querySelector("[data-said]");
  box.hidden = false;
  const pad = new SignaturePad(canvas, { penColor: INK, minWidth: 0.8, maxWidth: 2.6 });
  let width = 0;
  let height = 0;

  /* A canvas that changes size is empty: the strokes are drawn again, in proportion. */
  function fit() {
    const room = canvas.getBoundingClientRect();
    if (!room.width || (room.width === width && room.height === height)) return;
    const scale = width ? Math.min(room.width / width, room.height / height) : 1;
    const strokes = pad.toData().map((stroke) => ({
      ...stroke,
      points: stroke.points.map((point) => ({ ...point, x: point.x * scale, y: point.y * scale })),
    }));
    const dots = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = room.width * dots;
    canvas.height = room.height * dots;
    canvas.getContext("2d").scale(dots, dots);
    pad.clear();
    pad.fromData(strokes);
    ({ width, height } = room);
  }

  function tell() {
    const empty = pad.isEmpty();
    box.classList.toggle("is-signed", !empty);
    said.textContent = empty ? "" : "Signature drawn.";
    field.value = empty ? "" : canvas.toDataURL("image/png");
  }

  new ResizeObserver(fit).observe(canvas);
  fit();
  pad.addEventListener("endStroke", () => {
    if (typed) typed.value = "";
    tell();
  });
  box.querySelector("[data-clear]").addEventListener("click", () => {
    pad.clear();
    tell();
    canvas.focus();
  });
  form.addEventListener("submit", tell);
}

for (const box of document.querySelectorAll("[data-signature]")) begin(box);
