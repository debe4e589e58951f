"""Slow twin of kernels/funnel_walk.py and work_day.py: every lead, every day, in the order that docs/funnel.md tells.

It scans all leads every day and sorts every queue, where the kernel wakes leads by a calendar and keeps heaps.  It
shares no code with the package; it is handed the same tables and reads them by name.
"""

from math import floor, inf

from reference.funnel_lead import (
    ADAPTIVE,
    ARRIVALS,
    BALANCE,
    BIRTH,
    BORN_KEY,
    BY_STAGE,
    CAPABILITY,
    CHILD_KEY,
    CLEARANCE,
    CLOCK,
    COMPETITOR,
    E_ARRIVE,
    E_BORN,
    E_ENTER,
    E_LOST,
    E_PARK,
    E_PASS,
    E_REQUALIFY,
    E_RESURRECT,
    E_RIPEN,
    E_RULE,
    E_WON,
    FAST_TRACK,
    FLOW,
    FOREVER,
    HAND_OFF,
    IDLE,
    LOST,
    LOST_ON_THE_WAY,
    MEETING,
    NO_DECISION,
    NOT_QUALIFIED,
    NURTURE,
    NURTURED,
    OPEN,
    POOL,
    PURCHASE,
    QSL,
    QUALIFIED,
    READING,
    READY,
    REGRESS,
    REQUALIFY,
    RESELL,
    RESURRECT,
    STAFF,
    TRAITS,
    TRANSIT,
    UNSUBSCRIBED,
    VETO,
    WON,
    Lead,
)
from reference.keyed_random import purpose_key, threefry2x64, uniform
from reference.sampling import interpolated, table_position
from reference.work_day import WorkDay


class FunnelTwin(WorkDay):
    """One replication of a scenario under one strategy."""

    def __init__(self, tables, seed, replication, odds, arrivals, out, row):
        self.t, self.seed, self.replication = tables, seed, replication
        self.luck_odds, self.luck_arrivals = float(odds), float(arrivals)
        self.out, self.row, self.log = out, row, []
        self.days, self.stages, self.teams, self.curves = tables.days, tables.stages, tables.teams, tables.curves
        self.forces, self.rules = tables.forces, tables.rules
        self.count = len(self.stages.gain)
        self.end = len(self.days.period)
        self.leads = []
        self.score = float(self.rules.score)
        self.pool_left = self.t.sources.pool
        size = len(self.teams.heads)
        self.leftover, self.debt = [0] * size, [0] * size
        self.week_spent = self.week_room = 0
        self.capacity = [self.capacity_of(team) for team in range(size)]
        out.spent[row, 3] = -1

    # --- small readings ------------------------------------------------------------------------------------------

    def draw(self, purpose, lead, stage=0, cause=0, occurrence=0):
        key = purpose_key(purpose, stage, cause, occurrence)
        return threefry2x64((self.seed, key), (self.replication, lead))

    def add(self, name, day, amount=1):
        self.out.flow[self.row, self.days.period[min(day, self.end - 1)], FLOW[name]] += amount

    def note(self, day, lead, event, a=0, b=0, c=0):
        self.log.append((day, lead.slot if lead else -1, event, int(a), int(b), int(c)))

    def is_sales(self, team):
        return bool(self.teams.sales[team])

    def cooling(self, lead, day):
        beyond = max(0, day - lead.touched - self.curves.grace)
        return lead.cool + beyond

    def eased(self, lead):
        return 1 if self.rules.parallel and self.is_sales(lead.team) else 0

    def idle_losses(self, lead, first, last):
        """Losses run, in standard days, over the days [first, last)."""
        sums, grace = self.curves.idle_sum[self.eased(lead)], self.curves.grace
        total = float(last - first)
        total += float(sums[last - lead.touched]) - float(sums[first - lead.touched])
        zero = self.curves.zero
        cold = self.curves.cold_sum
        calm = max(0, min(last, lead.touched + grace + 1) - first)  # days on which it does not cool yet
        place = lead.cool + zero
        total += calm * (float(cold[place + 1]) - float(cold[place]))
        start = max(0, first - lead.touched - grace)
        stop = max(0, last - lead.touched - grace)
        if stop > 0:
            start = max(start, 1)
            total += float(cold[place + stop]) - float(cold[place + start])
        return total

    def loss_falls(self, lead, day):
        """Whether a calendar loss fires on this day."""
        if self.stages.by_work[lead.stage] or lead.settled > day or lead.status not in (OPEN, TRANSIT):
            return False
        return self.idle_losses(lead, lead.settled, day + 1) >= lead.loss_left

    def settle_loss(self, lead, day):
        if not self.stages.by_work[lead.stage] and day > lead.settled:
            lead.loss_left -= self.idle_losses(lead, lead.settled, day)
            lead.settled = day

    def ready_rate(self, lead):
        nurtured = lead.status == NURTURED or not self.is_sales(lead.team) or self.rules.parallel
        return self.forces.ready_rate + (self.forces.nurtured_rate if nurtured else 0.0)

    def is_ready(self, lead, day):
        return lead.ready_left - self.ready_rate(lead) * (day - lead.ready_since) <= 0.0

    def settle_ready(self, lead, day):
        if lead.ready_left not in (0.0, inf):
            lead.ready_left -= self.ready_rate(lead) * (day - lead.ready_since)
        lead.ready_since = day

    def account(self, lead, day):
        """Write the days before this one to whom they belong; once per day and lead."""
        days = day - lead.counted
        if days <= 0:
            return
        out, row = self.out, self.row
        out.owned[row, lead.team] += days
        if lead.status == NURTURED or (self.rules.parallel and self.is_sales(lead.team)):
            self.add("NURTURE_DAYS", day - 1, days)
        if lead.status in (OPEN, TRANSIT):
            out.neglected[row, lead.team] += max(0, day - max(lead.counted, lead.touched + self.curves.grace + 1))
            lead.longest_idle = max(lead.longest_idle, day - 1 - lead.touched)
        lead.counted = day

    def read(self, lead):
        """Read the lead anew: score and stated PC."""
        noise = float(self.curves.noise[lead.level])
        if self.rules.bands:
            noise *= 1.0 - float(self.curves.share[lead.known])
        word, other = self.draw(READING, lead.key, occurrence=lead.level + 8 * lead.spells)
        worth = float(self.curves.weight[int(lead.buyer)][lead.facts])
        z = interpolated(self.curves.normal, word)
        lead.reading = worth + noise * z
        if not lead.pc_fixed:
            cell = min(63, max(0, floor((lead.reading + 8.0) * 4.0)))
            lead.pc = float(self.curves.pc[lead.stage][cell])
        mixed = float(self.rules.agreement) * z + float(self.rules.disagreement) * interpolated(
            self.curves.normal, other
        )
        return worth + noise * mixed  # what Sales would read

    # --- births and stages ---------------------------------------------------------------------------------------

    def new(self, key, source, day, pr, stage, team):
        lead = Lead(len(self.leads), key, source, day, pr, stage, team)
        self.leads.append(lead)
        return lead

    def born(self, lead, day):
        self.out.born[self.row, lead.source, self.days.period[max(day, 0)]] += 1
        shown = {self.forces.sources: -2, self.forces.sources + 1: -1}.get(lead.source, lead.source)
        self.note(day, lead, E_BORN, lead.stage, lead.team, shown)
        self.add("EVENTS", day)

    def traits(self, lead, buyer_chance, day):
        word, _ = self.draw(BIRTH, lead.key)
        lead.buyer = uniform(word) < buyer_chance
        word, other = self.draw(TRAITS, lead.key)
        chance = float(self.forces.fact_buyer if lead.buyer else self.forces.fact_other)
        lead.facts = sum(((word >> 16 * j) & 0xFFFF) + 0.5 < chance * 65536.0 for j in range(4))
        lead.odds = float(self.curves.facts[lead.facts]) * self.luck_odds
        word, later = self.draw(READY, lead.key)
        u = uniform(word)
        if u < self.forces.ready_now:
            lead.ready_left = 0.0
        elif u < self.forces.ready_now + self.forces.ready_never:
            lead.ready_left = inf
        else:
            lead.ready_left = interpolated(self.curves.threshold[0], later)
        lead.ready_since = day
        if lead.buyer:
            word, _ = self.draw(PURCHASE, lead.key)
            lead.purchase = day + floor(uniform(word) * self.forces.purchase_days)
        return other

    def open_opening(self):
        opening = self.t.opening
        for i in range(len(opening.key)):
            lead = self.new(
                int(opening.key[i]), self.forces.sources + 1, 0, int(opening.pr[i]), int(opening.stage[i]),
                int(opening.team[i]),
            )  # fmt: skip
            self.traits(lead, float(opening.buyer[i]), 0)
            lead.touched, lead.cool = -1 - int(opening.idle[i]), int(opening.cooling[i])
            lead.known = int(self.stages.known[lead.stage])
            lead.delivered = lead.accepted = self.is_sales(lead.team)
            lead.sales_day = 0 if lead.delivered else -1
            self.born(lead, 0)
            lead.pc, lead.pc_fixed = float(opening.pc[i]), True
            self.enter(lead, lead.stage, 0)
            self.place(lead, 0, 0)

    def arrive_new(self, day):
        sources = self.t.sources
        for source in range(self.forces.sources):
            word, _ = threefry2x64((self.seed, purpose_key(ARRIVALS, occurrence=day)), (self.replication, source))
            u = uniform(word)
            count = sum(u >= float(entry) for entry in sources.counts[sources.rate[source][day]])
            for k in range(count):
                key = threefry2x64((BORN_KEY, source), (day, k))[0]
                kept = self.luck_arrivals
                if sources.pool > 0:
                    kept *= self.pool_left / sources.pool
                if uniform(self.draw(POOL, key)[0]) >= kept:
                    continue
                if sources.pool > 0:
                    self.pool_left -= 1
                self.birth(source, day, key)

    def birth(self, source, day, key):
        sources = self.t.sources
        lead = self.new(key, source, day, 0, int(sources.stage[source]), int(sources.team[source]))
        other = self.traits(lead, float(sources.buyer[source]), day)
        cell = table_position(self.draw(BIRTH, key)[1])
        lead.pr = round(float(sources.scale[source]) * float(sources.shape[source][cell]))
        lead.hot = (other & 0xFFFFFFFF) + 0.5 < float(sources.hot[source]) * 4294967296.0
        high = (other >> 32) + 0.5
        lead.raiser = high < float(sources.raiser[source]) * 4294967296.0
        lead.download = (
            not lead.raiser and high < (float(sources.raiser[source]) + float(sources.download[source])) * 4294967296.0
        )
        lead.cool = -self.curves.zero if lead.hot else 0
        lead.level = int(sources.level[source])
        lead.known = int(self.stages.known[lead.stage])
        self.add("ARRIVED", day)
        self.start(lead, day)

    def start(self, lead, day):
        """Let a lead that was just born begin."""
        self.born(lead, day)
        self.enter(lead, lead.stage, day)
        if self.is_sales(lead.team):
            self.delivered(lead, day)
            lead.accepted = True
            self.add("ACCEPTED", day)
        elif self.rules.fast_track and lead.hot:
            self.hand(lead, int(self.rules.sales), FAST_TRACK, day, day)
            return
        self.place(lead, day, day)

    def delivered(self, lead, day):
        self.add("DELIVERED", day)
        if not lead.delivered:
            lead.delivered, lead.sales_day = True, day
            self.add("FIRST_QUALIFIED", day)

    def enter(self, lead, stage, first):
        """Enter a stage; its clocks run from day ``first``."""
        stages = self.stages
        changed = stage != lead.stage
        lead.stage = stage
        advance, competitor = self.draw(CLOCK, lead.key, stage, 0, lead.entries)
        no_decision, regress = self.draw(CLOCK, lead.key, stage, 1, lead.entries)
        lead.entries += 1
        lead.left = interpolated(self.curves.threshold[stages.law[stage]], advance)
        lead.loss_left, lead.cause = inf, 0
        for cause, word in enumerate((competitor, no_decision, regress)):
            rate = float(stages.loss[stage][cause])
            if rate > 0.0:
                limit = interpolated(self.curves.threshold[0], word) / rate
                if limit < lead.loss_left:
                    lead.loss_left, lead.cause = limit, cause
        lead.level = max(lead.level, int(stages.low[stage]))
        lead.climbed, lead.last_work = 0, int(self.days.worked[first]) - 1
        lead.carry = max(0, int(stages.touch[stage]) - int(stages.pace[stage]))  # one touch fits at once
        lead.settled = lead.stage_since = first
        lead.fired, lead.queued, lead.work_due = 0, False, FOREVER
        lead.pc_fixed = lead.pc_fixed and not changed and lead.entries == 1
        self.read(lead)
        self.out.entered[self.row, stage] += 1
        self.add("EVENTS", first)
        self.note(first, lead, E_ENTER, stage, lead.team, lead.level)

    def leave_stage(self, lead, day, advanced):
        """Close a stay that ended before day ``day``."""
        days = day - lead.stage_since
        stayed = self.out.stayed[self.row, lead.stage]
        stayed[0 if advanced else 1] += 1
        stayed[2] += days
        stayed[3] += days * days
        lead.queued, lead.work_due, lead.fired = False, FOREVER, 0

    def place(self, lead, day, first):
        """Decide who owns a lead that just entered a stage, to be worked from day ``first``."""
        owner = int(self.stages.team[lead.stage])
        if not self.teams.can[lead.team][lead.stage]:
            self.hand(lead, owner, CAPABILITY, day, first)
        elif owner != lead.team and self.is_sales(owner) == self.is_sales(lead.team):  # a colleague's stage
            self.hand(lead, owner, QUALIFIED, day, first)
        elif self.is_sales(lead.team) or not self.gate(lead, day, first):
            self.plan_work(lead, first)

    def plan_work(self, lead, first):
        """Set the first day from ``first`` on which the lead can absorb a touch."""
        lead.work_due, lead.queued = FOREVER, False
        if not self.teams.can[lead.team][lead.stage] or first >= self.end:
            return
        touch, pace = int(self.stages.touch[lead.stage]), int(self.stages.pace[lead.stage])
        waits = -(-(touch - lead.carry) // pace)
        index = max(lead.last_work + waits, int(self.days.worked[first]))
        if index < len(self.days.work_day):
            lead.work_due = int(self.days.work_day[index])

    # --- ownership -----------------------------------------------------------------------------------------------

    def qualified(self, lead):
        rules = self.rules
        if rules.rule == BY_STAGE:
            return self.is_sales(self.stages.team[lead.stage])
        if rules.rule == QSL:
            return lead.level >= rules.level and lead.pc >= rules.pc and lead.pr * lead.pc >= rules.ev
        return lead.reading >= self.score

    def gate(self, lead, day, first):
        """Pass a lead to Sales if it qualifies; remember to ask again if only room or triage is in the way."""
        rules = self.rules
        lead.retry = -1
        if lead.passes >= rules.most_passes or not self.qualified(lead):
            return False
        if lead.came_back and (day < lead.rest_until or self.cooling(lead, day) > 0):
            if day < lead.rest_until:
                lead.retry = lead.rest_until
            return False
        owner = int(self.stages.team[lead.stage])
        to = owner if self.is_sales(owner) else int(rules.sales)
        limit = int(self.teams.max_open[to])
        if limit > 0 and self.open_with(to) >= limit:
            lead.retry = day + 1
            return False
        if rules.unreached and lead.stage < rules.triage_stage and self.days.clear[day] > day:
            lead.retry = int(self.days.clear[day])
            return False
        self.hand(lead, to, CLEARANCE if lead.came_back else QUALIFIED, day, first)
        return True

    def open_with(self, team):
        return sum(lead.team == team and lead.status in (OPEN, TRANSIT) for lead in self.leads)

    def hand(self, lead, to, reason, day, first):
        """Pass a lead to another team; days before ``first`` still belong to the old one."""
        self.account(lead, first)
        self.settle_loss(lead, first)
        self.settle_ready(lead, first)
        self.out.passes[self.row, reason] += 1
        self.add("PASSES", day)
        self.add("EVENTS", day)
        self.note(day, lead, E_PASS, lead.team, to, reason)
        number = lead.passes
        lead.passes += 1
        back = self.is_sales(lead.team) and not self.is_sales(to)
        lead.team, lead.queued, lead.work_due, lead.retry = to, False, FOREVER, -1
        if back:
            lead.came_back, lead.rest_until = True, first + int(self.rules.rest)
        if reason == FAST_TRACK:
            self.take_over(lead, reason, day, first)
            return
        if uniform(self.draw(HAND_OFF, lead.key, occurrence=number)[0]) < self.forces.hand_off_lost:
            self.lose(lead, LOST_ON_THE_WAY, day, first)
            return
        lead.known = int(self.curves.kept[lead.known])
        if self.forces.hand_off_days == 0:
            self.take_over(lead, reason, day, first)
        else:
            lead.status = TRANSIT
            lead.reason = reason
            lead.back_due = max(first, day + int(self.forces.hand_off_days))

    def take_over(self, lead, reason, day, first):
        """Let the new owner begin."""
        lead.status, lead.since, lead.tested = OPEN, first, first
        lead.back_due = FOREVER
        self.note(day, lead, E_ARRIVE, lead.team)
        self.add("EVENTS", day)
        if reason != FAST_TRACK:
            self.debt[lead.team] += int(self.forces.hand_off_ticks)
        theirs = self.read(lead)
        if self.is_sales(lead.team):
            self.delivered(lead, day)
            if self.rules.veto and not lead.accepted and reason != FAST_TRACK and theirs < self.score:
                self.add("VETOED", day)
                self.out.passes[self.row, VETO] += 1
                if self.rules.refused_lost:
                    self.lose(lead, NOT_QUALIFIED, day, first)
                else:
                    self.rest(lead, day, first, dormant=True)
                return
            lead.accepted = True
            self.add("ACCEPTED", day)
        elif lead.came_back:
            lead.retry = max(lead.rest_until, day + 1)
        if self.teams.can[lead.team][lead.stage]:
            self.plan_work(lead, first)

    def rest(self, lead, day, first, dormant):
        """Send a lead to nurture: dormant until it ripens, or parked until it is ready."""
        self.account(lead, first)
        self.settle_ready(lead, first)
        self.leave_stage(lead, first, advanced=False)
        lead.status, lead.team, lead.dormant, lead.retry = NURTURED, int(self.rules.marketing), dormant, -1
        ripens, leaves = self.draw(NURTURE, lead.key, occurrence=lead.spells)
        lead.spells += 1
        ripe, gone = FOREVER, FOREVER
        if dormant:
            rate = float(self.forces.regenerate_rate)
            if lead.buyer and rate > 0.0:
                ripe = first + 1 + floor(interpolated(self.curves.threshold[0], ripens) / rate)
        elif lead.ready_left <= 0.0:
            ripe = first + 1
        elif lead.ready_left < inf and self.ready_rate(lead) > 0.0:
            ripe = first + 1 + floor(lead.ready_left / self.ready_rate(lead))
        rate = float(self.forces.unsubscribe_rate)
        if rate > 0.0:
            gone = first + 1 + floor(interpolated(self.curves.threshold[0], leaves) / rate)
        lead.ripe, lead.back_due = ripe <= gone, min(ripe, gone)
        self.add("PARKED", day)
        self.add("EVENTS", day)
        self.note(day, lead, E_PARK, lead.stage, lead.team, 0 if dormant else 1)

    # --- ends ----------------------------------------------------------------------------------------------------

    def advance(self, lead, day):
        self.account(lead, day + 1)
        self.leave_stage(lead, day + 1, advanced=True)
        if lead.stage + 1 == self.count:
            self.win(lead, day)
            return
        self.enter(lead, lead.stage + 1, day + 1)
        self.place(lead, day, day + 1)

    def win(self, lead, day):
        out, row = self.out, self.row
        lead.status = WON
        out.entered[row, self.count] += 1
        self.add("WINS", day)
        self.add("EVENTS", day)
        self.add("BOOKED", day, lead.pr)
        if self.days.part[day] == 2:
            self.add("MONTH_END_WINS", day)
        out.booked[row, lead.team] += lead.pr
        out.by_source[row, lead.source] += lead.pr
        if out.spent[row, 3] < 0:
            out.spent[row, 3] = day
        if lead.buyer:
            self.add("PURCHASES", day)
        self.note(day, lead, E_WON, lead.team, lead.pr, lead.stage)
        self.plan_resell(lead, day)

    def plan_resell(self, lead, day):
        lead.back_due = FOREVER
        if self.rules.resell and self.forces.resell_rate > 0.0:
            word, _ = self.draw(RESELL, lead.key, occurrence=lead.children)
            lead.back_due = day + 1 + floor(interpolated(self.curves.threshold[0], word) / self.forces.resell_rate)

    def end_stay(self, lead, cause, day):
        """A loss clock fired on this day."""
        if cause == REGRESS:
            self.account(lead, day + 1)
            self.leave_stage(lead, day + 1, advanced=False)
            self.enter(lead, lead.stage - 1, day + 1)
            if self.teams.can[lead.team][lead.stage]:
                self.plan_work(lead, day + 1)
            else:
                self.hand(lead, int(self.stages.team[lead.stage]), CAPABILITY, day, day + 1)
        elif cause == NO_DECISION and self.rules.regenerate:
            self.rest(lead, day, day + 1, dormant=True)
        else:
            self.lose(lead, cause, day, day + 1)

    def lose(self, lead, reason, day, first):
        self.account(lead, first)
        if lead.status != NURTURED:
            self.leave_stage(lead, first, advanced=False)
        lead.status, lead.retry, lead.back_due = LOST, -1, FOREVER
        self.out.lost[self.row, lead.stage, reason, lead.team] += 1
        self.add("LOSSES", day)
        self.add("EVENTS", day)
        if lead.delivered and not lead.called:
            self.add("NEVER_CALLED", day)
        self.note(day, lead, E_LOST, lead.stage, reason, lead.team)
        if reason == COMPETITOR and self.rules.resurrect and lead.resurrected < self.forces.most_resurrections:
            coin, delay = self.draw(RESURRECT, lead.key, occurrence=lead.resurrected)
            if uniform(coin) < self.forces.resurrect_share:
                lead.back_due = first + 1 + floor(uniform(delay) * self.forces.resurrect_days)

    # --- a day ---------------------------------------------------------------------------------------------------

    def by_key(self, chosen):
        return sorted(chosen, key=lambda lead: lead.key)

    def come_back(self, day):
        """Step 2: leads on the way arrive, dormant ones ripen, lost ones re-open, customers need more."""
        for lead in self.by_key([lead for lead in self.leads if lead.back_due == day]):
            lead.back_due = FOREVER
            if lead.status == TRANSIT:
                self.take_over(lead, lead.reason, day, day)
            elif lead.status == NURTURED and not lead.ripe:
                self.lose(lead, UNSUBSCRIBED, day, day)
            elif lead.status == NURTURED:
                self.account(lead, day)
                self.settle_ready(lead, day)
                if not lead.dormant:
                    lead.ready_left = 0.0
                self.add("REGENERATED", day)
                self.note(day, lead, E_RIPEN, 0 if lead.dormant else lead.stage, lead.team)
                self.reopen(lead, 0 if lead.dormant else lead.stage, day)
            elif lead.status == LOST:
                lead.resurrected += 1
                lead.counted = day
                self.settle_ready(lead, day)
                lead.team = int(self.rules.marketing)
                self.add("RESURRECTED", day)
                self.note(day, lead, E_RESURRECT, lead.stage, lead.team)
                self.reopen(lead, lead.stage, day)
            else:
                self.resell(lead, day)

    def reopen(self, lead, stage, day):
        lead.status, lead.came_back, lead.pc_fixed = OPEN, False, False
        lead.touched, lead.cool, lead.since, lead.tested = day - 1, 0, day, day
        self.enter(lead, stage, day)
        self.place(lead, day, day)

    def resell(self, parent, day):
        stage = int(self.forces.resell_stage)
        key = threefry2x64((CHILD_KEY, parent.children), (parent.key, 0))[0]
        lead = self.new(
            key, self.forces.sources, day, round(parent.pr * float(self.forces.resell_pr)), stage,
            int(self.stages.team[stage]),
        )  # fmt: skip
        parent.children += 1
        self.plan_resell(parent, day)
        lead.buyer, lead.facts, lead.level = True, parent.facts, int(self.stages.low[stage])
        lead.odds = float(self.curves.facts[lead.facts]) * self.luck_odds * float(self.forces.resell_odds)
        lead.purchase = FOREVER
        lead.known = int(self.stages.known[stage])
        self.add("RESOLD", day)
        self.start(lead, day)

    def follow_rules(self, day):
        """Step 3: purchases elsewhere, returns, tests, and asking again."""
        rules = self.rules
        for lead in self.by_key(self.leads):
            if self.buys_elsewhere(lead, day):
                self.lose(lead, COMPETITOR, day, day)
            elif lead.status == OPEN and not self.is_sales(lead.team):
                if lead.retry == day:
                    self.gate(lead, day, day)
            elif lead.status == OPEN:
                self.follow_returns(lead, day)
        if rules.rule == ADAPTIVE and self.days.week[day]:
            self.adapt(day)
        if rules.max_load >= 0 and self.days.work[day]:
            self.balance(day)

    def buys_elsewhere(self, lead, day):
        """Whether a buyer buys from a competitor today because it was left alone."""
        if not self.forces.latent or lead.purchase != day:
            return False
        idle = day - lead.touched > self.forces.inactive
        return lead.status == NURTURED or (lead.status in (OPEN, TRANSIT) and idle)

    def follow_returns(self, lead, day):
        """Give a lead of Sales back, or test it again, if a rule says so."""
        rules = self.rules
        idle = day - max(lead.touched, lead.since)
        may_go = self.may_go_back(lead)
        if may_go and 0 <= rules.idle_days <= idle:
            self.back(lead, IDLE, day, day)
        elif may_go and 0 <= rules.meeting_idle <= idle and self.days.meeting[day] == day:
            self.back(lead, MEETING, day, day)
        elif 0 <= rules.requalify <= day - lead.tested:
            self.test_again(lead, day)

    def back(self, lead, reason, day, first):
        """Give a lead back to Marketing, if it may go."""
        if self.may_go_back(lead):
            self.hand(lead, int(self.rules.marketing), reason, day, first)

    def may_go_back(self, lead):
        """Tell whether a lead was not passed too often, and Marketing can work its stage."""
        can = self.teams.can[self.rules.marketing][lead.stage]
        return bool(lead.passes < self.rules.most_passes and can)

    def test_again(self, lead, day):
        lead.tested = day
        if self.stages.gated[lead.stage]:
            return
        kept = self.qualified(lead)
        self.note(day, lead, E_REQUALIFY, kept, lead.team)
        self.add("EVENTS", day)
        if not kept:
            self.back(lead, REQUALIFY, day, day)

    def adapt(self, day):
        rules = self.rules
        step = 0
        if self.week_room > 0:
            use = self.week_spent / self.week_room
            step = 1 if use > rules.tighten else -1 if use < rules.loosen else 0
        self.week_spent = self.week_room = 0
        if step == 0:
            return
        self.score = min(8.0, max(-8.0, self.score + step * float(rules.step)))
        self.add("RULE_CHANGES", day)
        self.note(day, None, E_RULE, step)
        for lead in self.by_key(self.leads):
            if lead.status == OPEN and self.is_sales(lead.team):
                self.test_again(lead, day)
            elif lead.status == OPEN:
                self.gate(lead, day, day)

    def balance(self, day):
        excess = sum(self.is_sales(lead.team) and lead.status in (OPEN, TRANSIT) for lead in self.leads) - int(
            self.rules.max_load
        )
        waiting = [
            lead
            for lead in self.leads
            if lead.queued and lead.status == OPEN and self.is_sales(lead.team) and self.may_go_back(lead)
        ]
        waiting.sort(key=lambda lead: self.rank(lead, day), reverse=True)
        for lead in waiting[: max(0, excess)]:
            self.back(lead, BALANCE, day, day)

    def capacity_of(self, team):
        """Ticks of a team by day, after departures, vacancies and ramps."""
        teams, days = self.teams, self.days
        full, heads = int(teams.ticks[team]), int(teams.heads[team])
        if teams.leave[team] <= 0.0:
            return [heads * full * int(work) for work in days.work]
        found = [0] * self.end
        ramp = int(teams.ramp[team])
        for head in range(heads):
            hired, number, seasoned = 0, 0, True
            while hired < self.end:
                word, _ = self.draw(STAFF, head, stage=team, occurrence=number)
                leaves = hired + floor(interpolated(self.curves.threshold[0], word) / float(teams.leave[team]))
                for day in range(hired, min(leaves, self.end)):
                    share = full if seasoned or day - hired + 1 >= ramp else full * (day - hired + 1) // ramp
                    found[day] += share * int(days.work[day])
                hired, number, seasoned = leaves + int(teams.vacancy[team]) + 1, number + 1, False
        return found

    def run_clocks(self, day):
        """Step 5: whatever reached its threshold first today, happens."""
        for lead in self.by_key([one for one in self.leads if one.status in (OPEN, TRANSIT)]):
            fraction = inf
            if lead.doomed == day:
                fraction = lead.doom
            elif self.loss_falls(lead, day):
                fraction = self.loss_fraction(lead, day)
            if lead.fired == 1 and lead.fraction <= fraction:
                self.advance(lead, day)
            elif lead.fired or fraction < inf:
                self.end_stay(lead, lead.cause, day)

    def close_period(self, day):
        period, out, row = self.days.period[day], self.out, self.row
        for lead in self.by_key([one for one in self.leads if one.status in (OPEN, TRANSIT)]):
            out.open_at[row, period, lead.stage] += 1
            out.ev_at[row, period, lead.stage, lead.level] += round(lead.pr * lead.pc)
            if day + 1 - lead.touched > self.curves.grace:
                place = min(self.cooling(lead, day + 1), self.curves.coldest) + self.curves.zero
                out.drift[row, 0] += 1.0
                out.drift[row, 1] += float(self.curves.drift[lead.stage][place])

    def replicate(self):
        """Walk all days; return the log."""
        self.open_opening()
        for day in range(self.end):
            self.arrive_new(day)
            self.come_back(day)
            self.follow_rules(day)
            if self.days.work[day]:
                self.work(day)
            self.run_clocks(day)
            if day + 1 == self.end or self.days.period[day + 1] != self.days.period[day]:
                self.close_period(day)
        out, row = self.out, self.row
        for lead in self.leads:
            if lead.status in (OPEN, TRANSIT, NURTURED):
                self.account(lead, self.end)
            out.ends[row, lead.status] += 1
            if lead.status != WON:
                out.spent[row, 0] += lead.sales_ticks
            out.spent[row, 1] += lead.longest_idle > 14
            out.spent[row, 2] += lead.longest_idle > 30
            if lead.buyer and lead.status != WON and lead.purchase < self.end:
                self.add("PURCHASES", lead.purchase)
        return self.log
