"""`station camera bench`: how well the doctor sees, as a table."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from station.output import print_out


def bench(
    clips: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="clips to film instead of drawn places 视频目录")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="one of each, on one drawn place 快速")] = False,
    clean_hours: Annotated[
        float, typer.Option("--clean-hours", min=0, help="instead: false alarms in hours of good video 误报测试小时数")
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines 输出 JSON")] = False,
) -> None:
    """Film every fault and every negative, encode them as a county sees them, and score the doctor 测评."""
    from station.devices.camera.bench import clean, material, table
    from station.devices.camera.bench.run import measure_all

    materials = material.of_folder(clips) if clips else material.drawn(quick)
    if clean_hours:
        watched = clean.watch(
            materials, clean_hours, (lambda _: None) if as_json else (lambda one: print_out(clean.line(one)))
        )
        per_day = clean.per_day(watched)
        told = f"{per_day} false alarms per camera-day 每台每日误报"
        print_out(msgspec.json.encode(clean.as_json(watched)).decode() if as_json else told)
        return
    say = (lambda _outcome: None) if as_json else (lambda outcome: print_out(f"{outcome.material}: {outcome.case}"))
    measured = measure_all(materials, quick, say)
    print_out(msgspec.json.encode(table.as_json(measured)).decode() if as_json else table.as_text(measured))
