"""Every way by which letters go, as the settings have them."""

from collections.abc import Mapping

from hub.incidents.delivery.letter import Letter, Port
from hub.incidents.delivery.smtp import Mail
from hub.incidents.delivery.webhook import Webhook
from hub.settings import AlertSettings


class Ports:
    """Every way by which letters go, by the names that stand in the queue."""

    def __init__(self, mail: Port | None, webhooks: Mapping[str, Port]) -> None:
        """Take the mail port, where there is one, and webhooks by name."""
        self._ports = {f"webhook {name}": port for name, port in webhooks.items()}
        if mail is not None:
            self._ports["mail"] = mail

    @property
    def mail(self) -> bool:
        """Say whether mail can be sent."""
        return "mail" in self._ports

    @property
    def webhooks(self) -> list[str]:
        """Return the names of the programs that are told."""
        return [name.removeprefix("webhook ") for name in self._ports if name != "mail"]

    def of(self, letter: Letter) -> tuple[str, Port | None]:
        """Return the name and the port of a letter; None where the settings have none any more."""
        name = "mail" if letter.port == "mail" else f"webhook {letter.recipient}"
        return name, self._ports.get(name)


def ports_of(settings: AlertSettings) -> Ports:
    """Return the ports that the settings name; whether they can be used shows when one is."""
    mail = None if settings.mail is None else Mail(settings.mail)
    return Ports(mail, {one.name: Webhook(one) for one in settings.webhooks})
