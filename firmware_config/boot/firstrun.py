"""`firstrun.sh` for Raspberry Pi OS Bookworm, which has no cloud-init: the same set-up as a script (pure).

systemd runs it once, as root, because `cmdline.txt` says so. It may be cut anywhere and begins again at the next start:
each step can be done twice, each file is written whole or not at all, and the words in `cmdline.txt` go last. A step
that fails is told in `firstrun.log` beside it and does not stop the others: a loop of restarts would help nobody.
"""

from shlex import quote
from typing import Final

from firmware_config.boot.cmdline_txt import RUN
from firmware_config.boot.model import FIRST_BOOT_UNIT, BootModel
from firmware_config.boot.root_partition import FILES, FSTAB, MAY, SSHD, SUDOERS

MARK: Final = "# cuncuntong: rendered by firmware-config 由配置工具生成"

_HEAD: Final = r"""#!/bin/bash
%(mark)s
# Runs once at the first start of Raspberry Pi OS Bookworm, as root, and again if the power was cut meanwhile.
# CUNCUNTONG_ROOT: a folder that stands for / (tests, images).
set -u
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
root=${CUNCUNTONG_ROOT:-}
boot=$root/boot/firmware
user=%(user)s

put() { # FILE MODE: what is on stdin, whole or not at all; never nothing
    mkdir -p "$(dirname "$1")" && cat >"$1.cuncuntong" && [ -s "$1.cuncuntong" ] && chmod "$2" "$1.cuncuntong" \
        && sync "$1.cuncuntong" && mv -f "$1.cuncuntong" "$1" && sync "$(dirname "$1")"
}

of_user() { # FIELD: of the technician's line in passwd
    awk -F: -v user="$user" -v field="$1" '$1 == user { print $field }' "$root/etc/passwd"
}

step() { # NAME: the function of that name
    if "$1"; then echo "ok $1"; else echo "FAILED $1" && failed="$failed $1"; fi
}

host_name() {
    printf '%%s\n' %(hostname)s | put "$root/etc/hostname" 644 || return 1
    { [ ! -e "$root/etc/hosts" ] || grep -v '^127\.0\.1\.1[[:space:]]' "$root/etc/hosts"
      printf '127.0.1.1\t%%s\n' %(hostname)s; } | put "$root/etc/hosts" 644 || return 1
    [ -n "$root" ] || hostname %(hostname)s
}

time_zone() {
    ln -sfn /usr/share/zoneinfo/%(timezone)s "$root/etc/localtime.cuncuntong" \
        && mv -fT "$root/etc/localtime.cuncuntong" "$root/etc/localtime" \
        && printf '%%s\n' %(timezone)s | put "$root/etc/timezone" 644
}

language() {
    if [ -e "$root/etc/locale.gen" ] && ! grep -qx %(locale_gen)s "$root/etc/locale.gen"; then
        { cat "$root/etc/locale.gen"; printf '%%s\n' %(locale_gen)s; } | put "$root/etc/locale.gen" 644 || return 1
    fi
    printf 'LANG=%%s\n' %(locale)s | put "$root/etc/default/locale" 644 || return 1
    [ -n "$root" ] || ! command -v locale-gen >/dev/null || locale-gen >/dev/null
}

technician() {
    if [ -z "$(of_user 1)" ]; then
        first=$(awk -F: '$3 == 1000 { print $1 }' "$root/etc/passwd")
        if [ -z "$root" ] && [ -n "$first" ] && [ -x /usr/lib/userconf-pi/userconf ]; then
            # "*" is no password of anything; an empty one would let everybody in.
            /usr/lib/userconf-pi/userconf "$user" '*' || return 1
        else
            useradd ${root:+--prefix "$root"} --create-home --shell /bin/bash "$user" || return 1
        fi
    fi
    usermod ${root:+--prefix "$root"} --lock "$user" || return 1
    rm -f "$root/etc/sudoers.d/010_pi-nopasswd"
    [ -n "$root" ] || systemctl disable --quiet userconfig.service 2>/dev/null
    return 0
}
"""

_SSH: Final = r"""
remote() {
    home=$root$(of_user 6)
    mkdir -p "$home/.ssh" && chmod 700 "$home/.ssh" || return 1
    printf '%%s\n' %(keys)s | put "$home/.ssh/authorized_keys" 600 || return 1
    chown -R "$(of_user 3):$(of_user 4)" "$home/.ssh" || return 1
    printf 'PasswordAuthentication no\nPermitRootLogin no\n' | put "$root%(sshd)s" 644 || return 1
    printf '%%s %%s\n' "$user" %(may)s | put "$root%(sudoers)s" 440 || return 1
    systemctl ${root:+--root="$root"} enable ssh.service
}
"""

_NETWORK: Final = r"""
cable() {
    printf '%%s\n' %(lines)s | put "$root/etc/NetworkManager/system-connections/cuncuntong-cable.nmconnection" 600
}
"""

_DISK: Final = r"""
spare_the_card() {
%(files)s
    if [ -e "$root/etc/fstab" ]; then
        sed -E %(fstab)s "$root/etc/fstab" | put "$root/etc/fstab" 644 || return 1
    fi
    if [ -e "$root/lib/systemd/system/dphys-swapfile.service" ]; then
        systemctl ${root:+--root="$root"} disable --quiet dphys-swapfile.service || return 1
        [ -n "$root" ] || dphys-swapfile swapoff || true
        rm -f "$root/var/swap"
    fi
}
"""

_TAIL: Final = r"""
first_boot_unit() {
    systemctl ${root:+--root="$root"} enable %(unit)s
}

not_again() {
    sed -e '1s/ %(run)s//' "$boot/cmdline.txt" | put "$boot/cmdline.txt" 755
}

failed=
{
%(steps)s
    sync
    step not_again
    echo "done$([ -z "$failed" ] || echo ", failed:$failed")"
} >"$boot/cuncuntong/firstrun.log" 2>&1
sync
exit 0
"""


def firstrun(model: BootModel) -> bytes:
    """Return the script; everything that comes from outside stands in single quotation marks."""
    settings = model.settings
    steps = ["host_name", "time_zone", "language", "technician"]
    parts = [
        _HEAD
        % {
            "mark": MARK,
            "user": quote(settings.user),
            "hostname": quote(model.hostname),
            "timezone": quote(settings.timezone),
            "locale": quote(settings.locale),
            "locale_gen": quote(f"{settings.locale} UTF-8"),
        }
    ]
    if settings.ssh_keys:
        steps.append("remote")
        parts.append(
            _SSH
            % {"keys": " ".join(map(quote, settings.ssh_keys)), "sshd": SSHD, "sudoers": SUDOERS, "may": quote(MAY)}
        )
    if model.network is not None:
        steps.append("cable")
        parts.append(_NETWORK % {"lines": " ".join(map(quote, _cable(model)))})
    if model.wifi:
        steps.append("radio")
        parts.append('\nradio() {\n    [ -n "$root" ] || rfkill unblock wifi\n}\n')
    steps += ["spare_the_card", "first_boot_unit"]
    files = "\n".join(
        f"    printf '%s' {quote(text)} | put \"$root{path}\" 644 || return 1" for path, text in FILES.items()
    )
    parts.append(_DISK % {"files": files, "fstab": quote(FSTAB)})
    words = " ".join(RUN).replace(".", r"\.").replace("/", r"\/")
    calls = "\n".join(f"    step {name}" for name in steps)
    parts.append(_TAIL % {"unit": FIRST_BOOT_UNIT, "run": words, "steps": calls})
    return "".join(parts).encode()


def _cable(model: BootModel) -> list[str]:
    """Return NetworkManager's connection of the cable; its number is made from the host's name, so always the same."""
    network = model.network
    if network is None:
        return []
    dns = [f"dns={';'.join(network.dns)};"] if network.dns else []
    return [
        "[connection]", "id=cuncuntong-cable", "type=ethernet", "interface-name=eth0", "autoconnect=true", "",
        "[ipv4]", "method=manual", f"address1={network.address},{network.gateway}", *dns, "", "[ipv6]", "method=auto",
    ]  # fmt: skip
