/* One document, large: zoom, turn, fit, and the arrow keys to the next or the one before. Without
   this script the picture fills its place, and links lead on. */

const stage = document.getElementById("doc-stage");

if (stage) {
  const sheet = stage.querySelector(".doc-sheet");
  const picture = sheet.querySelector("img");
  const tools = document.getElementById("doc-tools");
  const scaleText = document.getElementById("doc-scale");
  const STEP = 1.25;
  const LEAST = 0.2;
  const MOST = 8;
  let zoom = 1; // 1: as large as the stage holds
  let quarter = 0; // turns to the right

  function draw() {
    const { naturalWidth: width, naturalHeight: height } = picture;
    if (!width) return;
    const lies = quarter % 2 === 1;
    const [wide, high] = lies ? [height, width] : [width, height];
    const room = { width: stage.clientWidth - 16, height: Math.max(stage.clientHeight - 16, window.innerHeight * 0.6) };
    const scale = Math.min(room.width / wide, room.height / high, 1) * zoom;
    sheet.classList.add("is-set");
    sheet.style.width = `${wide * scale}px`;
    sheet.style.height = `${high * scale}px`;
    picture.style.width = `${width * scale}px`;
    picture.style.height = `${height * scale}px`;
    picture.style.transform = `translate(-50%, -50%) rotate(${quarter * 90}deg)`;
    scaleText.textContent = `${Math.round(scale * 100)} %`;
  }

  const acts = {
    in: () => { zoom = Math.min(zoom * STEP, MOST); },
    out: () => { zoom = Math.max(zoom / STEP, LEAST); },
    turn: () => { quarter = (quarter + 1) % 4; },
    fit: () => { zoom = 1; },
  };
  const keys = { "+": "in", "=": "in", "-": "out", r: "turn", R: "turn", 0: "fit" };

  function act(name) {
    acts[name]();
    draw();
  }

  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const { act: name } = event.target.closest("[data-act]")?.dataset || {};
    if (name) act(name);
  });
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    act(keys[event.key]);
  });
  picture.addEventListener("load", draw);
  window.addEventListener("resize", draw);
  if (picture.complete) draw();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const where = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (!where || event.target.closest("input, select, textarea, [role=tablist]")) return;
  const scrolls = event.target === stage && stage.scrollWidth > stage.clientWidth;
  if (!scrolls) document.querySelector(`a[rel=${where}]`)?.click();
});
