// What the kinds of import share: where they write, what is closed, what they have counted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/money.hpp"
#include "engine/period.hpp"
#include "storage/database.hpp"
#include "storage/id_table.hpp"
#include "storage/import.hpp"
#include "storage/import_fields.hpp"
#include "storage/import_problems.hpp"
#include "storage/import_source.hpp"

namespace downline {

/// How far periods are closed by any plan.
struct Closing {
    std::optional<Day> through;
    std::string text;         ///< "plan X has closed …, and … takes what comes now"
    std::string late_remedy;  ///< the same, for rows that --late lets it take
    [[nodiscard]] bool holds(Day day) const { return through && day <= *through; }
};
[[nodiscard]] Closing closing_of(Database& database);

struct ImportContext {
    Database& database;
    const ImportOptions& options;
    ImportReport& report;
    RowProblems problems;
    FieldFormat format;
    Closing closing;
    std::int64_t import_number = 0;
    std::uint64_t bytes_total = 0;           ///< of all files, where known
    Int128 total = 0;                        ///< of the column that --expect-total means
    std::optional<Day> first_day, last_day;  ///< of what was accepted
    std::vector<bool> has_column;            ///< by our column: whether any file has it

    /// With --replace: keys of rows that the files have as they are known. Another row of the key
    /// contradicts the files themselves.
    std::unordered_set<std::string> confirmed_keys;

    void confirm(const std::string& key) {
        ++report.unchanged_rows;
        if (options.replace) confirmed_keys.insert(key);
    }
    /// What to say where a key is known with other content since `known_on`; `correction`: how a
    /// closed period, of which nothing is replaced, is put right.
    [[nodiscard]] std::string conflict_remedy(bool is_twice, Day known_on,
                                              std::string_view correction) const;
    void saw_day(Day day) {
        if (!first_day || day < *first_day) first_day = day;
        if (!last_day || day > *last_day) last_day = day;
    }
};

/// Members that are in the database. Small imports ask for each id, large ones read all first.
class KnownMembers {
public:
    KnownMembers(Database& database, std::uint64_t import_bytes);
    /// The member's number; IdTable::none for nobody.
    std::uint32_t find(std::string_view member_id);
    /// All are in memory: find() may be called from another thread than the database's.
    [[nodiscard]] bool is_complete() const { return is_complete_; }
    [[nodiscard]] std::uint32_t largest_number() const { return largest_number_; }
    /// The values of many ids. REQUIRES: is_complete().
    void find(std::span<const std::string_view> ids, std::uint32_t* numbers) const {
        table_.find(ids, numbers);
    }
    /// Room for so many in all, so that it need not grow on the way.
    void expect(std::uint64_t count) { table_.reserve(count); }
    /// Adds members whose numbers follow the largest; all ids must be new.
    void add(std::span<const std::string_view> ids);

private:
    std::uint32_t largest_number_ = 0;
    bool is_complete_ = false;
    IdTable table_;
    Query query_;
};

/// The importer of one kind of file.
class Importer {
public:
    virtual ~Importer() = default;
    /// Takes the rows of a file whose header was right. Returns how many there were.
    virtual std::uint64_t read(SourceFile& file) = 0;
    /// After the last file.
    virtual void finish() {}
};
[[nodiscard]] std::unique_ptr<Importer> import_members(ImportContext& context);
[[nodiscard]] std::unique_ptr<Importer> import_orders(ImportContext& context);
[[nodiscard]] std::unique_ptr<Importer> import_returns(ImportContext& context);
[[nodiscard]] std::unique_ptr<Importer> import_products(ImportContext& context);
[[nodiscard]] std::unique_ptr<Importer> import_moves(ImportContext& context);
[[nodiscard]] std::unique_ptr<Importer> import_adjustments(ImportContext& context);
[[nodiscard]] std::unique_ptr<Importer> import_goals(ImportContext& context);
[[nodiscard]] std::unique_ptr<Importer> import_opening(ImportContext& context);

/// "amount is 10.00, here 12.00; …": what a known row says and what the file says.
class RowDifferences {
public:
    void add(std::string_view name, const std::string& known, const std::string& here);
    /// The value, or nothing where it is not stated.
    static std::string shown_number(std::int64_t value, int places);
    static std::string shown_day(std::int64_t day);
    [[nodiscard]] bool is_empty() const { return text_.empty(); }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

}  // namespace downline
