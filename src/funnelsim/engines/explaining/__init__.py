"""Why an answer is what it is: bridges between two runs, drivers, shares of the band, and where it went off the rails."""
