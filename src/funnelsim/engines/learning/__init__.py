"""Learning from records: exposure, hazards, laws of open leads, shocks, amounts and arrivals, each with its uncertainty."""
