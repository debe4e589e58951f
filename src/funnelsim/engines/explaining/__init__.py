"""Why an answer is what it is: bridges between runs, drivers, shares of the band, where it went off the rails."""
