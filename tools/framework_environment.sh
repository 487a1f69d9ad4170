#!/usr/bin/env bash
# Makes the virtual environment .venv-rl-NAME from requirements/rl-NAME.txt and installs the wheel given into it.
#   tools/framework_environment.sh NAME WHEEL [PYTHON]
# uv links files into place instead of copying them: torch lies on the disk once, however many environments hold it.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1 wheel=$2 python=${3:-python3}
home=.venv-rl-$name tools=.venv-rl-tools

if [ ! -e "$home/.installed" ] || [ "requirements/rl-$name.txt" -nt "$home/.installed" ]; then
    # The first environment with torch takes 6 GB (PyPI's build for Linux brings its GPU libraries), a further one 1 GB.
    need=7
    [ -d "$tools/cache" ] && need=2
    free=$(df --output=avail --block-size=1G . | tail -1 | tr -d ' ')
    if [ "$free" -lt "$need" ]; then
        echo "error: $home needs $need GB and $free GB are free here; nothing was installed" >&2
        exit 1
    fi
    export UV_CACHE_DIR="$PWD/$tools/cache" UV_SYSTEM_CERTS=true
    [ -x "$tools/bin/uv" ] || { "$python" -m venv "$tools" && "$tools/bin/pip" install --quiet --disable-pip-version-check uv==0.13.9; }
    "$tools/bin/uv" venv --quiet --clear --python "$python" "$home"
    # The files are complete: resolved with requirements/rl-overrides.txt, which leaves out what only GPUs need.
    "$tools/bin/uv" pip install --quiet --no-deps --python "$home/bin/python" --requirement "requirements/rl-$name.txt"
    touch "$home/.installed"
fi
UV_CACHE_DIR="$PWD/$tools/cache" "$tools/bin/uv" pip install --quiet --no-deps --reinstall --python "$home/bin/python" "$wheel"
