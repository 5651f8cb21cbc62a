"""`./run faults [NAME]`: long, seeded campaigns; without a name kills; `provisioning` runs eight of them."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from demo.processes import stop
from tests.end_to_end.running import start_demo
from tests.faults import authorities, bundles, enrolments, first_boot, provisioning_files, real_boot, requests
from tests.faults.campaign import DRAINED_WITHIN_S, run_campaign
from tests.faults.cards import run_cards
from tests.faults.clips import run_clips
from tests.faults.pages import look_at_all
from tests.faults.touches import walk
from tests.faults.updates import cut_everywhere

BUSY = "town:近湖镇@5+6000,dead:320925100203@5,picture:320925100207=covered@5,picture:320925100209=frozen@5"


def main() -> int:
    if sys.argv[1:2] and sys.argv[1] in CAMPAIGNS:
        return CAMPAIGNS[sys.argv[1]](sys.argv[2:])
    named = f"{__doc__} {', '.join(CAMPAIGNS)}"
    parser = argparse.ArgumentParser(prog="./run faults", description=named)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--stations", type=int, default=4)
    parser.add_argument("--per-second", type=float, default=20.0, help="records saved, all stations together")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_campaign(
            Path(folder) / "county",
            seed=chosen.seed,
            kills=chosen.kills,
            stations=chosen.stations,
            per_s=chosen.per_second,
            say=lambda text: print(text, file=sys.stderr, flush=True),
        )
    print(outcome.line())
    kept = outcome.lost == outcome.twice == outcome.foreign == 0
    drained = outcome.drained_s <= DRAINED_WITHIN_S
    print(f"promise kept 诺言兑现: {kept}; drained within {DRAINED_WITHIN_S:.0f} s: {drained}")
    return 0 if kept and drained else 1


def camera(arguments: list[str]) -> int:
    """Examine damaged clips."""
    parser = argparse.ArgumentParser(prog="./run faults camera", description=__doc__)
    parser.add_argument("--clips", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args(arguments)
    outcome = run_clips(chosen.clips, chosen.seed, lambda text: print(text, file=sys.stderr, flush=True))
    print(outcome.table())
    print("\n".join(outcome.flaws) or "each ended in a verdict or a clear code 每段都有结论或明确代码")
    return 1 if outcome.flaws else 0


def pages(arguments: list[str]) -> int:
    """Look at every page of the centre, in both languages and themes, wide and narrow."""
    parser = argparse.ArgumentParser(prog="./run faults pages", description=__doc__)
    parser.add_argument("--pictures", type=Path, help="keep what was seen in this folder")
    parser.add_argument("--quick", action="store_true", help="two ways to look instead of eight")
    chosen = parser.parse_args(arguments)
    if chosen.pictures is not None:
        chosen.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = start_demo(Path(folder) / "state", "--stations", "60", "--faults", BUSY, within_s=120)
        try:
            looked = look_at_all(
                demo.facts["web_url"],
                demo.facts["password"],
                lambda text: print(text, file=sys.stderr, flush=True),
                pictures=chosen.pictures,
                quick=chosen.quick,
            )
        finally:
            stop(demo.process, within_s=20)
    for flaw in looked.flaws:
        print(f"✗ {flaw.path} [{flaw.how}] {flaw.what}")
    print(f"{looked.pages} pages 页面, {looked.looks} looks, {len(looked.flaws)} flaws 问题")
    return 1 if looked.flaws else 0


def kiosk(arguments: list[str]) -> int:
    """Touch a kiosk at random, with a misbehaving reader."""
    parser = argparse.ArgumentParser(prog="./run faults kiosk", description=__doc__)
    parser.add_argument("--touches", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        walked = walk(Path(folder), chosen.seed, chosen.touches, lambda text: print(text, file=sys.stderr, flush=True))
    print(walked.line())
    print("\n".join(walked.traces) or "alive, and nothing of anybody is left 运行正常，未留下任何个人信息")
    return 1 if walked.traces else 0


def cards(arguments: list[str]) -> int:
    """Cut the writing of cards at each write, and damage what stands on them."""
    parser = argparse.ArgumentParser(prog="./run faults cards", description=cards.__doc__)
    parser.add_argument("--times", type=int, default=10_000, help="damaged files and tables of each kind")
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--every", type=int, default=1, help="cut only at every n-th write")
    chosen = parser.parse_args(arguments)
    return _told("cards 写卡", run_cards(chosen.times, chosen.seed, chosen.every, _progress))


def updates(arguments: list[str]) -> int:
    """Cut an update at each of its writes."""
    argparse.ArgumentParser(prog="./run faults updates", description=updates.__doc__).parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        cuts, flaws = cut_everywhere(Path(folder), _progress)
    return _told(f"updates 升级: {cuts} cuts", flaws)


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _told(what: str, flaws: Sequence[str]) -> int:
    for flaw in flaws:
        print(f"✗ {flaw}")
    print(f"{what}: {len(flaws)} flaws 问题")
    return 1 if flaws else 0


PROVISIONING: dict[str, Callable[[list[str]], int]] = {
    "files": provisioning_files.main,
    "bundles": bundles.main,
    "enrolments": enrolments.main,
    "requests": requests.main,
    "authorities": authorities.main,
    "first-boot": first_boot.main,
    "cards": cards,
    "updates": updates,
}
"""From a blank card to an accepted station: 10,000 damaged inputs of each kind, and a cut at every write."""


def provisioning(arguments: list[str]) -> int:
    """Run every campaign of provisioning, one after the other."""
    argparse.ArgumentParser(prog="./run faults provisioning", description=provisioning.__doc__).parse_args(arguments)
    ended = {}
    for name, campaign in PROVISIONING.items():
        print(f"▸ {name}", file=sys.stderr, flush=True)
        ended[name] = campaign([])
    print("; ".join(f"{name} {'✓' if code == 0 else '✗'}" for name, code in ended.items()))
    return max(ended.values())


CAMPAIGNS: dict[str, Callable[[list[str]], int]] = {
    "camera": camera, "kiosk": kiosk, "pages": pages, "boot": real_boot.main, "provisioning": provisioning,
    **PROVISIONING,
}  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
