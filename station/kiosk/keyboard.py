"""What comes in from the terminal: noise on its line, or a device that speaks no UTF-8, must not end a visit."""

import logging

from textual.drivers.linux_driver import LinuxDriver

logger = logging.getLogger(__name__)


class KioskDriver(LinuxDriver):
    """Textual's driver, which would end the app at the first byte it cannot read."""

    def run_input_thread(self) -> None:
        """Read keys and touches until the end; what makes no sense is dropped."""
        while not self.exit_event.is_set():
            try:
                super().run_input_thread()
            except ValueError:  # no UTF-8, mostly; its text could hold what was typed
                logger.warning("E-KIOSK-05 what came from the terminal means nothing and was dropped 终端输入无法识别")
