"""Need of agents against shifts: plain Python, no Odoo.

A day is a list of :data:`SLOTS` half hours by the clock of the site.
"""

SLOT_SECONDS = 1800
SLOTS = 48


def covered_slots(start_hour, hours):
    """The half hours of a day that a shift covers wholly or in part, those after midnight at the start of the day.

    :param float start_hour: by the clock of the site
    :param float hours: how long it lasts
    :return: list of numbers, in order of the shift
    """
    first = int(start_hour * 2)
    last = start_hour * 2 + hours * 2
    count = min(SLOTS, int(-(-last // 1)) - first)
    return [(first + number) % SLOTS for number in range(count)]


def propose(need, shifts):
    """How many agents on each shift cover the need of a day.

    Again and again one more agent goes to the shift that takes away most of what is missing: exact for shifts that
    don't overlap, close to it for those that do.

    :param list need: agents for each half hour of a day
    :param dict shifts: shift → (start hour, hours)
    :return: shift → agents, and the half hours that no shift covers though somebody is needed
    """
    slots = {shift: covered_slots(*times) for shift, times in shifts.items()}
    missing = list(need)
    agents = dict.fromkeys(shifts, 0)
    while slots:
        gain = {shift: sum(missing[slot] > 0 for slot in covered) for shift, covered in slots.items()}
        best = max(slots, key=lambda shift: gain[shift])
        if not gain[best]:
            break
        agents[best] += 1
        for slot in slots[best]:
            missing[slot] -= 1
    return agents, [slot for slot in range(SLOTS) if missing[slot] > 0]
