"""Slow twin of engines/stage_rates.py: leads that are always worked, one by one, day by day, carry by carry."""

from math import exp, factorial, inf


def stay(weekday, workdays, touch, pace, step, threshold, loss, limit, by_work=False):
    """Follow one lead; return whether it advanced, and its days.

    ``step`` is what a touch adds to the advance clock, ``loss`` what a day (or by_work a touch) adds to the loss clock.
    """
    carry, last, index, clock, lost, day = max(0, touch - pace), -1, 0, 0.0, 0.0, 0
    while True:
        wins = loses = inf
        if workdays[(weekday + day) % 7]:
            allowed = min(carry + pace * (index - last), max(pace, touch) + touch)
            touches = allowed // touch
            if touches:
                run = touches * step
                wins = (threshold - clock) / run if run > 0 else inf
                if by_work:
                    loses = (limit - lost) / (touches * loss) if loss > 0 else inf
                    lost += touches * loss
                clock += run
                carry, last = allowed - touches * touch, index
            index += 1
        if not by_work:
            loses = (limit - lost) / loss if loss > 0 else inf
            lost += loss
        day += 1
        if min(wins, loses) <= 1.0:
            return wins <= loses, day


def stays(random, leads, problem, gain, loss):
    """Follow many leads that enter as the problem says; return three lists: buyer, advanced, days."""
    found = ([], [], [])
    hours = problem.touch / 3_600_000
    for entry in random.choice(14, size=leads, p=problem.inflow):
        buyer = entry < 7
        step = gain * hours * (1.0 if buyer else problem.other)
        advanced, days = stay(
            entry % 7,
            problem.workdays,
            problem.touch,
            problem.pace,
            step,
            random.gamma(problem.shape, 1 / problem.shape),
            loss * hours if problem.by_work else loss,
            random.exponential(),
            problem.by_work,
        )
        for column, value in zip(found, (buyer, advanced, days), strict=True):
            column.append(value)
    return found


def conversion_on_a_grid(problem, gain, loss, cells=400, days=600):
    """Return the share of all leads that advance, integrating over fine steps of each day (midpoint rule)."""
    k, total = problem.shape, 0.0
    hours = problem.touch / 3_600_000
    for entry, share in enumerate(problem.inflow):
        step = gain * hours * (1.0 if entry < 7 else problem.other)
        worked = before = 0
        for day in range(days if share > 0 and step > 0 else 0):
            worked += problem.workdays[(entry + day) % 7]
            had = problem.pace * worked + max(0, problem.touch - problem.pace) if worked else 0
            touches = had // problem.touch - before
            for cell in range(cells if touches else 0):
                part = (cell + 0.5) / cells
                y = k * step * (before + touches * part)
                lost = loss * hours * (before + touches * part) if problem.by_work else loss * (day + part)
                density = k * y ** (k - 1) * exp(-y) / factorial(k - 1) * step * touches
                total += share * density * exp(-lost) / cells
            before += touches
    return total
