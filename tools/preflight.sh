#!/usr/bin/env bash
# Says what this machine lacks for building the project, and how to get it. Installs nothing.
set -u
python=${1:-python3}
missing=0
lack() {
    printf 'missing: %s\n    get it: %s\n' "$1" "$2" >&2
    missing=1
}

command -v cargo >/dev/null ||
    lack "cargo (Rust)" \
        "install rustup (your system's package manager has it, or rustup's site), then 'rustup default stable'"
if command -v rustc >/dev/null; then
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    found=$(rustc --version | awk '{print $2}')
    printf '%s\n%s\n' "$wanted" "$found" | sort --check=quiet --version-sort ||
        lack "Rust $wanted or newer (found $found)" "rustup update stable"
    cargo fmt --version >/dev/null 2>&1 || lack "rustfmt" "rustup component add rustfmt"
    cargo clippy --version >/dev/null 2>&1 || lack "clippy" "rustup component add clippy"
fi
command -v cc >/dev/null || command -v gcc >/dev/null ||
    lack "a C compiler (the linker)" "Debian, Ubuntu: apt-get install gcc; macOS: xcode-select --install"
if ! command -v "$python" >/dev/null; then
    lack "Python 3.10 or newer" "Debian, Ubuntu: apt-get install python3 python3-venv; or set PYTHON=/path/to/python3"
else
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        lack "Python 3.10 or newer (found $("$python" --version 2>&1))" "install one and set PYTHON=/path/to/python3"
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        lack "Python's venv module" "Debian, Ubuntu: apt-get install python3-venv"
fi
exit "$missing"
