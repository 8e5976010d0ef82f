#!/bin/sh
# Install renda for systemd: account, program, units, example configuration. Run as root; safe to repeat.
# What is in /etc/renda already is never changed. DESTDIR installs below another root, without the program.
set -eu
umask 022
cd "$(dirname "$0")/.."
root=${DESTDIR:-}

[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || { echo "install.sh: run it as root" >&2; exit 1; }

install -D -m 644 deploy/systemd/sysusers.conf "$root/usr/lib/sysusers.d/renda.conf"
for unit in deploy/systemd/*.service deploy/systemd/*.timer deploy/systemd/*.target; do
    install -D -m 644 "$unit" "$root/etc/systemd/system/$(basename "$unit")"
done
install -D -m 755 deploy/backup.sh "$root/opt/renda/bin/renda-backup"
install -D -m 755 deploy/renda.sh "$root/usr/local/bin/renda"

if [ -z "$root" ]; then
    systemd-sysusers
    "${PYTHON:-python3}" -m venv /opt/renda
    /opt/renda/bin/pip install --quiet -c constraints.txt '.[postgresql,redis,word]' ./tiers ./plugins/*/
fi

for name in node.ini environment; do
    if [ ! -e "$root/etc/renda/$name" ]; then
        install -D -m 640 "deploy/$name" "$root/etc/renda/$name"
        [ -n "$root" ] || chgrp renda "/etc/renda/$name"
    fi
done
for folder in /var/lib/renda /var/lib/renda/keys /var/backups/renda /var/backups/renda-keys; do
    if [ -n "$root" ]; then
        install -d -m 700 "$root$folder"
    else
        install -d -m 700 -o renda -g renda "$folder"
    fi
done

if [ -z "$root" ]; then
    systemctl daemon-reload
fi
