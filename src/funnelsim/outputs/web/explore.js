/* A chart's frame: its legend, its values by pointer and arrow keys, and drawing again when the room changes. */

const FAN_WORDS = [
  ["inner", "half of futures (P25 to P75)"],
  ["mid", "8 in 10 (P10 to P90)"],
  ["outer", "9 in 10 (P5 to P95)"],
];

function intervalName(low, high) {
  const share = low.name.replace(/ from$/, "");
  return high.name === share + " to" ? share + " interval" : low.name + " to " + high.name;
}

function legendOf(chart) {
  const words = chart.kind === "fan" && seriesOf(chart, "p5") ? FAN_WORDS.slice() : [];
  if (chart.kind === "fan") words.push(["median", "middle (P50)"]);
  linesOf(chart).forEach((one, k) => {
    if (OWN_LOOKS.includes(one.role)) words.push([one.role, one.name, true]);
    else if (chart.kind === "lines") words.push(["line l" + (k % 6), one.name, k % 6 > 0]);
  });
  if (chart.kind === "lines") for (const [low, high] of intervalsOf(chart)) words.push(["interval", intervalName(low, high)]);
  if (chart.kind === "ranges") {
    const name = (role) => (seriesOf(chart, role) || { name: role }).name;
    words.push(["mid", name("low") + " to " + name("high")], ["middlemark", name("middle")]);
    if (seriesOf(chart, "p25")) words.push(["inner", name("p25") + " to " + name("p75")]);
  }
  if (chart.kind === "bridge") words.push(["rise", "+ rises"], ["fall", "- falls"], ["total", "totals"]);
  if (chart.kind === "bars") {
    const bars = chart.series.filter((one) => one.role === "bar");
    if (bars.length > 1) bars.forEach((one, k) => words.push(["b" + (k % 4), one.name]));
    const [ends] = intervalsOf(chart);
    if (ends) words.push(["whisker", intervalName(...ends)]);
  }
  if (chart.ref) words.push(["plan", chart.ref.name + " " + chart.ref.t]);
  if (chart.grey.length) words.push(["few", "rests on few cases"]);
  const list = make("ul", { class: "legend" });
  for (const [look, word, marked] of words) {
    const item = list.appendChild(make("li"));
    const svg = draw(item, "svg", { class: "swatch", viewBox: "0 0 26 12", "aria-hidden": "true" });
    const line = /median|plan|actual|earlier|line|whisker|middlemark/.test(look);
    if (line) draw(svg, "line", { x1: 0, x2: 26, y1: 6, y2: 6, class: look });
    else draw(svg, "rect", { x: 0, y: 0, width: 26, height: 12, class: look });
    if (marked) draw(svg, "circle", { cx: 13, cy: 6, r: 3, class: "dot " + look });
    item.appendChild(document.createTextNode(" " + word));
  }
  return list;
}

function valuesAt(chart, k) {
  return chart.cats[k] + ": " + chart.series.map((one) => one.name + " " + one.t[k]).join(", ");
}

const HOW = "Point at the chart, or move to it and use the arrow keys, to read its values.";

/* A chart is a slider over its categories: screen readers say the values of the one that is chosen. */
class ChartFrame {
  constructor(holder, chart, alt) {
    this.holder = holder;
    this.at = -1;
    this.kept = 0;
    this.plot = make("div", { class: "plot", tabindex: "0", role: "slider", "aria-valuemin": "1" });
    this.readout = make("p", { class: "readout" }, HOW);
    this.legend = make("div");
    holder.replaceChildren(this.legend, this.plot, this.readout);
    this.plot.addEventListener("pointermove", (event) => this.point(event));
    this.plot.addEventListener("pointerdown", (event) => this.point(event));
    /* a finger that is lifted has left, but whoever lifted it still reads */
    this.plot.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") this.leave(); });
    this.plot.addEventListener("blur", () => this.leave());
    this.plot.addEventListener("focus", () => this.move(this.at < 0 ? this.kept : this.at));
    this.plot.addEventListener("keydown", (event) => this.key(event));
    this.onPaper = false;
    new ResizeObserver(() => { if (!this.onPaper) this.fit(holder.clientWidth); }).observe(holder);
    this.show(chart, alt);
  }

  show(chart, alt) {
    this.chart = chart;
    this.width = 0;
    this.kept = 0;
    this.legend.replaceChildren(legendOf(chart));
    this.plot.setAttribute("aria-label", "Chart. " + alt);
    this.plot.setAttribute("aria-valuemax", String(Math.max(1, chart.cats.length)));
    this.drawn = null;
    this.leave();
    this.fit(this.holder.clientWidth);
  }

  fit(room) {
    const width = Math.floor(room);
    if (!width || width === this.width) return;
    this.width = width;
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("aria-hidden", "true");
    this.drawn = (this.chart.kind in ROWS ? lying : upright)(svg, this.chart, width);
    svg.setAttribute("viewBox", `0 0 ${width} ${this.drawn.height}`);
    this.drawn.hide();
    this.plot.replaceChildren(svg);
    if (this.at >= 0) this.drawn.show(this.at);
  }

  point(event) {
    const box = this.plot.getBoundingClientRect();
    const scale = this.width / box.width;
    this.move(this.drawn.locate((event.clientX - box.left) * scale, (event.clientY - box.top) * scale));
  }

  say() {
    this.plot.setAttribute("aria-valuenow", String(this.kept + 1));
    this.plot.setAttribute("aria-valuetext", this.chart.cats.length ? valuesAt(this.chart, this.kept) : "no values");
  }

  move(k) {
    if (!this.drawn || !this.chart.cats.length) return;
    this.at = this.kept = Math.min(Math.max(k, 0), this.chart.cats.length - 1);
    this.drawn.show(this.at);
    this.readout.textContent = valuesAt(this.chart, this.at);
    this.say();
  }

  leave() {
    this.at = -1;
    this.readout.textContent = HOW;
    if (this.drawn) this.drawn.hide();
    this.say();
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const end = { Home: 0, End: this.chart.cats.length - 1 }[event.key];
    if (event.key === "Escape") this.leave();
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    this.move(step === undefined ? end : this.kept + step);
  }
}
