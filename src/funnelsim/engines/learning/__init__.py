"""Learning from records: exposure, rates, laws of open leads, shocks, amounts and arrivals, with their uncertainty."""
