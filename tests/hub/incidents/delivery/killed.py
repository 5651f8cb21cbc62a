"""A process that does nothing but send what is queued, so that it can be killed: database, mail port, start, pace."""

import sys
import threading
import time

from hub.incidents.delivery.ports import Ports
from hub.incidents.delivery.sender import Sender
from hub.incidents.delivery.smtp import Mail
from hub.settings import MailSettings
from hub.store.engine import Database


def main(url: str, port: int, start_ms: int, pace: int) -> None:
    def clock() -> int:
        return start_ms + (time.time_ns() // 1_000_000 - start_ms) * pace

    mail = Mail(MailSettings(host="127.0.0.1", sender="hub@county.test", port=port, security="none"))
    sender = Sender(Database(url), Ports(mail, {}), clock)
    sender.start()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
