/* The plan box: the share of simulated futures that reach a typed amount, in the words of the program. */

function grouped(text) {
  const [whole, part] = text.split(".");
  const spaced = whole.replace(/\B(?=([0-9]{3})+$)/g, ",");
  return part === undefined ? spaced : spaced + "." + part;
}

/* Amounts as the command line reads them: 4500000, 4,500,000.00, 4.5M, $ 450k; null where they cannot be told. */
function amountOf(typed) {
  const found = /^\s*(?:[A-Z]{3}|[$\u00a3\u20ac\u00a5])?\s*([0-9.,][0-9.,' \u00a0\u202f]*?)\s*([kmb]|bn|mn|mm)?\s*(?:[A-Z]{3}|[$\u00a3\u20ac\u00a5])?\s*$/i.exec(typed);
  if (!found) return null;
  const size = { k: 1e3, m: 1e6, mm: 1e6, mn: 1e6, b: 1e9, bn: 1e9 }[(found[2] || "").toLowerCase()] || 1;
  const digits = found[1].replace(/[' \u00a0\u202f]/g, "");
  const marks = digits.replace(/[0-9]/g, "");
  const last = marks.slice(-1);
  const behind = last ? digits.length - digits.lastIndexOf(last) - 1 : 0;
  const repeated = last && marks.split(last).length > 2;
  if (marks.length === 1 && behind === 3 && !/^0/.test(digits)) return null;
  if ((repeated && new Set(marks).size > 1) || /[.,]$/.test(digits)) return null;
  const decimal = last && !repeated ? last : "";
  const parts = decimal ? digits.split(decimal) : [digits];
  const whole = parts[0].split(/[.,]/);
  if (whole.length > 1 && whole.slice(1).some((one) => one.length !== 3)) return null;
  const value = Number(whole.join("") + "." + (parts[1] || "0") + "e" + Math.round(Math.log10(size)));
  const coins = value * 1000; /* no currency has a smaller coin than a thousandth */
  return Number.isFinite(value) && Math.abs(coins - Math.round(coins)) < 1e-9 * coins + 1e-6 ? value : null;
}

/* How many of the sorted values are below the amount. */
function below(values, amount) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const half = (low + high) >> 1;
    if (values[half] < amount) low = half + 1;
    else high = half;
  }
  return low;
}

/* A table of quantiles holds the least value first and then one for each of as many steps. */
function chanceOf(plan, amount) {
  if (plan.exact) return (plan.values.length - below(plan.values, amount)) / plan.values.length;
  return 1 - Math.max(0, below(plan.values, amount) - 1) / (plan.values.length - 1);
}

function evenRound(value) {
  const whole = Math.floor(value);
  const rest = value - whole;
  return rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole;
}

/* Rounded to what the futures know: never 0 % and never 100 %. */
function chanceWords(chance, count) {
  const known = Math.max(Math.sqrt((chance * (1 - chance)) / count), 1 / count);
  const step = [1, 2, 5, 10, 20].find((one) => one >= 100 * known) || 50;
  const hundredths = evenRound((chance * 100) / step) * step;
  const few = `fewer than ${step} in 100`;
  const most = `more than ${100 - step} in 100`;
  if (hundredths <= 0) return { made: few, missed: most, percent: `less than ${step}%` };
  if (hundredths >= 100) return { made: most, missed: few, percent: `more than ${100 - step}%` };
  return { made: `about ${hundredths} in 100`, missed: `about ${100 - hundredths} in 100`, percent: `${hundredths}%` };
}

function planWords(plan, typed) {
  if (!typed.trim()) return "Type an amount to read its chance.";
  const amount = amountOf(typed);
  if (amount === null) return "Write a plain amount, such as 5M, 450k or 4500000.50.";
  const said = chanceWords(chanceOf(plan, amount), plan.count);
  const [first, ...rest] = said.made;
  const shown = plan.prefix + grouped(String(amount));
  return `${first.toUpperCase()}${rest.join("")} simulated futures make ${shown}, ${said.missed} miss it: ` +
    `the chance is ${said.percent}.`;
}

function startPlan(plan) {
  const box = document.getElementById("plan-box");
  if (!plan || !box) return;
  const input = document.getElementById("plan-amount");
  const said = document.getElementById("plan-said");
  const tell = () => { said.textContent = planWords(plan, input.value); };
  const asked = () => {
    const found = /^#plan=(.{1,40})$/.exec(location.hash);
    if (found) input.value = found[1].replace(/%20|\+/g, " ");
    tell();
  };
  let waiting = 0;
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(tell, 250); });
  addEventListener("hashchange", asked);
  box.hidden = false;
  asked();
}
