"""docs/host.md: from an empty machine to a county's centre, every command of it run in a root of its own.

What needs packages or the machine's own systemd stands in blocks of another kind, or is run by a stand-in that only
takes note; the units it names are looked for in what `hub init` has laid out.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from firmware_config.host.laying import Host
from firmware_config.host.rendering import ENABLED, OWN, TIMERS
from hub.settings import Settings
from wire.settings import load_settings

DOCUMENT = (Path(__file__).parents[3] / "docs" / "host.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def stand_in(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    (folder / name).chmod(0o755)


def test_every_command_of_the_document_runs(tmp_path: Path) -> None:
    root, tools = tmp_path / "root", tmp_path / "tools"
    tools.mkdir()
    own = Path(sys.executable).parent / "firmware-config"
    stand_in(tools, "systemctl", f'echo "$@" >> "{tmp_path}/systemctl"')
    stand_in(
        tools,
        "firmware-config",  # the document's machine is its own; here it is a folder
        f'if [ "${{3:-}}" = counties/999998 ]; then exec "{own}" "$@"; fi\nexec "{own}" "$@" --prefix "{root}"',
    )
    # Its ports are other programs' here, perhaps.
    script = "set -eu\n" + "\n".join(BLOCKS).replace("hub check", "hub check > check.txt || true")
    run = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    password = run.stdout.splitlines()[0]
    assert re.fullmatch(r"[0-9a-z-]{16,}", password), "printed once"
    assert not [one for one in root.rglob("*") if one.is_file() and password.encode() in one.read_bytes()]
    assert "mosquitto 接受此配置" in (tmp_path / "check.txt").read_text("utf-8")
    settings = load_settings(root / OWN.relative_to("/") / "hub" / "hub.toml", Settings)
    assert (settings.broker.host, settings.web.host) == ("10.32.0.6", "0.0.0.0")
    assert settings.rollout is not None, "releases can be handed out at once"
    neighbour = load_settings(tmp_path / "counties/999998/hub/hub.toml", Settings)
    assert {settings.broker.port, settings.web.port, settings.probe.port}.isdisjoint(
        {neighbour.broker.port, neighbour.web.port, neighbour.probe.port}
    )
    done = (tmp_path / "systemctl").read_text().splitlines()
    assert done[0] == "restart mosquitto.service", "Debian has started it, with a configuration of its own"
    enabled = set(" ".join(done[1:]).split()) - {"enable", "--now"}
    assert enabled == {*ENABLED, *TIMERS}, "as hub init itself says"
    there = Host(root / OWN.relative_to("/"), root).target("etc/systemd/system")
    assert all((there / unit).is_file() for unit in enabled - {"mosquitto.service"})
