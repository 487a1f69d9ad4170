#!/usr/bin/env bash
# Makes the virtual environment .venv-NAME from requirements/NAME.txt, anew where that list has changed, and installs
# the wheel into it where one is given and is not there yet.
#   tools/environment.sh NAME [WHEEL]
# The lists are complete, so nothing is resolved. uv links files into place instead of copying them: torch lies on the
# disk once, however many environments hold it.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1 wheel=${2:-} python=${PYTHON:-python3}
home=.venv-$name list=requirements/$name.txt tools=.venv-tools
export UV_CACHE_DIR="$PWD/$tools/cache" UV_SYSTEM_CERTS=true

if ! [ -x "$tools/bin/uv" ]; then
    "$python" -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check uv==0.13.9
fi
if ! cmp --silent "$list" "$home/.installed"; then
    # The first environment with torch takes 6 GB (PyPI's build for Linux brings its GPU libraries), a further one 1 GB.
    need=1
    if grep --quiet '^torch==' "$list"; then
        if ls -d "$UV_CACHE_DIR"/archive-*/*/torch >/dev/null 2>&1; then need=2; else need=7; fi
    fi
    free=$(df --output=avail --block-size=1G . | tail -n 1 | tr -d ' ')
    if [ "$free" -lt "$need" ]; then
        echo "error: $home needs $need GB and $free GB are free here; nothing was installed" >&2
        exit 1
    fi
    "$tools/bin/uv" venv --quiet --clear --python "$python" "$home"
    "$tools/bin/uv" pip install --quiet --no-deps --python "$home/bin/python" --requirement "$list"
    cp "$list" "$home/.installed" # written last: its presence says the installation is complete
fi
if [ -n "$wheel" ] && ! cmp --silent "$wheel" "$home/.wheel"; then
    "$tools/bin/uv" pip install --quiet --no-deps --reinstall --python "$home/bin/python" "$wheel"
    cp "$wheel" "$home/.wheel"
fi
