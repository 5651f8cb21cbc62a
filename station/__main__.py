"""The `station` command: everything that runs in a village."""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from station.devices.camera.commands import app as camera_app
from station.devices.reader.commands import app as reader_app
from station.doctor.commands import doctor
from station.errors import DeviceError, StationError, TrustError
from station.firstboot.commands import app as bundle_app
from station.firstboot.commands import firstboot, setup_screen
from station.fleet.commands import fleet
from station.identity.commands import app as identity_app
from station.probe.commands import probe
from station.service_cards import service_card
from station.settings import Settings
from station.staff_pin_commands import app as staff_pin_app
from station.update.commands import app as update_app
from wire.settings import SettingsError, load_settings

EXIT_FAILURE, EXIT_SETTINGS, EXIT_DEVICE, EXIT_TRUST = 1, 3, 4, 6

app = typer.Typer(
    help="A village's kiosk, agent and devices 村级终端", no_args_is_help=True, pretty_exceptions_enable=False
)
app.add_typer(reader_app, name="reader")
app.add_typer(camera_app, name="camera")
app.add_typer(staff_pin_app, name="staff-pin")
app.add_typer(identity_app, name="identity")
app.add_typer(update_app, name="update")
app.add_typer(bundle_app, name="bundle")
app.command()(doctor)
app.command()(firstboot)
app.command("setup-screen")(setup_screen)
app.command()(fleet)
app.command()(probe)
app.command("service-card")(service_card)

Config = Annotated[Path, typer.Option("--config", help="settings file of this station 本站设置文件 (TOML)")]


@app.command()
def agent(config: Config) -> None:
    """Watch cameras and line, and carry the outbox to the county 后台服务."""
    _log_to_stderr()
    from station.agent.run import run_agent

    run_agent(load_settings(config, Settings))


@app.command()
def kiosk(
    config: Config,
    demo: Annotated[bool, typer.Option("--demo", help="Ctrl-C leaves, which no villager can", hidden=True)] = False,
    demo_reader: Annotated[
        Path | None, typer.Option(help="control socket of a simulated reader: F9 places a card", hidden=True)
    ] = None,
) -> None:
    """Show the villager's screen in this terminal 村民界面."""
    from station.kiosk.run import run_kiosk

    run_kiosk(load_settings(config, Settings), demo=demo, demo_control=demo_reader)


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def _exit_code(error: StationError) -> int:
    match error:
        case DeviceError():
            return EXIT_DEVICE
        case TrustError():
            return EXIT_TRUST
        case _:
            return EXIT_FAILURE


def main() -> None:
    """Run the command; known errors become one clear line and an exit code (README, exit codes)."""
    os.umask(os.umask(0o022) | 0o022)  # whatever the shell allows: nobody else writes what we make
    try:
        app()
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise SystemExit(EXIT_SETTINGS) from None
    except StationError as error:
        print(error, file=sys.stderr)
        raise SystemExit(_exit_code(error)) from None


if __name__ == "__main__":
    main()
