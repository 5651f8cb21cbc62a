"""What people, tokens and screens may do: five roles, each a set of permissions (pure).

Roles after the peers' experience (`ISA-18.2` operator and supervisor, a technician who repairs, an administrator who
makes accounts): whoever makes accounts does not open villagers' identities, so one person alone gets at nothing unseen.
"""

from typing import Final, Literal, get_args

Role = Literal["viewer", "operator", "supervisor", "technician", "administrator"]
Permission = Literal[
    "see",  # every page and figure without personal data
    "incident",  # act on incidents, acknowledge calls for help
    "supervise",  # 督办; act on whole towns; assign work to others; approve and distribute reports
    "plan",  # planned times
    "command",  # orders to stations: restart, learn a view anew, burst
    "still",  # order and open a picture of a camera, with a reason, logged
    "visit",  # the list of visits (masked), their steps and answers
    "identity",  # open who came and what they said, with a reason, logged
    "person",  # export or delete everything of one person
    "library",  # edit and publish documents
    "report",  # draft reports
    "exchange",  # import and export records
    "screen",  # pair screens
    "provision",  # certificates of stations, revoking them; releases of the software and their roll-out
    "account",  # accounts, sessions, tokens
    "audit",  # read the audit log
]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)

_OPERATOR: Final[frozenset[Permission]] = frozenset(
    {"see", "incident", "plan", "command", "still", "visit", "identity", "report"}
)
MAY: Final[dict[Role, frozenset[Permission]]] = {
    "viewer": frozenset({"see"}),
    "operator": _OPERATOR,
    "supervisor": _OPERATOR | {"supervise", "person", "library", "exchange", "audit"},
    "technician": frozenset({"see", "incident", "plan", "command", "screen", "provision"}),
    "administrator": frozenset({"see", "library", "exchange", "screen", "provision", "account", "audit"}),
}
"""What each role may; a token has the permissions it was made with, a paired screen `see` alone."""
