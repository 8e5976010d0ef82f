#!/bin/sh
# renda with the environment that its units have; installed as /usr/local/bin/renda.
set -eu
if [ -r /etc/renda/environment ]; then
    set -a
    # shellcheck source=/dev/null
    . /etc/renda/environment
    set +a
fi
exec /opt/renda/bin/renda "$@"
