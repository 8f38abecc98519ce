# The same, and a draft of January.
. "$COMPANY/imported.sh"
downline run 2026-01 --plan plan.toml --by tess >/dev/null
