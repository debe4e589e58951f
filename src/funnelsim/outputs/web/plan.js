/* The plan box: the share of simulated futures that reach a typed amount, in the words of the program. */

function grouped(text) {
  const [whole, part] = text.split(".");
  const spaced = whole.replace(/\B(?=([0-9]{3})+$)/g, ",");
  return part === undefined ? spaced : spaced + "." + part;
}

/* Amounts as the command line reads them: 4500000, 4,500,000.00, 4.5M, $ 450k. */

const ZEROS = { k: 3, m: 6, mm: 6, mn: 6, b: 9, bn: 9 };
const LARGEST = 10n ** 15n;

/* Codes and shared signs name themselves, in small letters or capitals; other signs are written as they are. */
function signOf(text, signs) {
  return [text.toUpperCase(), text.toLowerCase()].find((one) => signs.get(one) === one) || signs.get(text);
}

/* An amount taken apart: its digits with their separators, its sign, and the zeros of k, M or bn; null for no amount. */
function partsOf(typed, signs) {
  let clean = typed.replace(/[\u00a0\u202f\u2009\u2007\u2008\u200a\t]/g, " ").replace(/[\u200b\u200e\u200f\ufeff]/g, "");
  clean = clean.replace(/\u2212/g, "-").replace(/[\u2018\u2019]/g, "'").trim();
  const inside = /^([^()0-9]*)\(([^()]*)\)([^()0-9]*)$/.exec(clean);
  if (inside) clean = inside.slice(1).filter((one) => one.trim()).join(" ").trim();
  const found = /^([^0-9.,]*?)([0-9][0-9., ']*|[.,][0-9]+)([^0-9.,]*)$/.exec(clean);
  if (!found) return null;
  let [, before, body, after] = found;
  after = after.trim();
  const minus = (before + after).split("-").length - 1;
  const plus = before.split("+").length - 1;
  if (minus + plus + (inside ? 1 : 0) > 1 || (after.includes("-") && !after.endsWith("-"))) return null;
  before = before.replace(/[-+]/g, "").trim();
  after = after.replace(/-$/, "").trim();
  let zeros = 0;
  const suffix = /^(k|mm|mn|m|bn|b)?\s*([^]*)$/i.exec(after);
  if (suffix[1] && signOf(after, signs) === undefined) [zeros, after] = [ZEROS[suffix[1].toLowerCase()], suffix[2].trim()];
  const beside = new Set([before, after].filter(Boolean).map((one) => signOf(one, signs)));
  if (beside.has(undefined) || beside.size > 1) return null;
  return { negative: minus > 0 || Boolean(inside), body: body.trim(), zeros };
}

/* The decimal mark that a number proves: "?" where it could be read both ways. */
function markOf(body) {
  const [dots, commas] = [".", ","].map((one) => body.split(one).length - 1);
  if (!dots && !commas) return ".";
  if (dots && commas) return body.lastIndexOf(".") > body.lastIndexOf(",") ? "." : ",";
  const mark = dots ? "." : ",";
  if (dots + commas > 1) return dots ? "," : ".";
  const [left, right] = body.split(mark);
  const sure = /[ ']/.test(body) || right.length !== 3 || left.length < 1 || left.length > 3 || left[0] === "0";
  return sure ? mark : "?";
}

/* Digits before and behind the decimal mark, or null where thousands do not stand in threes. */
function digitsOf(body, mark) {
  const place = body.indexOf(mark);
  const part = place < 0 ? "" : body.slice(place + 1);
  if (place >= 0 && !/^[0-9]+$/.test(part)) return null;
  const whole = place < 0 ? body : body.slice(0, place);
  const marks = new Set(whole.replace(/[0-9]/g, ""));
  if (!marks.size) return [whole, part];
  const [separator] = marks;
  const groups = whole.split(separator);
  const strict = /^[1-9][0-9]{0,2}$/.test(groups[0]) && groups.slice(1).every((one) => /^[0-9]{3}$/.test(one));
  const other = mark === "." ? "," : ".";
  return marks.size > 1 || ![other, " ", "'"].includes(separator) || !strict ? null : [groups.join(""), part];
}

/* An amount in major units, or why it is none. */
function amountOf(typed, plan) {
  const plain = { why: `Write a plain amount, such as ${plan.examples}.` };
  const parts = partsOf(typed, plan.signs);
  if (!parts) return plain;
  const mark = markOf(parts.body);
  if (mark === "?") return digitsOf(parts.body, ".") || digitsOf(parts.body, ",")
    ? { why: "Write it without separators between thousands, such as 1234: this reads both ways." } : plain;
  const digits = digitsOf(parts.body, mark);
  if (!digits) return plain;
  const part = digits[1].padEnd(parts.zeros, "0");
  const whole = (digits[0] || "0") + part.slice(0, parts.zeros);
  const behind = part.slice(parts.zeros).replace(/0+$/, "");
  const none = /^0*$/.test(whole) && !behind;
  if (parts.negative && !none) return { why: "Write an amount of 0 or more." };
  if (BigInt(whole) > LARGEST || (BigInt(whole) === LARGEST && behind)) return { why: "Write a smaller amount." };
  if (behind.length > plan.digits) return { why: `Write it with at most ${plan.digits} decimals.` };
  return { value: Number(`${whole}.${behind || 0}`) };
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
  const { value, why } = amountOf(typed, plan);
  if (value === undefined) return why;
  const said = chanceWords(chanceOf(plan, value), plan.count);
  const [first, ...rest] = said.made;
  const shown = plan.prefix + grouped(String(value));
  return `${first.toUpperCase()}${rest.join("")} simulated futures make ${shown}, ${said.missed} miss it: ` +
    `the chance is ${said.percent}.`;
}

function startPlan(given) {
  const box = document.getElementById("plan-box");
  if (!given || !box) return;
  const plan = { ...given, signs: new Map(given.signs) };
  const input = document.getElementById("plan-amount");
  const said = document.getElementById("plan-said");
  const first = input.value;
  const tell = () => {
    said.textContent = planWords(plan, input.value);
    box.classList.toggle("idle", !input.value.trim());
  };
  const asked = () => {
    const found = /^#plan=(.{1,40})$/.exec(location.hash);
    if (found) input.value = found[1].replace(/%20|\+/g, " ");
    tell();
  };
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(tell, 250); };
  input.addEventListener("input", soon);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") tell();
    if (event.key === "Escape" && input.value !== first) {
      input.value = first;
      soon();
    }
  });
  addEventListener("hashchange", asked);
  box.hidden = false;
  asked();
}
