/* Charts: every number comes from the pack, with the text that it is printed as; here is only where things stand. */

const SVG = "http://www.w3.org/2000/svg";
const FONT = '12px system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const RULER = document.createElement("canvas").getContext("2d");

function make(name, attributes, text) {
  const made = document.createElement(name);
  for (const key of Object.keys(attributes || {})) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
}

function draw(parent, name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const key of Object.keys(attributes || {})) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  parent.appendChild(made);
  return made;
}

/* Room that a text needs in a chart: in heavy letters, or in those of an axis. */
function widthOf(text, weight = 600) {
  if (!RULER) return [...text].length * 8;
  RULER.font = `${weight} ${FONT}`;
  return RULER.measureText(text).width;
}

function cut(text, room) {
  if (widthOf(text) <= room) return text;
  const letters = [...text];
  while (letters.length > 3 && widthOf(letters.join("") + "\u2026") > room) letters.pop();
  return letters.join("") + "\u2026";
}

/* A text in lines of a width, as many as may be; only the last one is cut. */
function linesIn(text, room, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines[lines.length - 1] ? lines[lines.length - 1] + " " + word : word;
    if (lines.length === most || !lines[lines.length - 1] || widthOf(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((one) => cut(one, room));
}

function seriesOf(chart, role) {
  return chart.series.find((one) => one.role === role);
}

function ticksOf(low, high, most) {
  const raw = (high - low) / most || 1;
  const power = Math.pow(10, Math.floor(Math.log10(raw)));
  const step = power * [1, 2, 5, 10].find((one) => one * power >= raw * 0.7);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) found.push(k * step);
  return found;
}

function tickText(value, chart) {
  const percent = chart.unit === "chance" || chart.unit === "share";
  const shown = Number((percent ? value * 100 : value / chart.scale).toPrecision(8));
  return grouped(String(shown)) + (percent ? "%" : "");
}

/* No axis of chances goes beyond 100 %, and none of shares that stay below it. */
function within(chart, most, end) {
  return (chart.unit === "chance" || chart.unit === "share") && most <= 1 ? Math.min(end, 1) : end;
}

function extent(chart, zero) {
  const values = chart.series.flatMap((one) => one.v).filter((one) => one !== null);
  if (chart.ref && chart.ref.v !== null) values.push(chart.ref.v);
  if (zero || !values.length) values.push(0);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low || 1) * 0.05;
  return [low === 0 ? 0 : low - room, high === 0 ? 0 : within(chart, high, high + room)];
}

/* Upright charts: fans and lines over time; lines over a number stand where the number is. */

function shareOf(chart, k) {
  const count = chart.cats.length;
  if (!chart.at) return (k + 0.5) / count;
  const first = chart.at[0];
  return 0.03 + (0.94 * (chart.at[k] - first)) / (chart.at[count - 1] - first);
}

function nearest(chart, share) {
  if (!chart.at) return Math.floor(share * chart.cats.length);
  const gaps = chart.cats.map((_, k) => Math.abs(shareOf(chart, k) - share));
  return gaps.indexOf(Math.min(...gaps));
}

function uprightFrame(svg, chart, box) {
  const [low, high] = extent(chart, chart.kind === "fan");
  const count = chart.cats.length;
  const x = (k) => box.left + shareOf(chart, k) * (box.right - box.left);
  const y = (value) => box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top);
  for (const value of ticksOf(low, high, 5)) {
    draw(svg, "line", { x1: box.left, x2: box.right, y1: y(value), y2: y(value), class: value ? "grid" : "base" });
    draw(svg, "text", { x: box.left - 6, y: y(value) + 4, class: "tick end" }, tickText(value, chart));
  }
  draw(svg, "text", { x: 0, y: 12, class: "tick" }, chart.axis);
  const wide = Math.max(...chart.cats.map((one) => widthOf(one, 400))) + 10;
  const every = chart.at ? 1 : Math.max(1, Math.ceil(wide / ((box.right - box.left) / count)));
  for (let k = 0, free = -Infinity; k < count; k += every) {
    const at = Math.min(Math.max(x(k), wide / 2), box.width - wide / 2);
    if (at - wide / 2 < free) continue;
    free = chart.at ? at + wide / 2 : -Infinity;
    draw(svg, "text", { x: at, y: box.bottom + 18, class: "tick middle" }, cut(chart.cats[k], box.width / 2));
  }
  return { x, y, step: (box.right - box.left) / count };
}

function path(points) {
  return points.map((one, k) => (k ? "L" : "M") + one[0].toFixed(1) + " " + one[1].toFixed(1)).join("");
}

/* A halo of paper keeps a line apart from what it crosses, in any light and in grey. */
function lineOf(svg, one, frame, look, joined) {
  const points = one.v.map((value, k) => (value === null ? null : [frame.x(k), frame.y(value)])).filter(Boolean);
  if (points.length > 1 && joined) {
    draw(svg, "path", { d: path(points), class: "halo" });
    draw(svg, "path", { d: path(points), class: look });
  }
  const marked = points.length === 1 || !joined || !/\bl0\b|median/.test(look);
  for (const point of marked ? points : []) draw(svg, "circle", { cx: point[0], cy: point[1], r: 3, class: "dot " + look });
}

/* Separate periods stand apart, as floating columns; only running totals are joined. */
function joinedOf(chart) {
  return chart.running && seriesOf(chart, "p50").v.filter((one) => one !== null).length > 1;
}

function halfOf(frame) {
  return Math.max(2, Math.min(40, frame.step * 0.3));
}

function middlesOf(svg, one, frame) {
  const half = halfOf(frame) + 2;
  one.v.forEach((value, k) => {
    if (value === null) return;
    const line = { x1: frame.x(k) - half, x2: frame.x(k) + half, y1: frame.y(value), y2: frame.y(value) };
    for (const look of ["halo", "median"]) draw(svg, "line", { ...line, class: look });
  });
}

function bandOf(svg, frame, low, high, look, joined) {
  if (!low || !high) return;
  const known = low.v.map((_, k) => k).filter((k) => low.v[k] !== null && high.v[k] !== null);
  if (!joined) {
    const half = halfOf(frame);
    for (const k of known) {
      const top = frame.y(high.v[k]);
      draw(svg, "rect", { x: frame.x(k) - half, width: 2 * half, y: top, height: frame.y(low.v[k]) - top, class: look });
    }
  } else if (known.length) {
    const up = known.map((k) => [frame.x(k), frame.y(high.v[k])]);
    const down = known.map((k) => [frame.x(k), frame.y(low.v[k])]).reverse();
    draw(svg, "path", { d: path(up.concat(down)) + "Z", class: look });
  }
}

function endLabels(svg, labels, box) {
  labels.sort((one, other) => one.y - other.y);
  let last = -Infinity;
  for (const one of labels) last = one.y = Math.max(one.y, last + 14);
  const over = Math.max(0, last - box.bottom);
  for (const one of labels) {
    const room = box.width - box.right - 6;
    draw(svg, "text", { x: box.right + 4, y: one.y - over + 4, class: "tick strong" }, cut(one.text, room));
  }
}

function levelOf(svg, chart, frame, box) {
  if (!chart.ref || chart.ref.v === null) return;
  const end = chart.ref.end === null ? chart.cats.length - 1 : chart.ref.end;
  const right = frame.x(end) + frame.step / 2;
  const y = frame.y(chart.ref.v);
  draw(svg, "line", { x1: box.left, x2: right, y1: y, y2: y, class: "halo" });
  draw(svg, "line", { x1: box.left, x2: right, y1: y, y2: y, class: "plan" });
  draw(svg, "text", { x: box.left + 6, y: y - 7, class: "tick planword" }, chart.ref.name + " " + chart.ref.t);
}

const OWN_LOOKS = ["plan", "actual", "earlier"];
const FAN_BANDS = [["p5", "p95", "outer"], ["p10", "p90", "mid"], ["p25", "p75", "inner"]];

/* The ends of an interval are no series of their own: pairs of them are pale bands behind their estimate. */
function intervalsOf(chart) {
  const ends = (role) => chart.series.filter((one) => one.role === role);
  const highs = ends("high");
  return ends("low").map((low, k) => [low, highs[k]]).filter((pair) => pair[1]);
}

function linesOf(chart) {
  return chart.series.filter((one) => one.role !== "low" && one.role !== "high");
}

function upright(svg, chart, width) {
  const wide = width > 560;
  const fan = chart.kind === "fan";
  const joined = !fan || joinedOf(chart);
  const ends = !joined ? [] : fan ? ["p90", "p50", "p10"].map((role) => seriesOf(chart, role)).filter(Boolean) : linesOf(chart);
  const last = chart.cats.length - 1;
  const texts = ends.map((one) => one.name + (fan ? " " + one.t[last] : ""));
  const margin = wide && ends.length ? Math.min(width * 0.28, Math.max(0, ...texts.map((one) => widthOf(one))) + 14) : 8;
  const ticks = ticksOf(...extent(chart, fan), 5).map((value) => widthOf(tickText(value, chart)));
  const height = wide ? 340 : 260;
  const box = { width, left: Math.max(20, ...ticks) + 10, right: width - margin, top: 26, bottom: height - 28 };
  const frame = uprightFrame(svg, chart, box);
  for (const [low, high, look] of FAN_BANDS) bandOf(svg, frame, seriesOf(chart, low), seriesOf(chart, high), look, joined);
  if (!fan) for (const [low, high] of intervalsOf(chart)) bandOf(svg, frame, low, high, "interval", true);
  for (const [k, one] of linesOf(chart).entries()) {
    if (one.role === "p50" && !joined) middlesOf(svg, one, frame);
    else if (one.role === "p50") lineOf(svg, one, frame, "median", true);
    else if (OWN_LOOKS.includes(one.role)) lineOf(svg, one, frame, one.role, joined);
    else if (!fan) lineOf(svg, one, frame, "line l" + (k % 6), true);
  }
  levelOf(svg, chart, frame, box);
  if (wide) {
    const known = ends.map((one, k) => ({ value: one.v[last], text: texts[k] })).filter((one) => one.value !== null);
    endLabels(svg, known.map((one) => ({ y: frame.y(one.value), text: one.text })), box);
  }
  const mark = draw(svg, "line", { y1: box.top, y2: box.bottom, class: "mark" });
  const place = (x) => nearest(chart, (x - box.left) / (box.right - box.left));
  const move = (at) => ["x1", "x2"].forEach((name) => mark.setAttribute(name, at));
  return { height, locate: place, show: (k) => move(frame.x(k)), hide: () => move(-1e4) };
}

/* Lying charts: bars, bridges, ranges; a name stands above its bar, so that names fit on any screen. */

function barsOf(chart, k) {
  const low = seriesOf(chart, "low");
  const high = seriesOf(chart, "high");
  const shown = chart.series.filter((one) => one.role === "bar");
  const whisker = low && high && low.v[k] !== null && high.v[k] !== null ? [low.v[k], high.v[k]] : null;
  /* a number alone at the end of a whisker would be taken for that end */
  const span = whisker ? " (" + low.t[k] + " to " + high.t[k] + ")" : "";
  return shown.map((one, place) => ({
    from: 0,
    to: one.v[k],
    text: (shown.length > 1 ? one.name + ": " : "") + one.t[k] + (place ? "" : span),
    look: chart.grey.includes(k) ? "few" : "b" + (place % 4),
    whisker: place ? null : whisker,
  }));
}

function stepsOf(chart, k) {
  const { v, t } = seriesOf(chart, "step") || chart.series[0];
  const last = v.length - 1;
  const sum = (end) => v.slice(0, end).reduce((total, one) => total + (one || 0), 0);
  if (k === 0 || k === last) return [{ from: 0, to: v[k], text: t[k], look: "total" }];
  const sign = v[k] > 0 && !/^[+]/.test(t[k]) ? "+" : "";
  return [{ from: sum(k), to: sum(k + 1), text: sign + t[k], look: v[k] < 0 ? "fall" : "rise" }];
}

function rangesOf(chart, k) {
  const part = (role) => (seriesOf(chart, role) || { v: [], t: [] });
  const inner = part("p25").v[k];
  const made = [{
    from: part("low").v[k],
    to: part("high").v[k],
    middle: part("middle").v[k],
    inner: inner === undefined || inner === null ? null : [inner, part("p75").v[k]],
    text: ["low", "middle", "high"].map((role) => part(role).t[k]).filter(Boolean).join("  |  "),
    look: chart.grey.includes(k) ? "few" : "mid",
  }];
  return made;
}

const ROWS = { bars: barsOf, bridge: stepsOf, ranges: rangesOf };

function lyingExtent(chart, rows) {
  const ends = rows.flat().flatMap((one) => [one.from, one.to].concat(one.whisker || []));
  if (chart.ref) ends.push(chart.ref.v);
  const known = ends.filter((one) => one !== null && one !== undefined);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const near = chart.kind === "ranges" && (low > 0.5 * high || high < 0.5 * low);
  const room = near ? (high - low || 1) * 0.05 : 0;
  return near ? [low - room, within(chart, high, high + room)] : [Math.min(0, low), Math.max(0, high) || 1];
}

function barOf(svg, one, x, y) {
  if (one.to === null || one.to === undefined || one.from === null || one.from === undefined) return;
  const [left, right] = [x(one.from), x(one.to)].sort((a, b) => a - b);
  draw(svg, "rect", { x: left, width: Math.max(1.5, right - left), y, height: 18, class: one.look });
  if (one.inner) {
    draw(svg, "rect", { x: x(one.inner[0]), width: x(one.inner[1]) - x(one.inner[0]), y: y + 3, height: 12, class: "inner" });
  }
  if (one.whisker) {
    const [a, b] = one.whisker.map(x);
    const line = `M${a} ${y + 4}V${y + 14}M${a} ${y + 9}H${b}M${b} ${y + 4}V${y + 14}`;
    for (const look of ["halo", "whisker"]) draw(svg, "path", { d: line, class: look });
  }
  if (one.middle !== null && one.middle !== undefined) {
    const line = { x1: x(one.middle), x2: x(one.middle), y1: y - 3, y2: y + 21 };
    for (const look of ["halo", "middlemark"]) draw(svg, "line", { ...line, class: look });
  }
}

const NAME_LINES = 3;

function lying(svg, chart, width) {
  const rows = chart.cats.map((_, k) => ROWS[chart.kind](chart, k));
  const [low, high] = lyingExtent(chart, rows);
  const under = chart.kind === "ranges" || width < 480; /* the value beside the name, not beyond the bar */
  const room = under ? 8 : Math.min(width * 0.4, Math.max(...rows.flat().map((one) => widthOf(one.text))) + 14);
  const x = (value) => 2 + ((value - low) / (high - low)) * (width - room - 2);
  const top = chart.ref && chart.kind === "ranges" ? 40 : 24;
  const singles = rows.map((row) => (under && row.length === 1 ? row[0].text : ""));
  const called = chart.cats.map((one, k) => one + (chart.grey.includes(k) ? " (few)" : ""));
  const beside = singles.map((one) => width - widthOf(one) - 20);
  /* values that would squeeze a name have a line of their own below it */
  const below = beside.map((room, k) => singles[k] !== "" && room < Math.min(widthOf(called[k]), width * 0.4));
  const names = called.map((one, k) => linesIn(one, below[k] ? width - 16 : beside[k], NAME_LINES));
  const values = singles.map((one) => linesIn(one, width - 10, 2));
  const more = names.map((lines, k) => 15 * (lines.length - 1 + (below[k] ? values[k].length : 0)));
  const tall = rows.map((row, k) => 20 + more[k] + row.length * (under && row.length > 1 ? 38 : 24) + 10);
  const starts = tall.map((_, k) => top + tall.slice(0, k).reduce((sum, one) => sum + one, 0));
  const bottom = top + tall.reduce((sum, one) => sum + one, 0);
  const back = draw(svg, "rect", { x: 0, width, y: -1e4, height: 0, class: "row" });
  draw(svg, "text", { x: 0, y: 12, class: "tick" }, chart.axis);
  const order = ["low", "middle", "high"].map((role) => seriesOf(chart, role)).filter(Boolean);
  const named = order.map((one) => one.name).join("  |  ");
  if (chart.kind === "ranges" && widthOf(named) + widthOf(chart.axis) + 16 < width) {
    draw(svg, "text", { x: width - 2, y: 12, class: "tick end" }, named);
  }
  for (const value of ticksOf(low, high, width < 480 ? 3 : 6)) {
    draw(svg, "line", { x1: x(value), x2: x(value), y1: top, y2: bottom, class: value ? "grid" : "base" });
    const at = Math.min(Math.max(x(value), 14), width - 18);
    draw(svg, "text", { x: at, y: bottom + 16, class: "tick middle" }, tickText(value, chart));
  }
  const level = chart.ref && chart.ref.v !== null ? x(chart.ref.v) : null;
  const levelAt = (y1, y2) => level !== null && draw(svg, "line", { x1: level, x2: level, y1, y2, class: "plan" });
  levelAt(top, bottom);
  if (level !== null) {
    const end = level > width / 2;
    const words = { x: level + (end ? -4 : 4), y: top - 3, class: "tick planword" + (end ? " end" : "") };
    draw(svg, "text", words, chart.ref.name + " " + chart.ref.t);
  }
  rows.forEach((row, k) => {
    names[k].forEach((line, at) => draw(svg, "text", { x: 8, y: starts[k] + 15 + 15 * at, class: "name" }, line));
    values[k].forEach((line, at) => {
      const y = starts[k] + 15 + (below[k] ? more[k] - 15 * (values[k].length - 1 - at) : 0);
      if (line) draw(svg, "text", { x: width - 2, y, class: "tick end strong" }, line);
    });
    row.forEach((one, place) => {
      const y = starts[k] + 22 + more[k] + place * (under && row.length > 1 ? 38 : 24) + (under && row.length > 1 ? 14 : 0);
      barOf(svg, one, x, y);
      levelAt(y, y + 18);
      const far = Math.max(...[one.from, one.to, ...(one.whisker || [])].map((value) => x(value || 0)));
      if (!under) draw(svg, "text", { x: far + 6, y: y + 14, class: "tick strong" }, one.text);
      else if (row.length > 1) draw(svg, "text", { x: 8, y: y - 4, class: "tick strong" }, cut(one.text, width));
    });
  });
  const place = (_, y) => starts.filter((start) => start <= y).length - 1;
  const show = (k) => { back.setAttribute("y", starts[k]); back.setAttribute("height", tall[k] - 4); };
  return { height: bottom + 24, locate: place, show, hide: () => back.setAttribute("height", 0) };
}
