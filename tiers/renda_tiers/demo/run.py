"""The demonstration's course, step by step; whoever carries what is said, it is the same."""

from contextlib import ExitStack

from renda_tiers.demo import building, cycle, decade, directives, plan, servers
from renda_tiers.demo.building import Say
from renda_tiers.demo.chain import Chain
from renda_tiers.demo.directives import Course
from renda_tiers.demo.nodes import Servers
from renda_tiers.demo.plan import Calendar


def inside(chain: Chain, calendar: Calendar, say: Say) -> Course:
    """Everything, within this process; the directive that was closed."""
    _first(chain, calendar, say)
    return _second(chain, calendar, say)


def over_http(on: Servers, chain: Chain, calendar: Calendar, say: Say) -> Course:
    """Everything, carried by the nodes' own processes; a township gets its own node in the middle.

    Returns:
        The directive that was closed.

    Raises:
        NotServed: see `servers.served`.
    """
    chain.carry = servers.over_http
    workers = bool(on.broker)
    with ExitStack() as running:
        configs = {on.address(place): on.config(place) for place in plan.PLACES}
        running.enter_context(servers.served(configs, workers=workers))
        _first(chain, calendar, say)
        say("moved")
        new = plan.NEW_PLACE
        building.move(on, chain, new)
        running.enter_context(servers.served({on.address(new): on.config(new)}, workers=workers))
        chain.settle()
        return _second(chain, calendar, say)


def _first(chain: Chain, calendar: Calendar, say: Say) -> None:
    """Ten years, and a bimonth until its publication."""
    before, after = calendar.before, calendar.after
    say("decade")
    decade.report(chain, after(before, 2))
    chain.settle()
    cycle.endorse(chain, plan.DECADE, plan.DECADE_PERIOD, after(before, 6))
    say("published")
    cycle.submit_all(chain, before, after(before, 3))
    cycle.endorse(chain, plan.BIMONTH, before, after(before, 6))
    cycle.publish(chain, before, after(before, 7))


def _second(chain: Chain, calendar: Calendar, say: Say) -> Course:
    """A correction of that, a directive, and the bimonth of now; the directive that was closed."""
    say("corrected")
    cycle.correct_late(chain, calendar)
    cycle.publish(chain, calendar.before, calendar.after(calendar.before, 10))
    say("directive")
    course = directives.close_one(chain, calendar)
    say("reports")
    cycle.submit_all(chain, calendar.period, calendar.after(calendar.period, 3), silent=plan.SILENT)
    cycle.return_two(chain, calendar)
    cycle.correct_one(chain, calendar)
    left = plan.UNSETTLED
    cycle.endorse(chain, plan.BIMONTH, calendar.period, calendar.after(calendar.period, 6), left=left)
    cycle.nudge_one(chain, calendar)
    directives.begin_one(chain, calendar)
    return course
