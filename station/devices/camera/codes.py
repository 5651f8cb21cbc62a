"""The stable codes of a camera and what each means to a technician."""

from typing import Final

from station.errors import DeviceError
from wire.video import FAULTS, FaultKind

NO_DEVICE: Final = "E-CAM-01"
CANNOT_OPEN: Final = "E-CAM-02"
NO_FRAMES: Final = "E-CAM-03"
CRASHED: Final = "E-CAM-04"
OVER_MEMORY: Final = "E-CAM-05"
HANGS: Final = "E-CAM-06"
SLOW: Final = "E-CAM-07"
NOT_YET: Final = "E-CAM-08"
NO_PASSWORD: Final = "E-CAM-09"

MEANINGS: Final[dict[str, str]] = {
    NO_DEVICE: "没有这个设备或文件，请检查接线与设置 no such device or file: check the plug and the `source` setting",
    CANNOT_OPEN: (
        "无法打开视频（网络不通、被拒绝、超时或不是视频），请检查地址、口令与网线 "
        "cannot be opened (unreachable, refused, timed out or no video): check address, password and cable"
    ),
    NO_FRAMES: "没有画面，请检查摄像机电源与网络 no pictures arrive: check the camera's power and its line",
    CRASHED: "解码进程崩溃，自动重启 the decoder crashed and is started again: report it if this goes on",
    OVER_MEMORY: (
        "解码进程内存超限，自动重启，建议改用子码流 "
        "the decoder took too much memory and is started again: use the camera's substream"
    ),
    HANGS: "解码进程无响应，自动重启 the decoder hangs and is started again: report it if this goes on",
    SLOW: "画面过慢，请检查网络与光线 pictures come too slowly: check the line, and the light for a webcam",
    NOT_YET: "在限定时间内没有画面，请延长等待或检查摄像机 no picture in time yet: wait longer or check the camera",
    NO_PASSWORD: (
        "没有摄像机口令，请用本站最新的标签启用，并检查地址中的用户名 "
        "its password is not there: open it with the newest label, and check the user name in `source`"
    ),
}

NEXT_STEP: Final[dict[FaultKind, str]] = {
    "no_frames": "请检查摄像机电源与网络 check the camera's power and its line",
    "corrupted": "请检查网络丢包，或降低码率 check the line for lost packets, or lower the bitrate",
    "black": "请检查镜头盖与供电 check the lens cap and the power",
    "no_signal": "录像机收不到摄像机，请检查其接线 the recorder lacks its camera: check the plug between them",
    "white": "请检查曝光与强光 check exposure, and for a lamp or the sun in the lens",
    "dark": "请检查照明与红外灯 check the lights and the infrared lamp",
    "frozen": "请重启摄像机或录像机 restart the camera or the recorder",
    "flicker": "请将防闪烁设为50赫兹，并检查灯具 set anti-flicker to 50 Hz, and check the lamps",
    "noise": "请检查线缆屏蔽与照明 check the cable's shield and the lights",
    "moved": "请调回角度；若角度正确，请确认新画面 turn it back, or confirm the new view if it is right",
    "blur": "请擦拭镜头或重新对焦 wipe the lens or focus it again",
    "covered": "请移开遮挡物 take away what covers the lens",
    "cast": "请检查白平衡与红外滤光片 check white balance and the infrared filter",
    "stripes": "请检查供电与线缆干扰 check power and cable for interference",
}
MEANINGS.update(
    {
        words.code: f"{words.chinese}，{NEXT_STEP[kind].replace(' ', f' {words.english}: ', 1)}"
        for kind, words in FAULTS.items()
    }
)


def no_picture(code: str | None) -> DeviceError:
    """Return the error of a camera that brought no picture: its code, or that there was none yet."""
    code = code or NOT_YET
    return DeviceError(code, MEANINGS[code])
