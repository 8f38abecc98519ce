# The same, and January closed.
. "$COMPANY/drafted.sh"
downline close 2026-01 --yes --by tess >/dev/null
