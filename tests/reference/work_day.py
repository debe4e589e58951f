"""Slow twin of kernels/work_day.py: every queue sorted anew every day, every lead asked whether its day has come."""

from math import ceil, inf

from reference.funnel_lead import (
    ANYTHING,
    CLOSE_SOONEST,
    E_TOUCH,
    EV,
    EV_PER_HOUR,
    FIFO,
    FOREVER,
    NEWEST,
    OPEN,
    PC,
    STAGE,
    TRIAGE,
)


class WorkDay:
    """Step 4 of a day; the rest of the twin is reference/funnel_walk.py."""

    def urgent(self, lead, day):
        rules = self.rules
        if not self.is_sales(lead.team):
            return False
        return bool(
            (rules.sla and lead.raiser and not lead.called)
            or (rules.fast_track and lead.hot and not lead.called)
            or (self.days.triage[day] and lead.stage >= rules.triage_stage)
        )

    def rank(self, lead, day):
        return (0 if self.urgent(lead, day) else 1, lead.value, lead.key)

    def value_of(self, lead, day):
        order = int(self.teams.order[lead.team])
        if order == FIFO:
            return float(max(lead.since, lead.stage_since))
        if order == NEWEST:
            return -float(max(lead.since, lead.stage_since))
        if order == STAGE:
            return -float(lead.stage)
        if order == PC:
            return -lead.pc
        if order == EV:
            return -(lead.pr * lead.pc)
        if order == EV_PER_HOUR:
            return -(lead.pr * lead.pc) / float(self.stages.hours[lead.stage])
        if order == CLOSE_SOONEST:
            return float(lead.stage_since + int(self.stages.expected[lead.stage]))
        if order == ANYTHING:
            return -float(lead.touched)
        return float(self.cooling(lead, day))

    def work(self, day):
        """Step 4: every team spends its hours, touch by touch, in its order."""
        for lead in self.leads:
            if lead.status == OPEN and lead.work_due == day:
                lead.work_due, lead.queued = FOREVER, True
                lead.value = self.value_of(lead, day)
        for team in range(len(self.teams.heads)):
            self.work_team(team, day)
        if self.rules.unreached and self.days.triage[day]:
            waiting = [
                lead
                for lead in self.leads
                if lead.queued and lead.status == OPEN and self.is_sales(lead.team)
                and not self.urgent(lead, day) and lead.stage < self.rules.triage_stage
                and lead.touched != day and not self.loss_falls(lead, day)
            ]  # fmt: skip
            for lead in self.by_key(waiting):
                self.back(lead, TRIAGE, day, day + 1)

    def work_team(self, team, day):
        limitless = bool(self.teams.unlimited[team])
        there = self.capacity[team][day]
        period = self.days.period[day]
        self.out.room[self.row, team, period] += there
        available = there + self.leftover[team]
        paid = self.debt[team] if limitless else min(self.debt[team], available)
        self.debt[team] -= paid
        self.spend(team, day, paid)
        rest = FOREVER if limitless else available - paid
        self.leftover[team] = 0
        queue = [lead for lead in self.leads if lead.queued and lead.status == OPEN and lead.team == team]
        queue.sort(key=lambda lead: self.rank(lead, day))
        for lead in queue:
            used = self.visit(lead, team, day, rest)
            if used < 0:
                self.leftover[team] = rest
                break
            rest -= used
        if self.is_sales(team):
            self.week_room += there

    def spend(self, team, day, ticks):
        self.out.ticks[self.row, team, self.days.period[day]] += ticks
        if self.is_sales(team):
            self.week_spent += ticks

    def pace_of(self, lead, team, day):
        """Advance clock run by one touch."""
        stages, curves, stage = self.stages, self.curves, lead.stage
        if stages.gated[stage] and not (lead.buyer and self.is_ready(lead, day)):
            return 0.0
        speed = float(self.teams.effect[team][stage]) * float(stages.gain[stage]) * lead.odds
        speed *= float(curves.warmth[self.cooling(lead, day) + curves.zero])
        speed *= float(curves.known[stage][lead.known])
        return speed if lead.buyer else speed * float(stages.other[stage])

    def visit(self, lead, team, day, rest):
        """Work one lead; returns the ticks spent, or -1 if the team has too few left for a touch."""
        stages, stage = self.stages, lead.stage
        touch, pace = int(stages.touch[stage]), int(stages.pace[stage])
        index = int(self.days.worked[day])
        allowed = min(lead.carry + pace * (index - lead.last_work), max(pace, touch) + touch)
        charge = int(self.teams.charge[team][stage])
        touches = allowed // touch
        if charge > 0:
            touches = min(touches, rest // charge)
        if touches == 0:
            return -1
        if self.is_sales(team):
            self.sales_call(lead, day)
        speed = self.pace_of(lead, team, day)
        effect = float(self.teams.effect[team][stage])
        planned = touches
        to_win = lead.left / speed if speed > 0.0 else inf
        to_lose = lead.loss_left / effect if stages.by_work[stage] and effect > 0.0 else inf
        first = min(to_win, to_lose)
        if first <= touches:
            touches = max(1, ceil(first))
            lead.fired = 1 if to_win <= to_lose else 2
            lead.fraction = first / planned
        used = touches * charge
        self.spend(team, day, used)
        self.out.touches[self.row, team, self.days.period[day]] += touches
        self.add("TOUCHES", day, touches)
        self.add("EVENTS", day, touches)
        self.note(day, lead, E_TOUCH, team, touches, used)
        lead.carry, lead.last_work = allowed - touches * touch, index
        lead.left -= touches * speed
        if stages.by_work[stage]:
            lead.loss_left -= touches * effect
        if self.is_sales(team):
            lead.sales_ticks += used
            self.out.parts[self.row, stage, self.days.part[day]] += used
        if self.loss_falls(lead, day):  # the touch comes too late to slow today's losses
            lead.doomed, lead.doom = day, self.loss_fraction(lead, day)
        if effect > 0.0:
            self.impress(lead, day, touches)
        self.after_visit(lead, team, day)
        return used

    def loss_fraction(self, lead, day):
        """Return at which part of the day a calendar loss fires."""
        before = self.idle_losses(lead, lead.settled, day)
        after = self.idle_losses(lead, lead.settled, day + 1)
        return (lead.loss_left - before) / (after - before)

    def sales_call(self, lead, day):
        if not lead.called:
            lead.called = True
            self.add("FIRST_CALLS", day)
            self.add("CALL_DELAY", day, day - lead.sales_day)
            if lead.raiser:
                lead.odds *= float(self.curves.response[min(day - lead.born, len(self.curves.response) - 1)])
        early = lead.download and lead.level < 3 and not self.is_ready(lead, day)
        if early and lead.early < self.curves.most_premature:
            lead.early += 1
            lead.odds *= float(self.curves.premature)

    def impress(self, lead, day, touches):
        """What an effective touch leaves: no longer idle, warmer, better known, higher in level."""
        self.account(lead, day + 1)
        if lead.doomed != day:
            self.settle_loss(lead, day + 1)
        cool = self.cooling(lead, day)
        lead.cool = cool if cool <= 0 else max(0, cool - self.curves.lift * touches)
        lead.cool = min(lead.cool, self.curves.coldest)
        lead.touched = day
        lead.known = min(lead.known + touches, len(self.curves.share) - 1)
        lead.climbed += touches
        stages, stage = self.stages, lead.stage
        lead.level = max(
            lead.level, min(int(stages.high[stage]), int(stages.low[stage]) + lead.climbed // int(stages.climb[stage]))
        )
        self.read(lead)

    def after_visit(self, lead, team, day):
        if lead.fired or lead.doomed == day:
            lead.queued = False
            return
        if self.is_sales(team):
            if self.rules.park and not self.is_ready(lead, day):
                self.rest(lead, day, day + 1, dormant=False)
                return
        elif self.gate(lead, day, day + 1):
            return
        if lead.carry < int(self.stages.touch[lead.stage]):
            self.plan_work(lead, day + 1)
