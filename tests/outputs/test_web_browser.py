"""The page in a real browser, by keyboard and pointer: it shows what the pack has, and says so to those who hear it."""

from __future__ import annotations

import json

import pytest
from sample_pages import LEADS, answer, data_of, held, page_of
from test_packs import FOOT

import funnelsim
from funnelsim.inputs.currencies import signs_beside
from funnelsim.inputs.plan_file import parse_amount
from funnelsim.outputs.documents import canonical_json, forecast_document
from funnelsim.outputs.packs.all_packs import pack_of
from funnelsim.outputs.packs.forecast_data import forecast_data
from funnelsim.outputs.web.web_page import page_bytes

FOCUS = "document.activeElement"
STEPS = 18


@pytest.fixture(scope="module")
def forecast():
    return page_of("forecast")


def rows_of(page, place):
    return page.eval_on_selector_all(f"{place} tbody tr", "rows => rows.map(r => [...r.cells].map(c => c.textContent))")


def text(page, place):
    return page.text_content(place)


def wait_for(page, place, wanted):
    page.wait_for_function(
        "([place, wanted]) => document.querySelector(place).textContent.includes(wanted)", arg=[place, wanted]
    )


def test_the_keyboard_reaches_every_control_in_order_and_shows_where_it_is(visit, forecast):
    page = visit(forecast)
    wanted = page.eval_on_selector_all(
        "a[href], button, input, select, summary, [tabindex='0']",
        """all => {
          const shown = all.filter((one) => one.checkVisibility() && !one.disabled);
          const once = shown.filter((one) => one.type !== "radio" || one.checked);
          window.left = new Set(once);
          return once.length;
        }""",
    )
    hidden, before = [], -1
    for _ in range(wanted):
        page.keyboard.press("Tab")
        place, look = page.evaluate(
            f"""() => {{
              const one = {FOCUS}, style = getComputedStyle(one);
              window.left.delete(one);
              const order = [...document.querySelectorAll("*")].indexOf(one);
              return [order, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 ? "" : one.outerHTML];
            }}"""
        )
        assert place > before
        before = place
        hidden += [look] if look else []
    assert page.evaluate("window.left.size") == 0
    assert hidden == []


def test_the_first_stop_leads_past_the_links_to_the_answer(visit, forecast):
    page = visit(forecast)
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUS}.textContent") == "Skip to the answer"
    assert page.evaluate(f"{FOCUS}.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUS}.id") == "main"


def test_steps_of_time_are_switched_by_arrow_keys_and_said(visit, forecast):
    views = held(forecast)["views"]
    page = visit(forecast)
    assert page.get_attribute("#view-said", "aria-live") == "polite"
    page.focus("input[name=view-step]:checked")
    for step, key in (("quarter", "ArrowRight"), ("cumulative", "ArrowRight"), ("period", "ArrowRight")):
        page.keyboard.press(key)
        view = views[f"0:{step}"]
        assert page.evaluate(f"{FOCUS}.value") == step
        assert rows_of(page, "#view-table") == view["table"]["rows"]
        assert [row[0] for row in rows_of(page, "#view-numbers")] == view["chart"]["cats"]
        assert [row[1:] for row in rows_of(page, "#view-numbers")] == [
            [series["t"][k] for series in view["chart"]["series"]] for k in range(len(view["chart"]["cats"]))
        ]
        assert text(page, "#view-said") == f"{view['title']} {view['note']}"
        assert view["title"] in page.get_attribute("[data-chart=periods] .plot", "aria-label")


def test_one_region_at_a_time_shows_what_the_answer_has_for_it(visit, forecast):
    document = answer("forecast")
    views, page = held(forecast)["views"], visit(forecast)
    for place, group in enumerate(document["groups"], start=1):
        page.focus("#view-whose")
        page.keyboard.press("ArrowDown")
        chart = views[f"{place}:period"]["chart"]
        for role in ("p10", "p50", "p90"):
            drawn = next(series["v"] for series in chart["series"] if series["role"] == role)
            assert drawn == [period[role] for period in group["periods"]]
        assert rows_of(page, "#view-table") == views[f"{place}:period"]["table"]["rows"]


def test_a_step_that_a_part_does_not_have_says_why(visit, forecast):
    page = visit(forecast)
    page.check("input[value=quarter]")
    page.select_option("#view-whose", "1")
    assert page.is_checked("input[value=period]")
    assert page.is_disabled("input[value=quarter]")
    assert "for all bookings only" in text(page, "#view-said")
    assert not page.is_visible("#s-periods > ul"), "sentences about all bookings do not stand below a part"
    page.select_option("#view-whose", "0")
    assert page.is_enabled("input[value=quarter]")
    assert "for all bookings only" not in text(page, "#view-said")


def test_a_chart_reads_its_values_by_keys_and_leaves_at_escape(visit, forecast):
    chart, page = held(forecast)["charts"]["fan"], visit(forecast)
    plot, readout = "[data-chart=fan] .plot", "[data-chart=fan] .readout"
    hint = text(page, readout)
    page.focus(plot)
    for key, k in (
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("End", len(chart["cats"]) - 1),
        ("Home", 0),
    ):
        page.keyboard.press(key)
        wanted = f"{chart['cats'][k]}: " + ", ".join(f"{one['name']} {one['t'][k]}" for one in chart["series"])
        assert text(page, readout) == wanted
        assert page.get_attribute(plot, "aria-valuetext") == wanted
        assert page.get_attribute(plot, "aria-valuenow") == str(k + 1)
    page.keyboard.press("Escape")
    assert text(page, readout) == hint


@pytest.mark.parametrize("name", ["fan", "groups"])
def test_pointing_at_a_mark_reads_the_numbers_of_the_answer(visit, forecast, name):
    chart, page = held(forecast)["charts"][name], visit(forecast)
    plot = page.locator(f"[data-chart={name}] .plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    seen = set()
    for step in range(STEPS):
        along = (step + 0.5) / STEPS
        page.mouse.move(
            *(
                (box["x"] + along * box["width"], box["y"] + box["height"] / 2)
                if name == "fan"
                else (box["x"] + box["width"] / 2, box["y"] + along * box["height"])
            )
        )
        seen.add(text(page, f"[data-chart={name}] .readout"))
    wanted = {
        f"{cat}: " + ", ".join(f"{one['name']} {one['t'][k]}" for one in chart["series"])
        for k, cat in enumerate(chart["cats"])
    }
    assert seen == wanted


def test_a_finger_reads_a_mark_and_the_words_stay_when_it_is_lifted(visit, forecast):
    chart, page = held(forecast)["charts"]["fan"], visit(forecast, width=390, has_touch=True)
    plot = page.locator("[data-chart=fan] .plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.touchscreen.tap(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    page.wait_for_timeout(50)
    assert text(page, "[data-chart=fan] .readout").startswith(chart["cats"][-1])


def test_leads_are_searched_sorted_and_turned_by_keyboard(visit, forecast):
    page = visit(forecast)
    assert [row[0] for row in rows_of(page, "#lead-table")] == list(LEADS[:50])
    page.focus("#lead-next")
    page.keyboard.press("Space")
    assert [row[0] for row in rows_of(page, "#lead-table")] == list(LEADS[50:100])
    page.keyboard.press("Enter")
    assert text(page, "#lead-said") == "Rows 101 to 120 of 120."
    assert page.evaluate(f"{FOCUS}.id") == "lead-back", "a button that goes grey hands the focus on"
    page.focus("#lead-table th:nth-child(2) button")
    page.keyboard.press("Enter")
    assert page.get_attribute("#lead-table th:nth-child(2)", "aria-sort") == "descending"
    assert rows_of(page, "#lead-table")[0][0] == LEADS[-1]
    page.focus("#lead-search")
    page.keyboard.type("lead 007")
    wait_for(page, "#lead-said", "Rows 1 to 1 of 1.")
    assert [row[0] for row in rows_of(page, "#lead-table")] == ["Lead 007"]
    page.keyboard.press("Escape")
    wait_for(page, "#lead-said", "of 120")


def test_the_box_starts_with_the_plan_and_the_chance_that_the_answer_gives(visit, forecast):
    page, document = visit(forecast), answer("forecast")
    assert float(page.input_value("#plan-amount")) == document["plan"]["target"]
    assert (data_of("forecast").futures["plan"] >= document["plan"]["target"]).mean() == document["plan"]["probability"]
    chance = document["sentences"]["plan"].split("the chance of the plan is ")[1]
    assert text(page, "#plan-said").endswith(f"the chance is {chance}")


def test_a_plan_typed_by_keyboard_has_the_chance_that_forecast_says(visit):
    """The words beside the amount are those of ``forecast --plan`` for the same amount, leads and seed."""
    asked = {"replications": 200, "threads": 1, "seed": 3}
    first = funnelsim.forecast(plan="5M", **asked)
    document = json.loads(canonical_json(forecast_document(first)))
    data = forecast_data(document, None, first.bookings, first.minor_digits)
    page = visit(page_bytes(pack_of("forecast", document, FOOT), data, signs_beside(None)))
    page.focus("#plan-amount")
    for plan in ("4.5M", "$ 5,200,000.00"):
        page.keyboard.press("Control+A")
        page.keyboard.type(plan)
        page.keyboard.press("Enter")
        said = text(page, "#plan-said")
        sentence = forecast_document(funnelsim.forecast(plan=plan, **asked))["sentences"]["plan"]
        assert f"{parse_amount(plan) // 100:,}" in said
        assert said.split(" simulated futures")[0] == sentence.split(" simulated futures")[0]
        assert said.split(" miss it: ")[0].split(", ")[-1] == sentence.split(" miss it: ")[0].split(" and ")[-1]
        assert said.split(" the chance ")[1] == sentence.split(" the chance of the plan ")[1]
    page.keyboard.press("Escape")
    assert page.input_value("#plan-amount") == "5000000"


@pytest.mark.parametrize("light", ["light", "dark", "print"])
@pytest.mark.parametrize(
    ("name", "key", "words"),
    [
        ("calibrate", "stated", ["happened", "as stated", "95% interval"]),
        ("sweep", "response_1", ["mean", "95% interval"]),
    ],
)
def test_the_ends_of_an_interval_are_a_pale_band_and_no_lines(visit, name, key, words, light):
    page = visit(page_of(name), **({} if light == "print" else {"color_scheme": light}))
    if light == "print":
        page.emulate_media(media="print")
    legend = page.eval_on_selector_all(f"[data-chart={key}] .legend li", "all => all.map(o => o.textContent.trim())")
    assert legend == words
    drawn = f"[data-chart={key}] .plot "
    assert page.locator(drawn + "path.line").count() == len([one for one in words if one in {"happened", "mean"}])
    fill, line = page.evaluate(
        """place => ["path.interval", "path.line"].map((one) => {
          const style = getComputedStyle(document.querySelector(place + one));
          return [style.fill, style.stroke];
        })""",
        drawn,
    )
    assert page.locator(drawn + "path.interval").count() == 1
    assert line[0] == "none"
    assert fill[0] != "none"
    assert fill[0] != line[1]
    order = page.eval_on_selector_all(drawn + "path", "all => all.map(o => o.getAttribute('class').split(' ')[0])")
    assert order.index("interval") < order.index("line")
    ends = page.eval_on_selector_all(drawn + ".tick.strong", "all => all.map(o => o.textContent)")
    assert sorted(ends) == sorted(words[:-1])
