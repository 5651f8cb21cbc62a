"""What is said when no card can be read: one clear line in both languages, with the code and the next step."""

from pathlib import Path
from typing import Final

from station.devices.reader.port import Trouble
from station.errors import DeviceError

USB_DEVICES: Final = Path("/sys/bus/usb/devices")
_BULK_READER: Final = ("0400", "c35a")

_TROUBLES: Final = {
    Trouble.PLACE_AGAIN: "the card could not be read; lift it and place it again 读卡失败，请移开后重新放置",
    Trouble.NOT_AN_ID_CARD: "this is not an ID card; place an ID card 不是身份证，请放置身份证",
    Trouble.MODULE_FAULT: "the reader's security module reports a fault; unplug the reader, plug it in again, "
    "and replace it if that does not help 读卡器模块故障，请重新插拔，仍不行请更换",
    Trouble.NOT_LICENSED: "the reader's security module is not licensed; call its vendor 读卡器模块未授权，请联系厂家",
    Trouble.NO_READER: "no reader answers; check that it is plugged in and has power, then try again "
    "读卡器没有应答，请检查连线和电源后重试",
}


def trouble_error(trouble: Trouble, port: str) -> DeviceError:
    """Return `trouble` with the reader at `port` as an error."""
    return DeviceError(trouble.value, f"{port}: {_TROUBLES[trouble]}")


def no_card_error(port: str, timeout_s: float) -> DeviceError:
    """Return that no card came in time."""
    return DeviceError(
        "E-READER-12",
        f"{port}: no card within {timeout_s:g} s; place a card, and one that already lies there lift first "
        "未检测到身份证，请放置身份证；已放置的请移开后重新放置",
    )


def no_port_error(port: str, why: str) -> DeviceError:
    """Return that there is nothing to open."""
    return DeviceError(
        Trouble.NO_READER.value,
        f"{port}: no such port ({why}); plug the reader in or correct the port "
        "找不到读卡器端口，请连接读卡器或更正端口",
    )


def not_serial_error(port: str) -> DeviceError:
    """Return that `port` is something else."""
    return DeviceError(
        "E-READER-31",
        f"{port}: this is no serial port; name the reader's, such as /dev/ttyUSB0 不是串口，请填写读卡器的串口",
    )


def not_allowed_error(port: str) -> DeviceError:
    """Return that the user may not open it."""
    return DeviceError(
        "E-READER-32",
        f"{port}: no permission to open it; add this user to the group dialout 没有权限，请将本用户加入 dialout 组",
    )


def in_use_error(port: str) -> DeviceError:
    """Return that another program, such as the kiosk, has it."""
    return DeviceError(
        "E-READER-34",
        f"{port}: another program uses this reader; stop it first, e.g. the kiosk "
        "读卡器正被其他程序使用，请先停止（如终端界面）",
    )


def bulk_reader_error() -> DeviceError:
    """Return that a reader is there, of the kind that no serial port leads to."""
    return DeviceError(
        "E-READER-33",
        "the USB reader found (0400:C35A) has no serial port and cannot be used; use a model with a serial port or "
        "a USB serial port 找到的 USB 读卡器（0400:C35A）不是串口设备，无法使用，请换用串口型号",
    )


def bulk_reader_present(usb_devices: Path = USB_DEVICES) -> bool:
    """Say whether a USB-bulk reader is plugged in, by the kernel's list of USB devices."""
    return any(
        (_read(device / "idVendor"), _read(device / "idProduct")) == _BULK_READER for device in usb_devices.glob("*")
    )


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip().lower()
    except (OSError, UnicodeDecodeError):
        return ""
