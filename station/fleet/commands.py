"""`station fleet`: many stations in few processes on the real wire."""

from pathlib import Path
from typing import Annotated

import typer

from station.fleet.faults import GRAMMAR


def fleet(
    county_dir: Annotated[Path, typer.Option(help="folder of the county, with stations/<id>/ laid out 县配置目录")],
    stations: Annotated[int | None, typer.Option(min=1, help="how many 站点数 (default: all laid out)")] = None,
    without: Annotated[
        list[str] | None, typer.Option("--except", help="leave out this station; repeatable 排除的站点")
    ] = None,
    seed: Annotated[int, typer.Option(help="the same seed, the same villagers 随机种子")] = 1,
    visits_per_hour: Annotated[float, typer.Option(min=0, help="of each station 每站每小时办件数")] = 2.0,
    beat_every: Annotated[
        float | None, typer.Option(min=0.1, help="seconds between beats 心跳间隔（秒） (default: as in its settings)")
    ] = None,
    keepalive: Annotated[
        int | None, typer.Option(min=1, help="MQTT keep-alive in seconds 保活（秒） (default: as in its settings)")
    ] = None,
    faults: Annotated[list[str] | None, typer.Option(help="scripted faults; repeatable, see above 故障脚本")] = None,
    seconds: Annotated[
        float | None, typer.Option("--for", min=0, help="stop after so many seconds 运行时长（秒）")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, help="share the stations among so many processes 进程数")] = 1,
    ledger: Annotated[
        Path | None, typer.Option(help="append one JSON line for every record made 记录台账（JSON 行）")
    ] = None,
) -> None:
    """Run many stations for trials and measurement; every person is fictional 模拟多个站点，人员均为虚构."""
    from station.fleet.run import Plan, run_fleet
    from station.fleet.simulated import Pace

    run_fleet(
        Plan(
            county_dir=county_dir,
            stations=stations,
            without=frozenset(without or ()),
            pace=Pace(visits_per_hour, seed),
            beat_every_s=beat_every,
            keepalive_s=keepalive,
            faults="/".join(faults or ()),
            seconds=seconds,
            processes=processes,
            ledger=ledger,
        )
    )


fleet.__doc__ = f"{fleet.__doc__}\n\n\b\n{GRAMMAR}"
