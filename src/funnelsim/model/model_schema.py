"""The shape of a model file, which the writer and the reader share.

What it leaves out: writing and reading it.
"""

from __future__ import annotations

from typing import Final

MODEL_SCHEMA: Final = "funnelsim/model/1"

MODEL_FAMILY: Final = "funnelsim/model/"
"""What the schema of every version begins with."""
