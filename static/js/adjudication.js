/* A payer's decision while it is typed: does each line, and does the claim, account for what was
   charged? And a further row of adjustments where two are too few. The server decides all the same. */

const form = document.querySelector("[data-decision]");
const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const said = (cents) => dollars.format(cents / 100);

/* --- Sums, in cents: no fraction of one may creep in ------------------------------------------ */

/** The field's amount in cents; null while it is empty or no amount. */
function centsOf(field) {
  const text = field.value.trim();
  if (!/^-?\d*\.?\d{0,2}$/.test(text) || !/\d/.test(text)) return null;
  const [whole, part = ""] = text.replace("-", "").split(".");
  const cents = Number(whole || "0") * 100 + Number(part.padEnd(2, "0"));
  return text.startsWith("-") ? -cents : cents;
}

function adjustmentsOf(part) {
  const sums = { adjusted: 0, share: 0, typed: false };
  for (const row of part.querySelectorAll("[data-row]")) {
    const cents = centsOf(row.querySelector('[name$="-amount"]'));
    if (cents === null) continue;
    sums.typed = true;
    sums.adjusted += cents;
    if (row.querySelector('[name$="-group"]').value === "PR") sums.share += cents;
  }
  return sums;
}

function verdict(output, paid, adjusted, charge) {
  const apart = charge - paid - adjusted;
  const sum = `${said(paid)} paid + ${said(adjusted)} adjusted = ${said(paid + adjusted)}`;
  output.dataset.state = apart === 0 ? "right" : "wrong";
  output.textContent = apart === 0
    ? `${sum}: it balances.`
    : `${sum}: ${said(Math.abs(apart))} ${apart > 0 ? "is missing" : "is too much"}.`;
}

const chargeOf = (element) => Math.round(Number(element.dataset.charge) * 100);

function balance() {
  const byLine = form.querySelector('[name="level"]:checked').value === "lines";
  const whole = adjustmentsOf(form.querySelector('[data-part="whole"]'));
  let { adjusted, share, typed } = whole;
  let paid = centsOf(form.querySelector('[name="paid"]')) ?? 0;
  typed ||= paid !== 0;
  if (byLine) {
    paid = -whole.adjusted;
    for (const part of form.querySelectorAll('[data-part="line"]')) {
      const own = centsOf(part.querySelector('[name$="-paid"]'));
      const sums = adjustmentsOf(part);
      const output = part.querySelector("[data-balance]");
      output.textContent = "";
      delete output.dataset.state;
      if (own !== null || sums.typed) {
        typed = true;
        verdict(output, own ?? 0, sums.adjusted, chargeOf(part));
      }
      paid += own ?? 0;
      adjusted += sums.adjusted;
      share += sums.share;
    }
  }
  form.querySelector("[data-sums]").hidden = false;
  for (const [name, cents] of Object.entries({ paid, adjusted, share })) {
    form.querySelector(`[data-sum="${name}"]`).textContent = said(cents);
  }
  const output = form.querySelector("[data-verdict]");
  output.textContent = "";
  delete output.dataset.state;
  if (typed) verdict(output, paid, adjusted, chargeOf(form));
}

/* --- Rows --------------------------------------------------------------------------------------- */

function addRow(rows) {
  const count = rows.querySelector('[name$="-TOTAL_FORMS"]');
  const number = Number(count.value);
  const most = Number(rows.querySelector('[name$="-MAX_NUM_FORMS"]').value);
  if (number >= most) return;
  const template = rows.querySelector("[data-empty]");
  const holder = document.createElement("template");
  holder.innerHTML = template.innerHTML.replaceAll("__prefix__", String(number));
  const row = holder.content.querySelector("[data-row]");
  row.querySelector("legend").textContent += ` (${number + 1})`;
  template.before(row);
  count.value = String(number + 1);
  row.querySelector("select").focus();
  rows.querySelector("[data-add]").hidden = number + 1 >= most;
}

for (const button of form.querySelectorAll("[data-add]")) button.hidden = false;
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add]");
  if (button) addRow(button.closest("[data-rows]"));
});
form.addEventListener("input", balance);
form.addEventListener("change", balance);
balance();
