// The builder: drag an exercise to another place. Everything else works without a script.
const list = () => document.querySelector(".home-items");

function showGrips() {
  for (const grip of document.querySelectorAll("[data-grip]")) grip.hidden = false;
}

function order() {
  return [...list().children].map((item) => item.dataset.item).join(",");
}

function send() {
  const box = document.getElementById("home-items");
  window.htmx.ajax("POST", box.dataset.orderUrl, {
    source: box,
    target: box,
    swap: "outerHTML",
    values: { order: order() },
  });
}

function drag(event) {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button > 0) return;
  const item = grip.closest("[data-item]");
  const before = order();
  event.preventDefault();
  item.classList.add("is-dragged");

  const follow = (moved) => {
    for (const other of list().children) {
      if (other === item) continue;
      const { top, height } = other.getBoundingClientRect();
      const isAbove = other.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (isAbove && moved.clientY < top + height / 2) {
        other.before(item);
        return;
      }
      if (!isAbove && moved.clientY > top + height / 2) {
        other.after(item);
      }
    }
  };
  // Heard on the document: a pointer is let go of by what moves in the page.
  const drop = () => {
    document.removeEventListener("pointermove", follow);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", drop);
    item.classList.remove("is-dragged");
    if (order() !== before) send();
  };
  document.addEventListener("pointermove", follow);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);
}

document.addEventListener("pointerdown", drag);
document.addEventListener("htmx:afterSettle", showGrips);
showGrips();
