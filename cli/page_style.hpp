// How pages look: on a screen light or dark as the reader has it, on paper black on white.
#pragma once

namespace downline {

inline constexpr const char* page_style = R"css(
:root { color-scheme: light dark; --ink: #1c2430; --quiet: #5a6675; --line: #d5dbe3; --back: #ffffff;
  --strip: #f4f6f9; --accent: #0b5cad; --pale: #9db9d9; --good: #1a7a3c; --bad: #a63a00;
  --p1: #0b5cad; --p2: #2f9e6e; --p3: #b8860b; --p4: #8a4fbe; --p5: #c2410c; --p6: #64748b; --p7: #0f766e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --quiet: #a3adba; --line: #3a4452;
  --back: #12161c; --strip: #1b212a; --accent: #6cb2ff; --pale: #35557a; --good: #6fd195; --bad: #ff9d66;
  --p1: #6cb2ff; --p2: #5ecb9c; --p3: #e2b44a; --p4: #bd93e8; --p5: #ff9d66; --p6: #94a3b8; --p7: #4fd1c5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .3rem 0; }
.quiet, caption, .chart text, footer { color: var(--quiet); }
.total { display: flex; justify-content: space-between; align-items: baseline; flex-wrap: wrap;
  border-block: 2px solid var(--ink); padding: .5rem 0; margin: 1rem 0; }
.total strong { font-size: 1.8rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: .3rem; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
td { overflow-wrap: anywhere; }
th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
.number + td:not(.number), .number + th:not(.number) { padding-left: .8rem; }
.met { color: var(--good); } .short { color: var(--bad); font-weight: 600; }
.chart { width: 100%; min-width: 32rem; height: auto; display: block; }
.chart text { font-size: 12px; text-anchor: middle; fill: var(--quiet); }
.chart line { stroke: var(--line); }
.bar { fill: var(--pale); } .bar.now { fill: var(--accent); }
.shares { width: 100%; height: 1.4rem; display: block; border-radius: 3px; margin: .6rem 0; }
.key { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .4rem; }
.part-1 { fill: var(--p1); background: var(--p1); } .part-2 { fill: var(--p2); background: var(--p2); }
.part-3 { fill: var(--p3); background: var(--p3); } .part-4 { fill: var(--p4); background: var(--p4); }
.part-5 { fill: var(--p5); background: var(--p5); } .part-6 { fill: var(--p6); background: var(--p6); }
.part-7 { fill: var(--p7); background: var(--p7); }
footer { margin-top: 2.5rem; font-size: .8rem; overflow-wrap: anywhere; }
@media print { :root { color-scheme: light; --ink: #000; --quiet: #444; --line: #bbb; --back: #fff; }
  @page { margin: 15mm; } body { font-size: 10.5pt; } main { padding: 0; max-width: none; }
  h2 { margin-top: 1.2rem; } section { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)css";

}  // namespace downline
