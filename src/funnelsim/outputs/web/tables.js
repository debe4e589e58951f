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

/* Views: whose bookings (all, or one owner or region), and in which steps. */
function startViews(views, frames) {
  const box = document.getElementById("views");
  if (!views || !box || !frames.periods) return;
  const whose = document.getElementById("view-whose");
  const said = document.getElementById("view-said");
  const place = document.getElementById("view-table");
  const steps = [...box.querySelectorAll("input[name=view-step]")];
  const show = () => {
    const group = whose ? whose.value : "0";
    for (const one of steps) one.disabled = !(group + ":" + one.value in views);
    let step = steps.find((one) => one.checked);
    if (step.disabled) {
      step = steps.find((one) => !one.disabled);
      step.checked = true;
    }
    const view = views[group + ":" + step.value];
    frames.periods.show(view.chart, view.title);
    place.querySelector("caption").textContent = view.title;
    const numbers = view.table.numbers;
    const head = make("tr");
    view.table.headers.forEach((one, k) => head.appendChild(make("th", { scope: "col", class: numbers[k] ? "n" : "" }, one)));
    place.tHead.replaceChildren(head);
    place.tBodies[0].replaceChildren(...view.table.rows.map((row) => rowOf(row, numbers)));
    place.tBodies[0].className = view.table.total ? "total" : "";
    said.textContent = view.title + " " + view.note;
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
    this.search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => this.find(), 200); });
    this.back.addEventListener("click", () => this.turn(-1));
    this.next.addEventListener("click", () => this.turn(1));
    this.find();
  }

  find() {
    const wanted = this.search.value.trim().toLowerCase();
    if (wanted && !this.texts) {
      this.texts = this.order.map((k) => this.columns.map((one) => one.text(k)).join("\n").toLowerCase());
    }
    const all = Array.from({ length: this.count }, (_, k) => k);
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
    this.back.disabled = this.page === 0;
    this.next.disabled = first + ROWS_SHOWN >= this.order.length;
  }
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
    document.getElementById("leads-all").hidden = false;
    new LeadTable(data.leads, leads);
  }
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of folded) one.open = false; });
}

start();
