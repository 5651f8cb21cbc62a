"""What looking at a camera costs, beside FFmpeg's own detectors on the same film, in one run."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from demo.processes import tool
from station.devices.camera.bench.film import FFMPEG, ffmpeg
from station.devices.camera.watched import WatchedCamera
from station.vision import scenes
from tests.bench.table import Figure

FILM_S, DRAWN_PER_S, FRAMES_PER_S = 60, 5, 25
WIDTH_PX, HEIGHT_PX, MBIT_PER_S = 1920, 1080, 4
LIVE_S = 20
FILTERS = "blackdetect,freezedetect,blurdetect"
CV2_ONLY = """
import sys, cv2
cv2.setNumThreads(1)
film = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
while film.grab():
    if film.get(cv2.CAP_PROP_POS_FRAMES) % 13 == 0:
        film.retrieve()
print(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
"""


def measure(folder: Path) -> list[Figure]:
    """Draw and encode a film, then let each go through it."""
    film = folder / "film.mp4"
    _encode(film)
    where = f"{FILM_S} s of {WIDTH_PX}x{HEIGHT_PX}, {FRAMES_PER_S} fps, H.264 {MBIT_PER_S} Mbit/s, drawn yard"
    read = [ffmpeg(), *FFMPEG, "-i", str(film), "-an"]
    filters_s, _ = _cpu_s([*read, "-vf", FILTERS, "-f", "null", "-"])
    decode_s, _ = _cpu_s([*read, "-f", "null", "-"])
    diagnose_s, said = _cpu_s([tool("station"), "camera", "diagnose", str(film), "--learn", "30", "--json"])
    summary = json.loads(said.splitlines()[-1])["summary"]
    _, cv2_kb = _cpu_s([sys.executable, "-c", CV2_ONLY, str(film)])
    cv2_mb = int(cv2_kb) / 1024
    live_share, live_mb = _live(film)
    return [
        Figure(
            "diagnose ÷ FFmpeg's three detectors, CPU", diagnose_s / filters_s, "", 0.1, f"{where}; whole processes"
        ),
        Figure(
            "ms per analysed frame", summary["ms_per_analysed"], "ms", 5, f"{summary['analysed']} looks of diagnose"
        ),
        Figure("examiner beyond OpenCV", summary["memory_mb"] - cv2_mb, "MB", 60, f"VmHWM; cv2 alone {cv2_mb:.0f} MB"),
        Figure("camera process beyond OpenCV", live_mb - cv2_mb, "MB", 60, f"VmHWM after {LIVE_S} s live"),
        Figure(f"FFmpeg {FILTERS}", filters_s, "CPU s", None, "one thread, every frame"),
        Figure("FFmpeg, decoding only", decode_s, "CPU s", None, "one thread"),
        Figure("station camera diagnose", diagnose_s, "CPU s", None, "command and examiner, start included"),
        Figure(
            "camera process live", 100 * live_share, "% of a core", None, f"the same film at its own pace, {LIVE_S} s"
        ),
    ]


def _encode(film: Path) -> None:
    shape = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{WIDTH_PX}x{HEIGHT_PX}", "-r", str(DRAWN_PER_S), "-i", "-"]
    sensor = f"fps={FRAMES_PER_S},noise=alls=6:allf=t:all_seed=1"
    rate = ["-b:v", f"{MBIT_PER_S}M", "-maxrate", f"{MBIT_PER_S}M", "-bufsize", f"{2 * MBIT_PER_S}M"]
    codec = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", str(2 * FRAMES_PER_S), "-pix_fmt", "yuv420p"]
    command = [ffmpeg(), "-loglevel", "error", "-y", *shape, "-vf", sensor, *codec, *rate, str(film)]
    scene = scenes.draw("yard", 11, WIDTH_PX, HEIGHT_PX)
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for n in range(FILM_S * DRAWN_PER_S):
            process.stdin.write(scenes.at(scene, n / DRAWN_PER_S, people=2).tobytes())
    assert process.returncode == 0


def _cpu_s(command: Sequence[str]) -> tuple[float, str]:
    """Run it and return its processor time, that of its children included, and what it printed."""
    before = _children_s()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return _children_s() - before, done.stdout


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _live(film: Path) -> tuple[float, float]:
    """Watch the film as the agent watches a camera; return the share of a core, and the most memory."""
    camera = WatchedCamera(str(film), learn_s=5.0)
    before_s, begun_s = _children_s(), time.monotonic()
    camera.start()
    try:
        time.sleep(LIVE_S)
        assert camera._worker is not None
        status = Path(f"/proc/{camera._worker.pid}/status").read_text("ascii")
    finally:
        camera.close()
    share = (_children_s() - before_s) / (time.monotonic() - begun_s)
    return share, int(status.partition("VmHWM:")[2].split()[0]) / 1024
