# Helpers that the scripts in tools/ share: folders, messages, prerequisites. Sourced by them, never run.
# shellcheck shell=bash
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/porthole"
LOGS="$CACHE/logs"
WASM=wasm32-unknown-unknown
TRUNK_VERSION=0.21.14
# The command line tool must be of the library's very version.
BINDGEN_VERSION="$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' "$ROOT/Cargo.lock")"

# Our tools come first on PATH, so that Trunk finds the versions it asks for.
export PATH="$CACHE/trunk-$TRUNK_VERSION/bin:$CACHE/wasm-bindgen-$BINDGEN_VERSION/bin:$ROOT/node_modules/.bin:$PATH"

say() { printf '%s\n' "$*"; }

# Ends with one sentence that says what to do.
die() {
  printf 'porthole: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a long command with its output in a log: quietly <name of the log> <command>...
quietly() {
  local log="$LOGS/$1.log"
  shift
  mkdir -p "$LOGS"
  "$@" >"$log" 2>&1 </dev/null
}

# Ends after a failed `quietly`, telling a registry out of reach from any other failure:
# blame <name of the log> <what was tried> <registry>
blame() {
  local log="$LOGS/$1.log"
  if grep -qiE 'resolve|connect|network|timed? ?out|unreachable|offline|E(NOTFOUND|CONN|AI_AGAIN)|proxy|no matching distribution|NewConnectionError' "$log"; then
    die "$2 failed because $3 cannot be reached: check the network and proxy settings, then run the same command again (details: $log)."
  fi
  die "$2 failed: the reason is at the end of $log."
}

# A folder's whole content as one hash: content_hash <file or folder>...
content_hash() {
  find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# What only the person can install. Each that is missing ends in one sentence.
check_prerequisites() {
  local node_major
  have cargo && have rustc || die "Rust is missing: install the stable toolchain with rustup, then run this again."
  have cc || die "A C compiler is missing: install gcc or clang (Debian: apt install build-essential), then run this again."
  have node || die "Node.js is missing: install Node.js 20 or newer with npm, then run this again."
  node_major="$(node -p 'process.versions.node.split(".")[0]')"
  [ "$node_major" -ge 20 ] || die "Node.js $(node --version) is too old: install Node.js 20 or newer, then run this again."
  have npm || die "npm is missing: install it beside Node.js (Debian: apt install npm), then run this again."
  local minimum current
  minimum="$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml" | head -n 1)"
  current="$(rustc --version | cut -d' ' -f2)"
  [ "$(printf '%s\n' "$minimum" "${current%%-*}" | sort -V | head -n 1)" = "$minimum" ] ||
    die "Rust $current is too old: bring it to $minimum or newer with 'rustup update stable', then run this again."
}

check_python() {
  have python3 && python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    die "Python 3.11 or newer is missing: install it (Debian: apt install python3 python3-venv), then run this again."
}

# Where rustup has no std for wasm32, tools/build-std made one; the compiler is then told to look there.
# Paths may hold spaces, so the flags go through the variable that takes a separator of its own.
wasm_std_sysroot() { printf '%s/wasm-std-%s' "$CACHE" "$(rustc --version | cut -d' ' -f2)"; }

has_wasm_std() { [ -n "$(find "$(rustc --print target-libdir --target $WASM 2>/dev/null)" -maxdepth 1 -name 'libstd-*.rlib' 2>/dev/null)" ]; }

for_wasm() {
  if has_wasm_std; then
    "$@"
  else
    CARGO_ENCODED_RUSTFLAGS="--sysroot"$'\x1f'"$(wasm_std_sysroot)" "$@"
  fi
}

# The release page is built with a standard library in which a panic is a trap and nothing else: the messages and what
# puts them together weigh 18 kB. The compiler has this in its present version, though not yet for good.
page_std_sysroot() { printf '%s/page-std-%s' "$CACHE" "$(rustc --version | cut -d' ' -f2)"; }

page_std_flags() { printf '%s' '-Zunstable-options -Cpanic=immediate-abort'; }

# tools/split.mjs goes by the names of functions: they say in which module, and none goes by the name of another one
# that happens to be alike. Binaryen joins these afterwards.
page_flags() { printf '%s' "$(page_std_flags) -Csymbol-mangling-version=v0 -Zmerge-functions=disabled"; }

for_page() {
  local flags
  flags="--sysroot"$'\x1f'"$(page_std_sysroot)"$'\x1f'"$(page_flags | tr ' ' '\037')"
  # The linker says where it put each constant: tools/data.mjs wants to know.
  flags+=$'\x1f'"-Clink-arg=-Map=$ROOT/target/page.map"
  RUSTC_BOOTSTRAP=1 CARGO_ENCODED_RUSTFLAGS="$flags" "$@"
}
