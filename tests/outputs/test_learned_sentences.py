"""What records add to a page: new business, faded leads, shared risk, and the track record or that there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engines.small_histories import lived
from funnelsim.engines.learning.learn import learn
from funnelsim.model.known_leads import Known, Matched, OpenStays
from funnelsim.model.learned_answer import Faded, FadedLead, LearnedAnswer
from funnelsim.model.results import Component, Forecast
from funnelsim.model.track_record import BandRecord, TrackRecord
from funnelsim.outputs.account import left_out
from funnelsim.outputs.learned_document import track_record_document
from funnelsim.outputs.learned_sentences import components_sentence, faded_sentence, odds_text
from funnelsim.outputs.sentences import headline, optimism_sentence, shared_risk_sentence
from funnelsim.outputs.track_record_sentences import track_record_sentence
from outputs.sample_forecast import sample_forecast


def record(origins=14, **how) -> TrackRecord:
    bands = tuple(
        BandRecord(target, level, hits, origins, low, origins)
        for target, level, hits, low in (("week 1", 50, 6, 4), ("week 1", 80, 11, 8), ("4-week total", 80, 5, 8))
    )
    settings = {
        "source": "back-test", "name": "deals.csv", "sha256": "ab" * 32, "unit": "week", "horizon": 4,
        "target": "pool", "first": date(2026, 1, 5), "last": date(2026, 4, 6), "origins": origins, "bands": bands,
        "wape": (0.2, float("nan")), "bias": (0.01, -0.02),
    }  # fmt: skip
    return TrackRecord(**(settings | how))


@pytest.fixture(scope="module")
def learned() -> Forecast:
    """The sample forecast, as if records had been behind it and a third of it were new business."""
    plain = sample_forecast()
    taught = learn(lived(np.random.Generator(np.random.Philox(1)), 300), "month")
    rows, none = plain.table.leads.pr, np.zeros(8)
    stays = OpenStays(np.arange(8), np.zeros(8, dtype=np.int64), none, none, rows)
    oldest = FadedLead("L9", "Old one", 900, 0.003, 9_000_000, 3_000_000)
    faded = Faded(12, 12, 410.0, 1 / 310, 0.16, 54_000_000, (oldest,))
    answer = LearnedAnswer(Known(taught, stays, Matched(by_id=8)), 500, np.full(8, 0.2), faded, 60.4, 12.2)
    parts = tuple(
        Component(name, plain.periods, plain.total, plain.beyond, plain.bookings)
        for name in ("open leads", "new business")
    )
    return replace(plain, learned=answer, components=parts)


def test_nobody_sees_a_band_without_a_word_on_its_record():
    assert track_record_sentence(sample_forecast()).startswith("Not yet back-tested: nobody has checked")


def test_hits_and_misses_are_said_alike():
    said = track_record_sentence(replace(sample_forecast(), track_record=record()))
    assert "of 14 weekly back-tests, Jan 2026 to Apr 2026, the 80% band held" in said
    assert "week 1 11 times of 14 (honest bands: 8 to 14)" in said
    assert "4-week total 5 times of 14, NOT the 8 to 14 of honest bands" in said
    assert "Too few" not in said
    assert "it counts weeks, this forecast months" in said


def test_few_origins_verify_nothing(learned):
    said = track_record_sentence(replace(learned, track_record=record(6)))
    assert "Too few periods to verify anything: fewer than 12." in said
    assert "it holds for open leads, not for new business" in said
    assert "it was made on other records" in said
    own = record(sha256=learned.learned.known.learned.sha256, unit="month", target="total")
    assert "Note that" not in track_record_sentence(replace(learned, track_record=own))


def test_a_record_is_plain_json():
    found = track_record_document(record())
    assert found["wape"] == [0.2, None]
    assert found["bands"][2]["honest"] is False
    assert track_record_document(None) is None


def test_faded_leads_are_named_with_their_odds(learned):
    said = faded_sentence(learned)
    assert said.startswith(
        "12 leads are older than any that was ever won; they stay in the bands with a chance of 1 in 310"
    )
    assert "USD 540K of PR x PC" in said
    assert "'Old one' (900 days)" in said
    few = replace(learned.learned.faded, older=2)
    mixed = replace(learned, learned=replace(learned.learned, faded=few))
    assert "12 leads have faded to less than a tenth of the average chance or outlived every win (2 of them)" in (
        faded_sentence(mixed)
    )
    assert faded_sentence(sample_forecast()) is None


def test_new_business_has_its_share(learned):
    assert "about 60 new leads inside the horizon, of which 12 are won in it" in components_sentence(learned)
    assert "from the open leads and new business" in headline(learned)
    assert components_sentence(sample_forecast()) is None


def test_words_of_stated_chances_are_not_said_of_records(learned):
    assert optimism_sentence(learned) is None
    assert "Shared periods and uncertain rates make this band 1.4 times wider" in shared_risk_sentence(learned)
    known = replace(learned.learned.known, independent=True)
    alone = replace(learned, learned=replace(learned.learned, known=known))
    assert "real bands are wider" in shared_risk_sentence(alone)
    overdue = next(line for line in left_out(learned) if line.startswith("Overdue"))
    assert "they close when the records say" in overdue


def test_assumptions_are_the_users_own(learned):
    rows = {row.name: row for row in learned.assumption_rows}
    assert {"chance and time of winning", "shock of a month", "new leads", "parameter sets"} <= set(rows)
    assert all(row.grade in {"yours", "ours"} for row in rows.values())
    assert "+-" in str(rows["new leads"].value)
    assert "won" in str(rows["chance and time of winning"].value)


@pytest.mark.parametrize(("chance", "text"), [(0.0, "next to nothing"), (0.001, "1 in 1,000"), (1 / 310, "1 in 310")])
def test_long_odds_are_one_in_so_many(chance, text):
    assert odds_text(chance) == text
    assert odds_text(0.16) == "16%"
