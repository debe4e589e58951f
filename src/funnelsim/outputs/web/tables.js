/* Tables that change: one view of the bookings at a time, and all leads, sorted, searched and by pages. */

const ROWS_SHOWN = 50;

function rowOf(cells, numbers) {
  const row = make("tr");
  cells.forEach((cell, k) => {
    const look = numbers[k] ? { class: "n" } : {};
    row.appendChild(make(k ? "td" : "th", k ? look : { scope: "row" }, cell));
  });
  return row;
}

function fill(table, caption, headers, rows, numbers) {
  table.querySelector("caption").textContent = caption;
  const head = make("tr");
  headers.forEach((one, k) => {
    head.appendChild(one ? make("th", { scope: "col", class: numbers[k] ? "n" : "" }, one) : make("td"));
  });
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(...rows.map((row) => rowOf(row, numbers)));
}

/* Views: whose bookings (all, or one owner or region), and in which steps. */
function startViews(views, frames) {
  const box = document.getElementById("views");
  if (!views || !box || !frames.periods) return;
  const whose = document.getElementById("view-whose");
  const said = document.getElementById("view-said");
  const place = document.getElementById("view-table");
  const every = document.getElementById("view-numbers");
  const ofAll = box.closest("section").querySelectorAll(":scope > ul"); /* sentences that speak of all bookings */
  const steps = [...box.querySelectorAll("input[name=view-step]")];
  const show = () => {
    const group = whose ? whose.value : "0";
    for (const one of steps) one.disabled = !(group + ":" + one.value in views);
    let step = steps.find((one) => one.checked);
    if (step.disabled) {
      step = steps.find((one) => !one.disabled);
      step.checked = true;
    }
    const { title, note, chart, table } = views[group + ":" + step.value];
    const why = steps.some((one) => one.disabled) ? " " + said.dataset.why : "";
    frames.periods.show(chart, title);
    fill(place, title, table.headers, table.rows, table.numbers);
    place.tBodies[0].className = table.total ? "total" : "";
    const rows = chart.cats.map((one, k) => [one, ...chart.series.map((series) => series.t[k])]);
    const names = chart.series.map((one) => one.name);
    fill(every, title, ["", ...names], rows, [false, ...names.map(() => true)]);
    for (const one of ofAll) one.hidden = group !== "0";
    said.textContent = title + " " + note + why;
  };
  for (const one of steps) one.addEventListener("change", show);
  if (whose) whose.addEventListener("change", show);
  box.hidden = false;
}

/* Leads come by column: names that come again stand once. */
function columnOf(column) {
  if (column.words) return { ...column, text: (k) => column.words[column.at[k]], value: (k) => column.words[column.at[k]] };
  if (column.texts) return { ...column, text: (k) => column.texts[k], value: (k) => (column.values || column.texts)[k] };
  return { ...column, text: (k) => (column.values[k] === null ? "-" : String(column.values[k])), value: (k) => column.values[k] };
}

class LeadTable {
  constructor(leads, table) {
    this.columns = leads.columns.map(columnOf);
    this.count = leads.rows;
    this.table = table;
    this.search = document.getElementById("lead-search");
    this.said = document.getElementById("lead-said");
    this.back = document.getElementById("lead-back");
    this.next = document.getElementById("lead-next");
    this.page = 0;
    this.sorted = -1;
    this.rising = true;
    this.order = Array.from({ length: this.count }, (_, k) => k);
    const head = make("tr");
    this.heads = this.columns.map((one, k) => {
      const cell = head.appendChild(make("th", { scope: "col", "aria-sort": "none", class: one.number ? "n" : "" }));
      const button = cell.appendChild(make("button", { type: "button", class: "sort" }, one.name));
      button.addEventListener("click", () => this.sort(k));
      return cell;
    });
    table.tHead.replaceChildren(head);
    let waiting = 0;
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(() => this.find(), 200); };
    this.search.addEventListener("input", soon);
    this.search.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.search.value) return;
      event.preventDefault();
      this.search.value = "";
      soon();
    });
    this.back.addEventListener("click", () => this.turn(-1));
    this.next.addEventListener("click", () => this.turn(1));
    this.find();
  }

  find() {
    const wanted = this.search.value.trim().toLowerCase();
    const all = Array.from({ length: this.count }, (_, k) => k);
    if (wanted && !this.texts) {
      this.texts = all.map((k) => this.columns.map((one) => one.text(k)).join("\n").toLowerCase());
    }
    this.order = wanted ? all.filter((k) => this.texts[k].includes(wanted)) : all;
    this.arrange();
  }

  sort(k) {
    this.rising = this.sorted === k ? !this.rising : !this.columns[k].number;
    this.sorted = k;
    this.heads.forEach((one, at) => {
      one.setAttribute("aria-sort", at === k ? (this.rising ? "ascending" : "descending") : "none");
    });
    this.arrange();
  }

  arrange() {
    if (this.sorted >= 0) {
      const value = this.columns[this.sorted].value;
      const way = this.rising ? 1 : -1;
      this.order.sort((one, other) => {
        const [a, b] = [value(one), value(other)];
        if (a === b) return one - other;
        if (a === null || a === "") return 1;
        if (b === null || b === "") return -1;
        return a < b ? -way : way;
      });
    }
    this.page = 0;
    this.show();
  }

  turn(pages) {
    this.page += pages;
    this.show();
  }

  show() {
    const first = this.page * ROWS_SHOWN;
    const shown = this.order.slice(first, first + ROWS_SHOWN);
    const numbers = this.columns.map((one) => one.number);
    const rows = shown.map((k) => rowOf(this.columns.map((one) => one.text(k)), numbers));
    this.table.tBodies[0].replaceChildren(...rows);
    const all = grouped(String(this.order.length));
    this.said.textContent = shown.length
      ? `Rows ${grouped(String(first + 1))} to ${grouped(String(first + shown.length))} of ${all}.`
      : "No lead holds this text.";
    const focused = document.activeElement;
    this.back.disabled = this.page === 0;
    this.next.disabled = first + ROWS_SHOWN >= this.order.length;
    /* a button that goes grey under the fingers would drop the focus to the top of the page */
    if (focused === this.next && this.next.disabled) this.back.focus();
    if (focused === this.back && this.back.disabled) this.next.focus();
  }
}

/* Only tables that are wider than their room are stops of the keyboard. */
function startScroll() {
  const look = (one) => {
    const wide = one.scrollWidth > one.clientWidth;
    for (const [name, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", one.dataset.name]]) {
      if (wide) one.setAttribute(name, value);
      else one.removeAttribute(name);
    }
  };
  const watch = new ResizeObserver((seen) => seen.forEach((one) => look(one.target.closest(".scroll"))));
  for (const one of document.querySelectorAll(".scroll")) {
    one.dataset.name = one.getAttribute("aria-label");
    watch.observe(one);
    watch.observe(one.querySelector("table"));
  }
}

const PAPER_WIDTH = 680; /* what A4 and Letter have between their margins, in CSS pixels */

function startPrint(frames) {
  let folded = [];
  const turn = (onPaper) => {
    for (const one of Object.values(frames)) {
      one.onPaper = onPaper;
      one.fit(onPaper ? PAPER_WIDTH : one.holder.clientWidth);
    }
  };
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
    turn(true);
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
    turn(false);
  });
}

function start() {
  const data = JSON.parse(document.getElementById("pack-data").textContent);
  const frames = {};
  for (const holder of document.querySelectorAll(".chart")) {
    const key = holder.dataset.chart;
    frames[key] = new ChartFrame(holder, data.charts[key], holder.dataset.alt);
  }
  startPlan(data.plan);
  startViews(data.views, frames);
  const leads = document.getElementById("lead-table");
  if (data.leads && leads) {
    for (const one of ["leads-all", "leads-link"]) document.getElementById(one).hidden = false;
    new LeadTable(data.leads, leads);
  }
  startScroll();
  startPrint(frames);
}

start();
