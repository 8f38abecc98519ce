// Every command of the program, in the order in which the help shows them: one file each,
// command_NAME.cpp, that describes its options and calls the work.
#pragma once

#include "cli/command_line.hpp"
#include "cli/settings.hpp"

namespace downline {

void add_init(Command& root, Settings& settings);
void add_import(Command& root, Settings& settings);
void add_imports(Command& root, Settings& settings);
void add_plan(Command& root, Settings& settings);
void add_run(Command& root, Settings& settings);
void add_close(Command& root, Settings& settings);
void add_periods(Command& root, Settings& settings);
void add_runs(Command& root, Settings& settings);
void add_move(Command& root, Settings& settings);
void add_diff(Command& root, Settings& settings);
void add_verify(Command& root, Settings& settings);
void add_earnings(Command& root, Settings& settings);
void add_customers(Command& root, Settings& settings);
void add_explain(Command& root, Settings& settings);
void add_goal(Command& root, Settings& settings);
void add_report(Command& root, Settings& settings);
void add_disclose(Command& root, Settings& settings);
void add_statement(Command& root, Settings& settings);
void add_tree(Command& root, Settings& settings);
void add_balances(Command& root, Settings& settings);
void add_payout(Command& root, Settings& settings);
void add_payout_export(Command& payout, Settings& settings);
void add_payout_check(Command& payout, Settings& settings);
void add_reconcile(Command& root, Settings& settings);
void add_sql(Command& root, Settings& settings);
void add_backup(Command& root, Settings& settings);
void add_set(Command& root, Settings& settings);
void add_completion(Command& root, Settings& settings);
void add_manual(Command& root, Settings& settings);

inline void add_commands(Command& root, Settings& settings) {
    add_init(root, settings);
    add_import(root, settings);
    add_imports(root, settings);
    add_plan(root, settings);
    add_run(root, settings);
    add_close(root, settings);
    add_periods(root, settings);
    add_runs(root, settings);
    add_move(root, settings);
    add_diff(root, settings);
    add_verify(root, settings);
    add_earnings(root, settings);
    add_customers(root, settings);
    add_explain(root, settings);
    add_goal(root, settings);
    add_report(root, settings);
    add_disclose(root, settings);
    add_statement(root, settings);
    add_tree(root, settings);
    add_balances(root, settings);
    add_payout(root, settings);
    add_reconcile(root, settings);
    add_sql(root, settings);
    add_backup(root, settings);
    add_set(root, settings);
    add_completion(root, settings);
    add_manual(root, settings);
}

}  // namespace downline
