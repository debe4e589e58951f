"""Model files: what was learned comes back to the bit, and nothing else passes for a model."""

from __future__ import annotations

import dataclasses
import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from engines.small_histories import history_of, lived
from funnelsim.engines.learning.learn import learn
from funnelsim.errors import DataError
from funnelsim.inputs.model_file import read_model
from funnelsim.model.calibration import AmountLaw, Spread
from funnelsim.model.plain_values import from_plain, to_plain
from funnelsim.model.track_record import BandRecord, TrackRecord
from funnelsim.outputs.model_file import model_text, write_model

FLOATS = arrays.arrays(np.float64, some.integers(0, 5), elements=some.floats(width=64))


def same(one, other) -> bool:
    """Whether two records are alike in type and in every bit."""
    if type(one) is not type(other):
        return False
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return repr(one) == repr(other)


def record() -> TrackRecord:
    band = BandRecord("month 1", 80, 11, 14, 8, 14)
    days = (date(2020, 1, 1), date(2021, 2, 1))
    return TrackRecord("back-test", "x.csv", "ab", "month", 3, "pool", *days, 14, (band,), (0.1 + 0.2,), (-1e-300,))


@pytest.mark.parametrize("unit", ["week", "month"])
def test_a_model_comes_back_to_the_bit(tmp_path, unit) -> None:
    learned = learn(lived(np.random.default_rng(3), 400, length=400.0), unit)
    learned = dataclasses.replace(learned, track_record=record(), notes=("a – b",))
    write_model(learned, tmp_path / "m.json")
    back = read_model(tmp_path / "m.json")
    assert same(learned, back)
    assert model_text(back) == model_text(learned)


def test_a_model_of_one_open_lead_comes_back_to_the_bit(tmp_path) -> None:
    learned = learn(history_of([3.0], [np.nan], [False], extract=20.0), "month")
    write_model(learned, tmp_path / "m.json")
    assert same(learned, read_model(tmp_path / "m.json"))


@given(FLOATS, some.floats(), some.integers())
def test_every_float_survives_text(values, mean, groups) -> None:
    spread = Spread(values, values[::-1].copy(), mean, -0.0, 5e-324, 1.7976931348623157e308, groups)
    back = from_plain(Spread, json.loads(json.dumps(to_plain(spread), allow_nan=False)), "it")
    # nan has many bit patterns and one meaning
    assert np.array_equal(spread.sd, back.sd, equal_nan=True)
    assert np.signbit(back.sd[~np.isnan(back.sd)]).tolist() == np.signbit(spread.sd[~np.isnan(spread.sd)]).tolist()
    assert repr((back.mean, back.low, back.high, back.evidence)) == repr((mean, -0.0, 5e-324, spread.evidence))
    assert back.groups == groups


def test_an_empty_axis_keeps_its_place() -> None:
    table = np.zeros((0, 3), dtype=np.int64)
    hint = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    assert from_plain(hint, to_plain(table), "it").shape == (0, 3)
    with pytest.raises(TypeError, match="made of records"):
        to_plain(object())


def test_a_field_that_an_older_file_lacks_gets_its_default() -> None:
    @dataclasses.dataclass(frozen=True)
    class Later(AmountLaw):
        more: float = 2.5

    plain = to_plain(AmountLaw(1, 2, 0.5, 0.25))
    assert from_plain(Later, plain, "it").more == 2.5
    with pytest.raises(ValueError, match="log_sd"):
        from_plain(AmountLaw, {"exact": 1, "other": 2, "log_mean": 0.5}, "it")
    with pytest.raises(ValueError, match="more"):
        from_plain(AmountLaw, plain | {"more": 1.0}, "it")


FOREIGN = {
    "nothing there": None,
    "not JSON": b"lead_id,created\n",
    "JSON of another kind": b'{"schema": "funnelsim/forecast/1"}',
    "a list": b"[1, 2]",
    "a later version": b'{"schema": "funnelsim/model/9"}',
    "no learned part": b'{"schema": "funnelsim/model/1"}',
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_gets_one_sentence(tmp_path, name) -> None:
    path = tmp_path / "m.json"
    if FOREIGN[name] is not None:
        path.write_bytes(FOREIGN[name])
    with pytest.raises(DataError, match="the model must be") as caught:
        read_model(path)
    assert len(caught.value.problems) == 1
    assert "calibrate HISTORY -o MODEL" in str(caught.value)


def test_a_changed_or_cut_model_is_refused(tmp_path) -> None:
    path = tmp_path / "m.json"
    text = model_text(learn(lived(np.random.default_rng(3), 50), "week"))
    path.write_text(text.replace('"won": ', '"won": 1'))
    with pytest.raises(DataError, match="changed since"):
        read_model(path)
    path.write_text(text[: len(text) // 2])
    with pytest.raises(DataError, match="a part of it"):
        read_model(path)
    with pytest.raises(DataError, match="can be read"):
        read_model(tmp_path)
