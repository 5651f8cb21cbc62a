"""The stable codes of a camera and what each means to a technician."""

from typing import Final

NO_DEVICE: Final = "E-CAM-01"
CANNOT_OPEN: Final = "E-CAM-02"
NO_FRAMES: Final = "E-CAM-03"
CRASHED: Final = "E-CAM-04"
OVER_MEMORY: Final = "E-CAM-05"
HANGS: Final = "E-CAM-06"
SLOW: Final = "E-CAM-07"
NOT_YET: Final = "E-CAM-08"

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
}
