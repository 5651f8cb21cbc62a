"""Every way by which letters go, as the settings have them."""

from collections.abc import Mapping

from hub.errors import HubError
from hub.incidents.delivery.letter import Letter, Port, is_address
from hub.incidents.delivery.smtp import Mail
from hub.incidents.delivery.webhook import URL_RULE, Webhook, target
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

    def troubles(self) -> list[tuple[str, str]]:
        """Return the ports by which no letter can go as things stand, and why."""
        found = ((name, port.trouble()) for name, port in self._ports.items())
        return [(name, trouble) for name, trouble in found if trouble is not None]

    def of(self, letter: Letter) -> tuple[str, Port | None]:
        """Return the name and the port of a letter; None where the settings have none any more."""
        name = "mail" if letter.port == "mail" else f"webhook {letter.recipient}"
        return name, self._ports.get(name)


def ports_of(settings: AlertSettings) -> Ports:
    """Return the ports that the settings name; their files are looked at when they are used.

    Raises HubError E-SEND-18 when an address, url or name can never be used.
    """
    if settings.mail is not None and not is_address(settings.mail.sender):
        raise HubError("E-SEND-18", "alerts.mail.sender: no mail address 发件地址有误")
    names = [one.name for one in settings.webhooks]
    for one in settings.webhooks:
        if names.count(one.name) > 1:
            raise HubError("E-SEND-18", f"alerts.webhooks: the name {one.name} stands twice 名称重复")
        if target(one.url) is None:
            raise HubError("E-SEND-18", f"alerts.webhooks {one.name}: {URL_RULE}")
    mail = None if settings.mail is None else Mail(settings.mail)
    return Ports(mail, {one.name: Webhook(one) for one in settings.webhooks})
