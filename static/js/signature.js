/* Signing on glass: a pad over each canvas, its strokes kept when the window turns or grows, and
   sent as a picture with the form. Without this script the name is typed instead. */

import SignaturePad from "../vendor/signature-pad/signature_pad.min.js";

const INK = "#101820"; // on white, in the dark theme too: it ends up on paper

function scaled(strokes, by) {
  return strokes.map((stroke) => ({
    ...stroke,
    points: stroke.points.map((point) => ({ ...point, x: point.x * by, y: point.y * by })),
  }));
}

function begin(box) {
  const canvas = box.querySelector("canvas");
  const form = box.closest("form");
  const field = form.querySelector(`[name="${CSS.escape(box.dataset.signature)}"]`);
  const typed = form.querySelector(`[name="${CSS.escape(box.dataset.typed)}"]`);
  const said = box.querySelector("[data-said]");
  box.hidden = false;
  const pad = new SignaturePad(canvas, { penColor: INK, minWidth: 0.8, maxWidth: 2.6 });
  let strokes = []; // as they were drawn, in the size of the pad that is `drawn`
  let drawn = null;
  let earlier = null; // the picture that came back with a form in which something was forgotten

  function isEmpty() {
    return pad.isEmpty() && !earlier;
  }

  function paint() {
    const room = canvas.getBoundingClientRect();
    const fits = (size) => Math.min(room.width / size.width, room.height / size.height);
    pad.clear();
    if (earlier) {
      const by = fits(earlier);
      canvas.getContext("2d").drawImage(earlier, 0, 0, earlier.width * by, earlier.height * by);
    }
    if (strokes.length) pad.fromData(scaled(strokes, fits(drawn)), { clear: false });
  }

  /* A canvas that changes size is empty: all is painted again, in proportion, from what was drawn,
     so that turning a tablet to and fro changes nothing. */
  function fit() {
    const { width, height } = canvas.getBoundingClientRect();
    const dots = Math.max(window.devicePixelRatio || 1, 1);
    const size = { width: Math.round(width * dots), height: Math.round(height * dots) };
    if (!size.width || (size.width === canvas.width && size.height === canvas.height)) return;
    Object.assign(canvas, size);
    canvas.getContext("2d").scale(dots, dots);
    paint();
  }

  function tell() {
    const empty = isEmpty();
    box.classList.toggle("is-signed", !empty);
    said.textContent = empty ? "" : "Signature drawn.";
    field.value = empty ? "" : canvas.toDataURL("image/png");
  }

  function wipe() {
    strokes = [];
    earlier = null;
    pad.clear();
    tell();
  }

  function show(picture) {
    const image = new Image();
    image.addEventListener("load", () => {
      earlier = image;
      paint();
      tell();
    });
    image.src = picture;
  }

  new ResizeObserver(fit).observe(canvas);
  fit();
  if (field.value && !typed?.value) show(field.value);
  pad.addEventListener("endStroke", () => {
    if (typed) typed.value = "";
    const { width, height } = canvas.getBoundingClientRect();
    strokes = scaled(pad.toData(), 1); // a copy: painting scales the pad's own
    drawn = { width, height };
    tell();
  });
  typed?.addEventListener("input", () => {
    if (typed.value && !isEmpty()) wipe(); // one signature: the name typed last counts
  });
  box.querySelector("[data-clear]").addEventListener("click", () => {
    wipe();
    canvas.focus();
  });
  form.addEventListener("submit", tell);
}

for (const box of document.querySelectorAll("[data-signature]")) begin(box);
