/* After an act the claim is drawn anew and its button is gone: the keyboard goes on where it says how
   the claim stands, and the next Tab is the next act. */

const claim = document.getElementById("claim");

claim.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement === document.body) claim.querySelector(".claim-state").focus();
});
