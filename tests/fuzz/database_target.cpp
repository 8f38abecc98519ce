// A database with changed bytes: opened, verified and asked everything; each answer is one, or a
// sentence about what is wrong.
//
// An input is a list of changes of seven bytes: what is done, where (three bytes, among the bytes
// that are in use), and three that say with what.
#include "tests/fuzz/targets.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <functional>
#include <vector>

#include "storage/ask.hpp"
#include "storage/balances.hpp"
#include "storage/diff.hpp"
#include "storage/disclosure.hpp"
#include "storage/explain.hpp"
#include "storage/goals.hpp"
#include "storage/member_page.hpp"
#include "storage/payouts.hpp"
#include "storage/report.hpp"
#include "storage/verify.hpp"
#include "tests/cli/written.hpp"
#include "tests/fuzz/company.hpp"

namespace downline::fuzz {
namespace {

constexpr std::size_t changes_max = 20;
constexpr std::size_t change_bytes = 7;

struct Company {
    TemporaryDirectory directory;
    std::string path = (directory.path / "company.db").string();
    std::string bytes;
    std::vector<std::size_t> used;  ///< places of bytes that are not 0
    Company() {
        {
            Database database(path, Database::Access::create);
            database.set_setting("currency", "USD");
            import_and_close(database);
        }
        bytes = file_text(path);
        for (std::size_t at = 0; at < bytes.size(); ++at)
            if (bytes[at] != '\0') used.push_back(at);
    }
};

void change(std::string& file, const std::vector<std::size_t>& used, std::string_view how) {
    const auto byte = [how](std::size_t at) { return static_cast<unsigned char>(how[at]); };
    const std::size_t where = byte(1) << 16 | byte(2) << 8 | byte(3);
    const std::size_t at = used[where % used.size()];
    const std::size_t other = used[(where * 31 + byte(5) * 251 + byte(6)) % used.size()];
    const std::size_t length = std::min<std::size_t>(byte(4) % 32 + 1, file.size() - at);
    switch (byte(0) % 6) {
        case 0: file[at] = how[4]; break;
        case 1: file[at] = static_cast<char>(file[at] ^ (1 << byte(4) % 8)); break;
        case 2: file[at] = static_cast<char>(file[at] + static_cast<signed char>(how[4])); break;
        case 3: file.replace(at, length, file.substr(other, length)); break;
        case 4: file.replace(at, length, length, how[5]); break;
        default: file.replace(at, std::min<std::size_t>(3, file.size() - at), how.substr(4)); break;
    }
}

/// Done, or said why not: also that the file is damaged, but not that an invariant is broken.
void asked(const std::function<void()>& work) {
    try {
        done_or_refused(work);
    } catch (const StorageError& error) {
        expect(*error.what() != '\0', "an error has words");
    }
}

/// The same of what computes with the facts of the file: it may also find that something does not
/// add up.
void computed(const std::function<void()>& work) {
    try {
        asked(work);
    } catch (const BrokenInvariant& error) {
        expect(*error.what() != '\0', "an error has words");
    }
}

void ask_runs(Database& database) {
    std::vector<RunRecord> runs;
    asked([&] { runs = list_runs(database); });
    if (runs.size() > 4) runs.resize(4);
    for (const RunRecord& run : runs) {
        asked([&] { (void)run_summary(database, run.number); });
        asked([&] { each_earnings(database, run, true, false, [](const Earnings&) {}); });
        computed([&] { (void)report_of(database, run, 5); });
        computed([&] { (void)explain_member(database, run, "ann", std::nullopt); });
        computed([&] { (void)diff_runs(database, runs.front().number, run.number); });
        asked([&] { (void)tree_of(database, run, "ann", Tree::sponsor, std::nullopt, 10, 10); });
    }
    if (runs.empty()) return;
    computed([&] {
        const PageMaker pages(database, runs.front(), std::nullopt, 1);
        (void)pages.page(earnings_of(database, runs.front(), "ann", false));
    });
}

void ask(Database& database) {
    asked([&] { (void)verify(database, std::nullopt, 1, [](const Check&) {}); });
    ask_runs(database);
    computed([&] { (void)explain_order(database, std::nullopt, "O1"); });
    computed([&] { (void)explain_order(database, std::nullopt, "P1"); });
    asked([&] { (void)open_balances(database); });
    asked([&] { (void)balance_history(database, "ann"); });
    asked([&] { (void)posting_differences(database); });
    asked([&] {
        for (const PayoutBatch& batch : list_payouts(database))
            each_payout_item(database, batch, [](const PayoutItem&) {});
    });
    computed([&] { (void)disclose(database, std::nullopt, "2026-01", "2026-02"); });
    asked([&] { (void)customers_of(database, "ann"); });
    asked([&] { (void)list_imports(database); });
    asked([&] { (void)tree_of(database, std::nullopt, "ann", Tree::placement, std::nullopt, 9, 9); });
    for (const char* const sql :
         {"SELECT * FROM earning_line", "SELECT member_id, sum(amount) FROM earning_total GROUP BY 1",
          "SELECT * FROM posting"})
        asked([&] {
            register_earning_tables(database);
            Question question(database, sql);
            for (int rows = 0; rows < 1000 && question.step(); ++rows) (void)question.cell(0);
        });
}

/// What writes: each on the file as the one before left it.
void write(Database& database) {
    computed([&] {
        (void)import_files(database, import_options(ImportKind::orders,
                                                    "order_id,member_id,ordered_on,amount\n"
                                                    "Z1,ann,2026-03-30,10.00\n"));
    });
    computed([&] {
        (void)make_draft(database, company_plan(), parse_period("2026-03").value(), made_by,
                         made_at, 1);
    });
    computed([&] {
        (void)close_period(database, "small", "2026-03", std::nullopt, made_by, made_at, {});
    });
}

}  // namespace

void database(std::string_view bytes) {
    static const Company company;
    std::string file = company.bytes;
    for (std::size_t i = 0; i < changes_max && bytes.size() >= change_bytes; ++i) {
        change(file, company.used, bytes.substr(0, change_bytes));
        bytes.remove_prefix(change_bytes);
    }
    if (!bytes.empty()) file.resize(file.size() - static_cast<unsigned char>(bytes[0]) * 100);
    std::ofstream(company.path, std::ios::binary | std::ios::trunc) << file;
    asked([&] {
        Database database(company.path, Database::Access::read);
        ask(database);
    });
    asked([&] {
        Database database(company.path, Database::Access::write);
        write(database);
    });
    std::filesystem::remove(company.path + "-journal");
}

}  // namespace downline::fuzz
