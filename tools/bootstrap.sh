#!/bin/sh
# Make the environment in .venv, or leave it alone when it is already right.
#
# The stamp is written last and says what the environment was made from. Without a stamp an installation was cut
# short, so the environment is made again from nothing; with an outdated one it is brought up to date in place, and
# stays as it was where that fails.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
stamp=.venv/made-from
log=.venv/install.log

fail() {
    echo "$1" >&2
    exit 1
}

made_from() {
    pwd
    cksum requirements.txt pyproject.toml
}

runs_here() {
    [ "$(head -n 1 "$stamp" 2>/dev/null)" = "$(pwd)" ] && .venv/bin/python -c '' 2>/dev/null
}

make_empty() {
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
        fail "Python 3.11 or newer is needed and $python does not run: install it, or name another: make PYTHON=/path/to/python3."
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Python 3.11 or newer is needed and $python is Python $version: name a newer one: make PYTHON=/path/to/python3."
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python lacks its venv module: install it (on Debian and Ubuntu: apt-get install python3-venv)."
    rm -rf .venv
    mkdir .venv
    "$python" -m venv .venv >"$log" 2>&1 || fail "The environment could not be made in .venv: $(tail -n 1 "$log")"
}

if runs_here && made_from | cmp -s - "$stamp"; then
    exit 0
fi
runs_here || make_empty
mv "$stamp" "$stamp.old" 2>/dev/null || true
echo "Installing into .venv (a few minutes the first time)."
.venv/bin/python -m pip install --progress-bar off --retries 2 -r requirements.txt >"$log" 2>&1 || {
    mv "$stamp.old" "$stamp" 2>/dev/null || true
    if grep -qE 'NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|NameResolutionError' "$log"; then
        fail "The packages could not be fetched: no network, or a proxy that does not answer (pip's own words: $log)."
    fi
    fail "The packages could not be installed: $(grep '^ERROR' "$log" | tail -n 1) (pip's own words: $log)."
}
made_from >"$stamp"
rm -f "$stamp.old"
