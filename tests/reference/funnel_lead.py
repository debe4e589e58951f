"""The codes of a funnel simulation and the state of one lead, for the slow twins of the funnel kernels."""

from math import inf

ARRIVALS, POOL, BIRTH, TRAITS, READY, PURCHASE = 5, 6, 7, 8, 9, 10
CLOCK, READING, HAND_OFF, RESURRECT, NURTURE, RESELL, STAFF = 11, 12, 13, 14, 15, 16, 17
BORN_KEY, CHILD_KEY = 0x66756E6E656C0001, 0x66756E6E656C0002
OPEN, TRANSIT, NURTURED, WON, LOST = range(5)
COMPETITOR, NO_DECISION, REGRESS, NOT_QUALIFIED, UNSUBSCRIBED, LOST_ON_THE_WAY = range(6)
QUALIFIED, IDLE, MEETING, TRIAGE, BALANCE, VETO, REQUALIFY, CAPABILITY, CLEARANCE, FAST_TRACK = range(10)
BY_STAGE, BY_THRESHOLD, TWO_TIER, QSL, ADAPTIVE = range(5)
FIFO, NEWEST, STAGE, PC, EV, EV_PER_HOUR, CLOSE_SOONEST, ANYTHING, TEMPERATURE = range(9)
FLOWS = """
    ARRIVED FIRST_QUALIFIED DELIVERED ACCEPTED VETOED WINS BOOKED LOSSES PARKED REGENERATED RESURRECTED RESOLD PASSES
    TOUCHES FIRST_CALLS CALL_DELAY NEVER_CALLED PURCHASES RULE_CHANGES MONTH_END_WINS NURTURE_DAYS EVENTS
"""
FLOW = {name: number for number, name in enumerate(FLOWS.split())}
E_BORN, E_ENTER, E_TOUCH, E_PASS, E_ARRIVE, E_PARK, E_RIPEN, E_LOST, E_WON, E_RESURRECT, E_REQUALIFY, E_RULE = range(12)
FOREVER = 1 << 60


class Lead:
    """One lead; days count from 0."""

    def __init__(self, slot, key, source, born, pr, stage, team):
        self.slot, self.key, self.source, self.born = slot, key, source, born
        self.pr, self.stage, self.team = pr, stage, team
        self.status, self.buyer, self.facts, self.odds = OPEN, False, 0, 1.0
        self.hot = self.raiser = self.download = False
        self.ready_left, self.ready_since = 0.0, born
        self.purchase = FOREVER
        self.level = self.climbed = self.known = 0
        self.pc, self.pc_fixed, self.reading = 0.0, False, 0.0
        self.touched, self.cool = born - 1, 0
        self.entries = self.passes = self.spells = self.resurrected = self.children = self.early = 0
        self.left = self.loss_left = inf
        self.cause, self.settled = 0, born
        self.carry, self.last_work = 0, -1
        self.since = self.stage_since = self.counted = self.tested = born
        self.work_due, self.queued, self.value = FOREVER, False, 0.0
        self.back_due, self.ripe = FOREVER, False
        self.dormant = self.came_back = self.delivered = self.called = self.accepted = False
        self.rest_until, self.retry, self.sales_day = 0, -1, -1
        self.fired, self.fraction = 0, inf  # 1 advance, 2 loss by work
        self.doomed, self.doom = -1, inf  # day on which a calendar loss fires although the lead was touched
        self.reason = 0  # of the pass that it is on the way for
        self.sales_ticks = self.longest_idle = 0
