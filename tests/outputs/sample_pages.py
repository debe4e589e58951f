"""Pages of made-up answers for tests in a browser: every command's, with leads and futures where it has them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
from sample_forecast import sample_forecast
from test_packs import FOOT, MAKERS, answer
from test_workbook_form import leads

from funnelsim.inputs.currencies import signs_beside
from funnelsim.model.board_pack import PackData
from funnelsim.outputs.packs.all_packs import pack_of
from funnelsim.outputs.packs.forecast_data import forecast_data
from funnelsim.outputs.web.web_page import page_bytes

PAGES = tuple(sorted(MAKERS))
LEADS = tuple(f"Lead {row:03}" for row in range(120))


@cache
def page_of(name: str) -> bytes:
    """The page of one made-up answer."""
    pack = pack_of(name.split(" ")[0], answer(name), FOOT)
    return page_bytes(pack, data_of(name), signs_beside(pack.currency))


def data_of(name: str) -> PackData:
    """Leads and futures of one made-up answer; those of a simulation are lent by the forecast."""
    if name == "forecast":
        data = forecast_data(answer(name), None, sample_forecast().bookings, 2)
        return replace(data, leads=leads(LEADS))
    if name == "simulate":
        count = len(answer(name)["periods"])
        return forecast_data(answer(name), None, sample_forecast().bookings[:, np.arange(count + 1) % 7], 2)
    return PackData()


def held(blob: bytes) -> dict:
    """What the page holds as JSON."""
    text = blob.decode()
    mark = '<script type="application/json" id="pack-data">'
    return json.loads(text[text.index(mark) + len(mark) : text.index("</script>", text.index(mark))])
