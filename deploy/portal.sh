#!/bin/sh
# The portal's command with the service's settings and as its user: install as /usr/local/sbin/portal.
# Started by sudo, so that the audit names who it was.
set -eu
umask 077
set -a
# shellcheck source=/dev/null
. /etc/portal/portal.env
LOGNAME=${SUDO_USER:-$(id -un)}
HOME=/nonexistent
exec setpriv --reuid=portal --regid=portal --init-groups -- /opt/portal/.venv/bin/portal "$@"
