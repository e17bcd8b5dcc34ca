"""Which target holds for a figure that is looked at."""

from .indicators import TARGETS_OF


def fitting_goal(goals, figure, sites, teams, products):
    """The target set for a figure: the one that says most exactly what is looked at.

    :param goals: as ``helpdesk.target._general_goals`` gives them
    :param str figure: name of an indicator
    :param sites: ids of the sites that are looked at, empty for all; ``teams`` and ``products`` likewise
    :return: float, None where there is no target
    """
    metric = TARGETS_OF.get(figure)
    fitting = []
    for known, site, team, product, goal in goals:
        asked = ((site, sites), (team, teams), (product, products))
        if known == metric and all(not one or set(ids) == {one} for one, ids in asked):
            fitting.append((sum(bool(one) for one, _ids in asked), goal))
    return max(fitting)[1] if fitting else None
