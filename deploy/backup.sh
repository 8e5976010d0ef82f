#!/bin/sh
# Back up a node: its data into one folder, its files of secrets into another, and forget the oldest data.
#
#   backup.sh /etc/renda/node.ini
#
# Environment: RENDA_SECRET_FILE, RENDA_KEY_FILE   the files of secrets
#              RENDA_BACKUP_DIR                    folder of the backups
#              RENDA_BACKUP_KEYS                   folder of the copies of secrets, on another medium
#              RENDA_BACKUP_KEEP                   how many backups stay (30)
# Exits with 0 only where both are safe; nothing is forgotten before the new backup is there.
set -eu
umask 077

refuse() {
    echo "backup.sh: $*" >&2
    exit 1
}

[ $# -eq 1 ] || { echo "usage: backup.sh CONFIG" >&2; exit 2; }
config=$1
for name in RENDA_SECRET_FILE RENDA_KEY_FILE RENDA_BACKUP_DIR RENDA_BACKUP_KEYS; do
    eval "value=\${$name:-}"
    # shellcheck disable=SC2154 # set by eval
    [ -n "$value" ] || refuse "$name is not set"
done
keep=${RENDA_BACKUP_KEEP:-30}
case $keep in
    '' | *[!0-9]* | 0) refuse "RENDA_BACKUP_KEEP must be a number above 0" ;;
esac

mkdir -p "$RENDA_BACKUP_DIR" "$RENDA_BACKUP_KEYS"
data=$(cd "$RENDA_BACKUP_DIR" && pwd -P)
keys=$(cd "$RENDA_BACKUP_KEYS" && pwd -P)
# Whoever finds the one must not find the other.
case $data/ in "$keys"/*) refuse "$data lies in $keys: keep secrets apart from data" ;; esac
case $keys/ in "$data"/*) refuse "$keys lies in $data: keep secrets apart from data" ;; esac

stamp=$(date -u +%Y%m%dT%H%M%SZ)

# A copy is made where the newest one differs, and never removed: an old backup opens with its own key only.
keep_secret() {
    newest=
    for copy in "$keys/$1".*; do
        [ -f "$copy" ] && newest=$copy
    done
    if [ -z "$newest" ] || ! cmp -s "$2" "$newest"; then
        cp "$2" "$keys/.$1.part"
        mv "$keys/.$1.part" "$keys/$1.$stamp"
    fi
}
keep_secret renda.secret "$RENDA_SECRET_FILE"
keep_secret renda.key "$RENDA_KEY_FILE"

"${RENDA:-renda}" backup "$config" "$data/renda-$stamp.backup"
[ -s "$data/renda-$stamp.backup" ] || refuse "no backup was written"

set -- "$data"/renda-*.backup
while [ $# -gt "$keep" ]; do
    rm -f -- "$1"
    shift
done
