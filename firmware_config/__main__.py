"""The `firmware-config` command: everything a technician needs to set up a county and its stations."""

import os
import signal
import sys

import typer

from firmware_config.commands.bundle import app as bundle
from firmware_config.commands.ca import app as ca
from firmware_config.commands.card import app as card
from firmware_config.commands.hub import app as hub
from firmware_config.commands.label import app as label
from firmware_config.commands.release import app as release
from firmware_config.commands.station import app as station
from firmware_config.commands.stick import app as stick
from firmware_config.errors import ProvisionError, of_disk
from firmware_config.exits import EXIT_FAILURE, EXIT_TRUST, EXIT_VALIDATION
from wire.errors import WireError
from wire.settings import SettingsError

STOPPED = 128 + signal.SIGINT

app = typer.Typer(
    help="Set up a county and its stations 配置工具", no_args_is_help=True, pretty_exceptions_enable=False
)
app.add_typer(station, name="station")
app.add_typer(label, name="label")
app.add_typer(bundle, name="bundle")
app.add_typer(card, name="card")
app.add_typer(stick, name="stick")
app.add_typer(ca, name="ca")
app.add_typer(release, name="release")
app.add_typer(hub, name="hub")


def main() -> None:
    """Run the command; known errors become one clear line and an exit code."""
    os.umask(os.umask(0o022) | 0o022)  # whatever the shell allows: nobody else writes what we make
    try:
        app()
    except SystemExit as ended:
        if ended.code == STOPPED:  # Ctrl-C
            print("stopped; run it again to go on 已停止，再次运行即可继续", file=sys.stderr)
        raise
    except ProvisionError as error:
        print(error, file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise SystemExit(EXIT_VALIDATION) from None
    except WireError as error:
        print(error, file=sys.stderr)
        raise SystemExit(EXIT_TRUST) from None
    except OSError as error:
        print(of_disk(error), file=sys.stderr)
        raise SystemExit(EXIT_FAILURE) from None


if __name__ == "__main__":
    main()
