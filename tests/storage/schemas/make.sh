#!/usr/bin/env bash
# Makes the kept database of the present schema: two closed months, a draft, returns, a payout whose
# payment failed. Kept files are never made again: a schema that landed is what it was.
#
# usage: tests/storage/schemas/make.sh PROGRAM VERSION     writes VERSION.db.xz beside this script
set -euo pipefail
program=$(realpath "$1") version=$2 here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > plan.toml <<'PLAN'
[plan]
name      = "kept"
currency  = "USD"
period    = "month"
effective = 2026-01-01
rounding  = "half-up"

[active]
requires = { pv = 50 }

[[rank]]
name     = "silver"
requires = { gv = 200 }

[[bonus]]
code   = "first"
kind   = "personal"
orders = { sequence = "first" }
rate   = "10%"

[[bonus]]
code   = "again"
kind   = "personal"
orders = { sequence = "reorder" }
rate   = "5%"

[[bonus]]
code   = "override"
kind   = "unilevel"
levels = ["5%", "3%"]
PLAN
cat > members.csv <<'CSV'
member_id,sponsor_id,joined_on,kind,name,status,status_on
ann,,2025-01-01,affiliate,Ann,active,
bob,ann,2025-01-02,affiliate,Bob,active,
cat,bob,2025-01-03,affiliate,Cat,suspended,2025-06-01
dan,cat,2025-01-04,customer,Dan,active,
eve,bob,2026-01-10,customer,Eve,active,
CSV
cat > orders.csv <<'CSV'
order_id,member_id,ordered_on,amount,sku
1,dan,2026-01-05,80.00,A
2,bob,2026-01-06,60.00,
3,ann,2026-01-07,75.50,B
4,eve,2026-01-20,33.33,
5,dan,2026-02-05,80.00,A
6,bob,2026-02-06,60.00,
7,eve,2026-02-20,66.66,
8,ann,2026-03-01,50.00,
CSV
cat > returns.csv <<'CSV'
return_id,order_id,returned_on,amount
R1,4,2026-01-25,11.11
CSV
cat > answer.csv <<'CSV'
member_id,reason
bob,account closed
CSV
export DOWNLINE_DB=$version.db
"$program" import members members.csv --by ops
"$program" import orders orders.csv --by ops
"$program" import returns returns.csv --by ops
for month in 01 02; do
    "$program" run 2026-$month --plan plan.toml --by fin
    "$program" close 2026-$month --yes --by fin
done
"$program" payout create --batch B1 --minimum 1.00 --by fin
"$program" payout mark B1 --failed answer.csv --by fin
"$program" run 2026-03 --plan plan.toml --by fin
xz -9e --stdout "$version.db" > "$here/$version.db.xz"
