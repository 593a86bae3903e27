"""python -m core simulate: what each policy of storage classes would have cost, by every fee and minimum of S3."""

import argparse
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from core.billing.prices import load_prices
from core.commands.printing import note, say, say_json, say_table
from core.errors import WrongArguments
from core.recommendations.history import Days, History, read_history
from core.recommendations.simulation import NAMES, Simulation, simulate
from core.recommendations.simulator.prices import s3_prices
from core.settings import Settings

_MOST_MONTHS = 120


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--policy", action="append", metavar="POLICY",
        help=f"several times: {', '.join(NAMES)}, or a rule such as age:STANDARD_IA@30,GLACIER_IR@90; all without it",
    )  # fmt: skip
    parser.add_argument("--months", type=int, default=12, help="the last months are priced; 12 without it")
    parser.add_argument("--objects", type=Path, help="a Parquet file with the columns object, group, bytes, created")
    parser.add_argument("--reads", type=Path, help="and one with object, day, gets, bytes; what was measured without")
    for name, which, usual in (("from", "first", "first read"), ("to", "last", "last read; yesterday without any")):
        parser.add_argument(
            f"--{name}", dest=which, type=date.fromisoformat, metavar="DAY",
            help=f"the {which} day on which reads were looked for; that of the {usual}",
        )  # fmt: skip
    parser.add_argument("--region", default="us-east-1", help="whose prices hold; us-east-1 without it")
    parser.add_argument("--json", action="store_true", help="answer for programs")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    if not 1 <= arguments.months <= _MOST_MONTHS:
        raise WrongArguments(f"{arguments.months} months cannot be priced.", f"Give 1 to {_MOST_MONTHS}.")
    prices = s3_prices(load_prices(settings.phyght_price_catalog), arguments.region)
    history = _history(arguments, settings)
    (_say_json if arguments.json else _say)(simulate(history, prices, arguments.months, arguments.policy or NAMES))
    return 0


def _history(arguments: argparse.Namespace, settings: Settings) -> History:
    if (arguments.objects is None) != (arguments.reads is None):
        raise WrongArguments("Objects and their reads belong together.", "Give both --objects and --reads, or neither.")
    if arguments.objects is not None:
        days = Days(arguments.first, arguments.last, datetime.now(UTC).date())
        return read_history(arguments.objects, arguments.reads, days)
    if arguments.first or arguments.last:
        raise WrongArguments("What was measured has days of its own.", "Give --from and --to with --objects alone.")
    from core.commands.cost_forecasting import open_costs  # here: files are simulated without the platform
    from core.recommendations.measured import measured_history

    return measured_history(open_costs(settings).warehouse)


def _say(found: Simulation) -> None:
    rows = [
        (
            each.policy,
            f"{each.usd:,.2f}",
            f"{each.ratio_to_optimum:.3f}",
            f"{each.worst_month_usd:,.2f}",
            f"{each.delayed_videos:,}",
        )
        for each in found.policies
    ]
    say(f"{found.start} to {found.end}, without egress")
    say_table(("policy", "USD", "times optimum", "worst month USD", "videos delayed"), rows, frozenset(range(1, 5)))
    say(f"Proposed: {found.chosen}")
    for remark in found.remarks:
        note(remark)


def _say_json(found: Simulation) -> None:
    say_json(
        {
            "from": found.start.isoformat(),
            "to": found.end.isoformat(),
            "policies": [asdict(each) for each in found.policies],
            "chosen": found.chosen,
            "remarks": list(found.remarks),
        }
    )
