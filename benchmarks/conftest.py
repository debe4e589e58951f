"""One thread for NumPy's own libraries, set before anything imports them."""

import measuring

assert measuring.ONE_THREAD
