"""What the mean would be if stated PCs were as over-optimistic as published ones: a sensitivity, never a correction.

Stage defaults of two large CRMs average .15, .50 and .80 for early, middle and late leads; surveys of what closes put
the same leads near .10, .22 and .47 (grade C).  Between these points log-odds are interpolated, outside them shifted.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

STATED = (0.15, 0.50, 0.80)
CLOSED = (0.10, 0.22, 0.47)


def published_chances(stated: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the chances that leads with these stated PCs would have by the published gap.

    Parameters
    ----------
    stated : float64, any shape
        In [0, 1]; 0 and 1 stay what they are.

    Returns
    -------
    float64, same shape
        In [0, 1], below the stated chance in between.
    """
    known, true = logit(np.array(STATED)), logit(np.array(CLOSED))
    given = logit(stated)
    shift = np.interp(given, known, true - known)
    return np.asarray(expit(given + shift), dtype=np.float64)
