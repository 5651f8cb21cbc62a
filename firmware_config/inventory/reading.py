"""Reads files of stations for the inventory: a sheet, or what the hub says; refused whole, with every reason."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.inventory.entry import Entry
from firmware_config.inventory.planning import Plan, plan_of
from firmware_config.inventory.spreadsheet import Flaw, Row, Sheet, read_sheet
from wire.inventory import MAX_INVENTORY_BYTES, HubView

SHOWN_FLAWS = 50


class InventoryError(ProvisionError):
    """A list of stations that cannot be used: each line and reason on a line of its own."""

    def __init__(self, source: Path | str, flaws: Sequence[Flaw]) -> None:
        """Say the flaws of the file `source` in the order of its lines."""
        ordered = sorted(flaws)
        told = [f"{source}:{flaw.line}: {flaw.what}" for flaw in ordered[:SHOWN_FLAWS]]
        told[1:] = [f"{flaw.code} {line}" for flaw, line in zip(ordered[1:], told[1:], strict=False)]
        if len(ordered) > SHOWN_FLAWS:
            told.append(f"… {len(ordered) - SHOWN_FLAWS} more 还有更多")
        super().__init__(ordered[0].code, "\n".join(told), EXIT_VALIDATION)


def read_file(path: Path) -> Sheet:
    """Read a CSV file; its flaws are in the sheet.

    Raises InventoryError E-INV-01 when it cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InventoryError(path, [Flaw(1, "E-INV-01", f"cannot be read 无法读取: {error.strerror}")]) from None
    return read_sheet(content)


def planned(source: Path | str, sheet: Sheet, entries: Mapping[str, Entry], county: str | None) -> Plan:
    """Return what the sheet does to `entries`.

    Raises InventoryError E-INV-01 to E-INV-04, with every flaw of the file.
    """
    if not sheet.rows and sheet.flaws:
        raise InventoryError(source, sheet.flaws)
    plan = plan_of(sheet.rows, entries, county)
    if flaws := [*sheet.flaws, *plan.flaws]:
        raise InventoryError(source, flaws)
    return plan


def typed(cells: Mapping[str, str]) -> Sheet:
    """Return one station typed at the command line, as a sheet of one row."""
    return Sheet([Row(1, cells)], [])


def read_hub_view(path: Path) -> HubView:
    """Read what `hub enrolment export` wrote.

    Raises ProvisionError E-INV-12 when it is none.
    """
    try:
        if path.stat().st_size > MAX_INVENTORY_BYTES:
            raise ProvisionError("E-INV-12", f"{path}: too large 文件过大", EXIT_VALIDATION)
        return msgspec.json.decode(path.read_bytes(), type=HubView, strict=True)
    except OSError as error:
        raise ProvisionError("E-INV-12", f"{path}: {error.strerror} 无法读取", EXIT_VALIDATION) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ProvisionError(
            "E-INV-12",
            f"{path}: not what 'hub enrolment export' writes 不是 hub enrolment export 导出的文件",
            EXIT_VALIDATION,
        ) from None
