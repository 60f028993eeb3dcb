#!/bin/sh
# The browser that the tests of the page drive: the one on PATH, else Debian's, installed as root or by sudo without a
# password. Where neither can be, it says what to type; those tests are then skipped, and fail where CI is set.
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done

sudo=
if [ "$(id -u)" != 0 ]; then
  sudo="sudo -n"
  command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null || sudo=none
fi
if [ "$sudo" = none ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "The tests of the page need a browser. To install it, type: sudo apt-get install --yes chromium" >&2
  exit 0
fi
echo "installing chromium, which the tests of the page drive"
$sudo apt-get -qq update &&
  DEBIAN_FRONTEND=noninteractive $sudo apt-get -qq install --yes --no-install-recommends chromium >/dev/null ||
  echo "It could not be installed. To try it yourself, type: sudo apt-get install --yes chromium" >&2
exit 0
