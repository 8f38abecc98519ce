# Members and the orders of January in a new database.
cp "$COMPANY"/*.csv "$COMPANY"/plan.toml .
downline import members members.csv --currency USD --by tess >/dev/null
downline import orders january.csv --by tess >/dev/null
