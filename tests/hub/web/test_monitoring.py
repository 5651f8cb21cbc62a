"""The files in docs/monitoring, with Debian's own Prometheus: checked, and scraping the real application."""

import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from demo.processes import free_port
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.serving import Served
from tests.hub.web.tokens import a_token
from tests.waiting import wait_for

FOLDER = Path(__file__).parents[3] / "docs" / "monitoring"
NAME = re.compile(r"\b((?:cuncuntong|process)_[a-z0-9_]+)\b")
PROMTOOL, PROMETHEUS = "/usr/bin/promtool", "/usr/bin/prometheus"


def promtool(*words: str, stdin: str | None = None) -> None:
    done = subprocess.run([PROMTOOL, *words], input=stdin, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr


def laid_out(folder: Path, token: str) -> Path:
    """Lay the files out as a county does, with its token."""
    shutil.copytree(FOLDER, folder)
    (folder / "cuncuntong.token").write_text(token)
    return folder / "prometheus.yml"


def test_the_files_are_what_debians_promtool_accepts(tmp_path: Path) -> None:
    config = laid_out(tmp_path / "monitoring", "x")
    promtool("check", "config", str(config))
    promtool("check", "rules", str(FOLDER / "alerts.rules.yml"))
    promtool("test", "rules", str(FOLDER / "alerts.test.yml"))


def test_names_and_help_are_by_prometheus_conventions(stranger: Caller, made_up: MadeUpCounty) -> None:
    made_up.line(FIRST)
    made_up.line(SECOND)
    promtool("check", "metrics", stdin=stranger.get("/metrics").text)


def test_rules_and_dashboard_ask_only_for_metrics_there_are(stranger: Caller, made_up: MadeUpCounty) -> None:
    made_up.line(FIRST)
    made_up.line(SECOND)
    made_up.view.backed_up(1_795_000_000_000)
    families = text_string_to_metric_families(stranger.get("/metrics").text)
    there = {sample.name for family in families for sample in family.samples} | {"process_resident_memory_bytes"}
    dashboard = json.loads((FOLDER / "grafana-dashboard.json").read_text("utf-8"))
    groups = yaml.safe_load((FOLDER / "alerts.rules.yml").read_text("utf-8"))["groups"]
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for group in groups for rule in group["rules"]]
    names = {name for expression in asked for name in NAME.findall(expression.replace('job="cuncuntong"', ""))}
    assert len(names) > 20
    assert names - there == set()
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)
    titles = " ".join(panel["title"] for panel in dashboard["panels"])
    assert all(word in titles for word in ("coverage", "state", "Lines", "incidents", "Broker"))


def test_incidents_are_measured_by_kind_and_state(stranger: Caller, made_up: MadeUpCounty) -> None:
    made_up.trouble("down", "station", FIRST, FIRST)
    made_up.trouble("video", "station", SECOND, SECOND, state="acknowledged")
    said = stranger.get("/metrics").text
    assert 'cuncuntong_incidents{kind="down",state="new"} 1.0' in said
    assert 'cuncuntong_incidents{kind="video",state="acknowledged"} 1.0' in said
    assert 'cuncuntong_incidents{kind="line",state="new"} 0.0' in said


def asked_of(port: int, query: str) -> list[Any]:
    address = f"http://127.0.0.1:{port}/api/v1/query?query={urllib.parse.quote(query)}"
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            found: list[Any] = json.load(answer)["data"]["result"]
            return found
    except OSError:
        return []


@pytest.mark.slow
def test_a_real_prometheus_scrapes_the_county_with_a_token_of_its_own(
    served: Served, made_up: MadeUpCounty, tmp_path: Path
) -> None:
    made_up.set(FIRST, "offline", reason="died")
    config = laid_out(tmp_path / "monitoring", a_token(made_up.database, "see"))
    text = config.read_text("utf-8").replace("127.0.0.1:8080", f"127.0.0.1:{served.port}")
    config.write_text(text.replace("scrape_interval: 15s", "scrape_interval: 500ms"), "utf-8")
    port = free_port()
    words = [PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={tmp_path / 'data'}"]
    words += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"]
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(words, stdout=log, stderr=log)
    try:
        up = 'up{job="cuncuntong"} == 1'
        wait_for(lambda: asked_of(port, up) or running.poll() is not None, "Prometheus has scraped the hub", 20)
        assert running.poll() is None, (tmp_path / "log").read_text()
        (online,) = asked_of(port, 'cuncuntong_stations{state="offline"}')
        assert (online["metric"]["county"], online["value"][1]) == ("999999", "1")
    finally:
        running.terminate()
        running.wait(10)
