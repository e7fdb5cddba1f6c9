"""The command line of `tools/bench`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from . import cases, contenders, gates, programs, report, views
from .contenders import Contender
from .programs import Failed, say
from .results import Results
from .run import Plan, run

HELP = """\
Measures the proxy beside nginx and haproxy, which record nothing, and mitmproxy, which records; and `livetape serve`,
the live-view server, beside pyview; and `livetape analyze` beside a Python script.

Every round runs each case with each proxy in turn, against the same echo server, with every answer checked. Absolute
figures wander on shared machines: look at ratios, of medians over rounds. The run fails if a gate is missed.

  tools/bench                        everything; about 20 minutes, and a release build the first time
  tools/bench --quick                two short rounds, to look
  tools/bench --only pingpong-100    one case (direct, nginx, … likewise name a proxy; repeatable)
  tools/bench --only views           live views: memory, events, joins, a broadcast, 9,000 that come back at once
  tools/bench --only analyze         1 GB of live-view JSON analysed, beside a Python script that decodes it
  tools/bench --only json            JSON of live views, read by our readers and by Foundation's
  tools/bench --compare main         what the working tree changed: main is built and measured beside it
  tools/bench --json now.json        keeps the figures; --compare now.json compares with them later
  tools/bench --smoke                a few seconds with what is built already: does the bench itself work?
"""


def parse() -> argparse.Namespace:
    names = ", ".join(cases.names())
    parser = argparse.ArgumentParser(
        prog="tools/bench", description=HELP, epilog=f"Cases: {names}.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="two rounds of a second a case, fewer sockets")
    parser.add_argument("--smoke", action="store_true", help="direct and livetape only, moments of each case; no gates")
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="only this case or proxy; repeatable")
    parser.add_argument("--rounds", metavar="N", type=int, help="rounds of each case; default 5")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures of all rounds there")
    parser.add_argument("--compare", metavar="BASE", help="a revision to build and measure beside, or an earlier JSON")
    arguments = parser.parse_args()
    if arguments.rounds is not None and arguments.rounds < 1:
        parser.error("--rounds takes 1 or more")
    known = cases.names() + [contender.name for contender in contenders.everyone(Path())] + ["pyview"]
    for name in arguments.only:
        if name not in known:
            parser.error(f"--only {name}: there are {', '.join(known)}")
    return arguments


#: A case of each kind.
SMOKE_VIEWS: list[cases.ViewCase] = [
    cases.Held("views-200", "200 views", 200),
    cases.Events("events-20", "events of 20 views", 20),
    cases.Broadcast("broadcast", "a word to 200 views", 200),
    cases.Reconnect("reconnect", "200 views come back at once", 200),
]


def smoke() -> int:
    binary = programs.built_livetape()
    programs.build_load()
    both = [Contender("direct", None), Contender("livetape", contenders.livetape(binary), records=True)]
    plan = Plan(binary, both, rounds=1, seconds=0.2, soak_messages=2_000_000, idle_sockets=0, disk_megabytes=16)
    plan.only = {case.name for case in [*cases.TRAFFIC, *SMOKE_VIEWS, *cases.ANALYSES]} | {"disk", "seal"}
    plan.analyzers, plan.analysis_megabytes = {"livetape": binary}, 1
    plan.seal_exchanges = 5_000
    plan.view_cases, plan.view_servers = SMOKE_VIEWS, [views.livetape("livetape", binary)]
    results = Results()
    run(plan, results)
    print(report.table(results))
    print(f"\n{report.views_table(results, SMOKE_VIEWS)}")
    print(f"\n{report.analysis_table(results)}")
    print(f"the bench works, with {binary}")
    return 0


def selected(arguments: argparse.Namespace, binary: Path, base: Path | None) -> list[Contender]:
    """The direct way and nginx are always there: added latency and ratios need them."""
    everyone = contenders.everyone(binary)
    wanted = {name for name in arguments.only if name in {contender.name for contender in everyone}}
    if base:
        wanted = wanted | {"livetape"}
        everyone.append(Contender("base", contenders.livetape(base), records=True))
        wanted.add("base")
    if not wanted:
        return everyone
    return [contender for contender in everyone if contender.name in wanted | {"direct", "nginx"}]


def view_servers(arguments: argparse.Namespace, binary: Path, base: Path | None) -> list[views.ViewServer]:
    """Those that are asked for; all, if none is. A base that cannot serve is left out."""
    everyone = [views.pyview(), views.livetape("livetape", binary)]
    wanted = {name for name in arguments.only if name in ("pyview", "livetape")}
    if base:
        wanted.add("livetape")
        everyone += [views.livetape("base", base)] if views.can_serve(base) else []
        wanted.add("base")
    return [server for server in everyone if not wanted or server.name in wanted]


def bench(arguments: argparse.Namespace) -> int:
    earlier = base = None
    if arguments.compare and arguments.compare.endswith(".json"):
        earlier = Results.read(Path(arguments.compare))
    programs.install()
    programs.build_load()
    if arguments.compare and not earlier:
        base = programs.build_base(arguments.compare)
    binary = programs.build_livetape()
    facts = {"revision": programs.revision(), "machine": programs.machine(), "date": time.strftime("%Y-%m-%d")}
    results = Results(facts)
    plan = Plan(binary, selected(arguments, binary, base))
    plan.view_servers = view_servers(arguments, binary, base)
    plan.only = {name for name in arguments.only if name in cases.names()}
    if "views" in plan.only:
        plan.only |= {case.name for case in cases.VIEWS}
    if "analyze" in plan.only:
        plan.only |= {case.name for case in cases.ANALYSES}
    if "json" in plan.only:
        plan.only |= {case.name for case in cases.PARSINGS}
    if any(plan.has(case.name) for case in cases.PARSINGS):
        plan.json_bench = programs.build_json_bench()
    plan.analyzers = {"livetape": binary} | ({"base": base} if base else {})
    if arguments.quick:
        plan.rounds, plan.seconds, plan.idle_sockets, plan.soak_messages = 2, 1.0, 1_000, 3_000_000
        plan.seal_exchanges, plan.most_views, plan.analysis_megabytes = 100_000, 1_000, 100
    plan.rounds = arguments.rounds or plan.rounds
    failure: programs.Failed | None = None
    try:
        run(plan, results)
    except programs.Failed as failed:
        # Half an hour's figures are shown all the same.
        failure = failed
    if arguments.json:
        results.write(arguments.json)
    code = conclude(results, plan, earlier, base is not None)
    if failure:
        raise failure
    return code


def conclude(results: Results, plan: Plan, earlier: Results | None, has_base: bool) -> int:
    rounds = f"medians of {plan.rounds} round{'s' if plan.rounds > 1 else ''}"
    print(f"\n{results.facts['machine']}; {results.facts['revision']}; {rounds}")
    if proxies := report.table(results):
        print(f"\n{proxies}")
    if servers := report.views_table(results, plan.view_cases):
        print(f"\n{servers}\n\n{report.PHOENIX}")
    if analyses := report.analysis_table(results):
        print(f"\n{analyses}")
    if readers := report.parsing_table(results):
        print(f"\n{readers}")
    for line in report.extras(results):
        print(f"\n{line}")
    if has_base:
        print(f"\n{report.comparison(results)}")
    if earlier:
        print(f"\n{report.comparison_with_earlier(results, earlier)}")
    verdicts = list(gates.judge(results))
    print("")
    for verdict in verdicts:
        print(verdict.describe())
    missed = [verdict for verdict in verdicts if not verdict.holds]
    print(f"{len(verdicts) - len(missed)} gates hold, {len(missed)} missed, {len(gates.GATES) - len(verdicts)} not measured")
    return 1 if missed else 0


def main() -> int:
    arguments = parse()
    try:
        return smoke() if arguments.smoke else bench(arguments)
    except Failed as failure:
        say(f"tools/bench: {failure}")
        return 2
