# Sourced by run, test and .ci/run: makes .venv and installs into it what is pinned.
# shellcheck shell=bash

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s\n' "$*" >&2; }

# Python opens files where a closed stdin was, and then takes them for stdin.
{ : <&0; } 2>/dev/null || exec </dev/null

# Run a command in a process group of its own, so that the end of this script ends it and all that it started. Bash
# alone would wait for it before it acts on a signal, and leave it behind when killed.
supervised() {
    set -m
    setpriv --pdeathsig KILL -- "$@" </dev/null &
    set +m
    wait "$!"
}

end_supervised() {
    trap '' TERM INT HUP
    local group
    for group in $(jobs -pr); do
        kill -TERM -- "-$group" 2>/dev/null || continue
        for _ in {1..30}; do
            kill -0 -- "-$group" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL -- "-$group" 2>/dev/null || true
    done
    exit 143
}
trap end_supervised TERM INT HUP

# Install system packages, as root; otherwise say how. False when they are still missing.
install_packages() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say "Missing system packages. Please run: sudo apt-get install -y $*"
        return 1
    fi
    say "Installing system packages: $*"
    # The first line mends what an interrupted installation left, which apt-get refuses to go on from. A plain `su`
    # leaves root without the sbin directories.
    supervised env DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" bash -euc '
        dpkg --configure -a
        apt-get -qq update
        apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$@"
    ' bash "$@" >/dev/null
}

# Set $python to a Python that is new enough, and $identity to a line that tells it from others.
find_python() {
    command -v python3 >/dev/null || install_packages python3 || exit 1
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        identity=$("$python" -c '
import sys
if sys.version_info < (3, 11):
    sys.exit(1)
print("{}.{}".format(*sys.version_info), sys.version.replace("\n", ""), sys.base_prefix)' 2>/dev/null) && return
    done
    say "The portal needs Python 3.11 or newer; this machine has $(python3 --version 2>&1). Install one, then start again."
    exit 1
}

# What an installation depends on: the Python, the place (a virtual environment can't be moved), the files.
fingerprint() {
    { printf '%s\n' "$identity" "$root" && cat -- "$@"; } | sha256sum
}

# set_up requirements.txt|requirements-test.txt: install it into .venv unless that was done before.
set_up() {
    # Two started at once wait for each other here. The lock ends with the script, or when all is installed.
    exec {lock}<"$root"
    supervised flock "$lock"
    find_python
    local stamps=$root/.venv/installed runtime tests
    runtime=$(fingerprint "$root"/{requirements.txt,setup.cfg,pyproject.toml})
    if [ "$(cat -- "$stamps/runtime" 2>/dev/null)" != "$runtime" ]; then
        "$python" -c 'import ensurepip' 2>/dev/null || install_packages "python${identity%% *}-venv" || exit 1
        say "Installing the portal into .venv; this takes a minute."
        supervised "$python" -m venv --clear "$root/.venv"
        pip_install -r "$root/requirements.txt"
        pip_install --no-deps --no-build-isolation -e "$root"
        mkdir -p "$stamps"
        printf '%s\n' "$runtime" >"$stamps/runtime"
    fi
    if [ "$1" = requirements-test.txt ]; then
        tests=$(fingerprint "$root/$1")
        if [ "$(cat -- "$stamps/tests" 2>/dev/null)" != "$tests" ]; then
            say "Installing what the tests need into .venv; this takes a minute."
            pip_install -r "$root/$1"
            printf '%s\n' "$tests" >"$stamps/tests"
        fi
    fi
    exec {lock}<&-
}

pip_install() {
    supervised "$root/.venv/bin/python" -m pip --disable-pip-version-check --no-input -qq install "$@"
}
