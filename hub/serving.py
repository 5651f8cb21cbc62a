"""The web server: ends open streams before it waits for them, and leaves the signal that stopped it at that."""

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.applications import Starlette


class WebServer(uvicorn.Server):
    """Serves `app`; when told to stop it first calls `app.state.end_streams`."""

    def __init__(self, app: Starlette) -> None:
        """Take the application."""
        self._end_streams: Callable[[], None] | None = getattr(app.state, "end_streams", None)
        super().__init__(
            uvicorn.Config(
                app,
                loop="uvloop",
                http="httptools",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take SIGTERM and SIGINT; uvicorn would raise them again once stopped, and the ingest would be cut off."""
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything else."""
        if self._end_streams is not None:
            self._end_streams()
        await super().shutdown(sockets)
