// All records of a CSV text: as our scanner reads them, in pieces or whole, and as libcsv does.
#pragma once

#include <csv.h>

#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "storage/csv.hpp"

namespace downline {

using Records = std::vector<std::vector<std::string>>;

/// All records of a text that is given in pieces of `piece` bytes; nothing where one is wrong.
inline std::optional<Records> scanned(const std::string& text, std::size_t piece) {
    Records records;
    std::string rest;
    std::size_t given = 0;
    while (true) {
        rest += text.substr(given, piece);
        given = std::min(given + piece, text.size());
        const bool is_last = given == text.size();
        CsvScanner scanner(rest, ',', is_last);
        while (true) {
            const CsvScanner::Found found = scanner.next();
            if (found == CsvScanner::Found::end) break;
            if (found != CsvScanner::Found::record) return std::nullopt;
            records.emplace_back(scanner.fields().begin(), scanner.fields().end());
        }
        if (is_last) return records;
        rest.erase(0, scanner.next_begin());
    }
}

/// The same by libcsv: strict, blanks kept. It leaves out empty lines.
inline std::optional<Records> by_libcsv(const std::string& text) {
    struct Target {
        Records records{{}};
    } target;
    csv_parser parser{};
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
    csv_set_space_func(&parser, [](unsigned char) { return 0; });
    const auto end_field = [](void* bytes, std::size_t size, void* given) {
        static_cast<Target*>(given)->records.back().emplace_back(static_cast<char*>(bytes), size);
    };
    const auto end_record = [](int, void* given) {
        static_cast<Target*>(given)->records.emplace_back();
    };
    const bool is_good = csv_parse(&parser, text.data(), text.size(), end_field, end_record,
                                   &target) == text.size() &&
                         csv_fini(&parser, end_field, end_record, &target) == 0;
    csv_free(&parser);
    if (!is_good) return std::nullopt;
    target.records.pop_back();
    return target.records;
}

/// Without records of one empty field: what an empty line is.
inline std::optional<Records> without_empty(std::optional<Records> records) {
    if (records) std::erase(*records, std::vector<std::string>{""});
    return records;
}

}  // namespace downline
