# What tests need beyond a build: a browser with its driver, nginx, and a venv with the test peers. Sourced, never run.
# shellcheck shell=bash

PEERS_LIST="$ROOT/e2e/peers/requirements.txt"
NGINX="$CACHE/nginx"
VENV="$CACHE/venv-$(sha256sum "$PEERS_LIST" | cut -c1-16)"

# Tells the tests what is there already.
use_test_tools() {
  PORTHOLE_CHROMIUM="${PORTHOLE_CHROMIUM:-$(browser_path)}"
  CHROMEDRIVER="${CHROMEDRIVER:-$(command -v chromedriver || true)}"
  PORTHOLE_NGINX="${PORTHOLE_NGINX:-$(nginx_path)}"
  PORTHOLE_PYTHON="$VENV/bin/python"
  export PORTHOLE_CHROMIUM PORTHOLE_NGINX PORTHOLE_PYTHON
  # An empty path would count as a path.
  if [ -n "$CHROMEDRIVER" ]; then export CHROMEDRIVER; else unset CHROMEDRIVER; fi
}

browser_path() {
  node --input-type=module -e 'import { browserPath } from "./tools/browser.mjs"; console.log(browserPath() ?? "")' 2>/dev/null
}

setup_browser() {
  if [ -n "$(browser_path)" ]; then
    have chromedriver || say "There is no chromedriver: Playwright opens the tests in the browser instead."
    return
  fi
  if have apt-get && [ "$(id -u)" = 0 ]; then
    say "Installing Chromium and its driver with apt (about 1 minute, once) …"
    if quietly apt-update apt-get update &&
      DEBIAN_FRONTEND=noninteractive quietly apt-chromium \
        apt-get install -y --no-install-recommends chromium chromium-driver fonts-liberation; then
      return
    fi
    say "apt could not install it."
  fi
  say "No Chromium on PATH and no apt as root: installing Playwright's own browser (about 1 minute, once) …"
  quietly playwright node node_modules/playwright-core/cli.js install chromium && [ -n "$(browser_path)" ] ||
    die "The tests need a browser: install Chromium and its driver (Debian: apt install chromium chromium-driver), then run this again."
}

# Debian has it in a folder that is on root's PATH only.
nginx_path() { PATH="$PATH:/usr/sbin:$NGINX/usr/sbin" command -v nginx || true; }

# Debian's package, unpacked into the cache and not installed: so no service starts, and no root is needed.
setup_nginx() {
  [ -n "$(nginx_path)" ] && return
  if have apt-get && have dpkg-deb; then
    say "No nginx on PATH: unpacking Debian's package into the cache (about 10 s, once) …"
    if unpack_nginx || { [ "$(id -u)" = 0 ] && quietly apt-update apt-get update && unpack_nginx; }; then
      return
    fi
    say "apt could not fetch it, or it does not run here."
  fi
  die "The tests need nginx: install it (Debian: apt install nginx), then run this again."
}

# It appears under its final name only once it runs.
unpack_nginx() {
  local fresh="$NGINX-fresh"
  rm -rf "$NGINX" "$fresh"
  mkdir -p "$fresh"
  (cd "$fresh" && quietly apt-nginx apt-get download nginx && quietly dpkg-nginx dpkg-deb --extract nginx_*.deb .) &&
    quietly nginx "$fresh/usr/sbin/nginx" -v &&
    mv "$fresh" "$NGINX"
}

setup_peers() {
  check_python
  [ -e "$VENV/complete" ] && return
  say "Installing the test peers into a Python venv in the cache (about 20 s, once) …"
  rm -rf "$VENV"
  quietly venv python3 -m venv "$VENV" ||
    die "Python's venv module is missing: install it (Debian: apt install python3-venv), then run this again."
  quietly pip "$VENV/bin/pip" install --disable-pip-version-check --requirement "$PEERS_LIST" ||
    blame pip "Installing the test peers" "the Python package index"
  touch "$VENV/complete"
}
