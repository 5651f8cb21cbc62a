"""Write the snapshots anew."""

import asyncio

from tests.station.kiosk.snapshots.sheets import FOLDER, SHEETS, rendered, texts

for size, language in SHEETS:
    sheet = rendered(asyncio.run(texts(size, language)))
    (FOLDER / f"{language}-{size[0]}x{size[1]}.txt").write_text(sheet, "utf-8")
