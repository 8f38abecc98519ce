// The fields of a row as typed values. What is wrong with a field is said in full sentences, and
// reading goes on with the next field, so that a row's faults come out together.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/period.hpp"
#include "storage/import_source.hpp"

namespace downline {

/// "Not stated" in a column of numbers.
inline constexpr std::int64_t not_stated = std::numeric_limits<std::int64_t>::min();

/// Places of a measure in an opening file: what it counts (points, money, pieces) is the plan's to
/// say, so it is kept as fine as any of them.
[[nodiscard]] constexpr int opening_measure_places(int currency_places) {
    return currency_places > 2 ? currency_places : 2;
}

/// How the files write numbers and days.
struct FieldFormat {
    std::string currency;
    int currency_places = 2;
    char decimal = '.';
    std::string dates = "%Y-%m-%d";
};
/// UsageError where `dates` does not hold %Y, %m and %d once each.
[[nodiscard]] FieldFormat field_format(const ImportOptions& options, const std::string& currency);

class RowReader {
public:
    RowReader(ImportKind kind, FieldFormat format, bool keeps_rows);

    /// Calls take() for every whole row of the segment that has the header's columns; what is left
    /// is given back to the source. In take() the row's fields are read with the functions below;
    /// then is_good() says whether all of them were right.
    template <typename Take>
    void each_row(SourceFile& source, Segment& segment, const Take& take) {
        begin(segment);
        CsvScanner scanner(segment.text, segment.header->delimiter, segment.is_last);
        fields_ = &scanner.fields();
        while (begin_row(scanner)) {
            if (is_good_) take();
            sort_problems();
        }
        source.give_back(segment, scanner.next_begin());
        segment.unescaped = std::move(scanner.unescaped());
    }

    [[nodiscard]] bool is_good() const { return is_good_; }
    /// Where in the segment's text the row begins.
    [[nodiscard]] std::uint32_t row_begin() const { return row_begin_; }
    [[nodiscard]] bool has(std::size_t column) const { return segment_->header->has(column); }

    /// The bytes of a field as they are, "" where the column is not in the file.
    [[nodiscard]] std::string_view raw(std::size_t column) const {
        const int place = segment_->header->place_of[column];
        return place < 0 ? std::string_view{} : (*fields_)[static_cast<std::size_t>(place)];
    }
    std::string_view id(std::size_t column);           ///< required
    std::string_view optional_id(std::size_t column);  ///< or ""
    std::string_view text(std::size_t column);         ///< or ""
    Day day(std::size_t column);                       ///< required
    std::int64_t optional_day(std::size_t column);     ///< or not_stated
    std::int64_t money(std::size_t column, bool is_required = false);
    std::int64_t signed_money(std::size_t column);  ///< required; may be negative
    std::int64_t volume(std::size_t column);
    std::int64_t quantity(std::size_t column);
    std::int64_t line(std::size_t column);  ///< 1 where not stated
    std::int64_t measure(std::size_t column);  ///< or not_stated; of opening_measure_places
    std::int64_t level(std::size_t column);    ///< 0 where not stated
    std::uint32_t leg(std::size_t column);  ///< of a placement, 1-based; 0 where not stated
    /// The place among `words`, `otherwise` where the field is empty.
    std::int64_t word(std::size_t column, std::initializer_list<std::string_view> words,
                      std::string_view code, std::int64_t otherwise);
    /// Marks the row as bad.
    void refuse(std::size_t column, std::string_view code, std::string text);

    [[nodiscard]] bool keeps_rows() const { return keeps_rows_; }
    [[nodiscard]] const FieldFormat& format() const { return format_; }
    [[nodiscard]] std::uint64_t row_count() const { return row_count_; }
    std::vector<RowProblem> problems;

private:
    void begin(Segment& segment) {
        segment_ = &segment;
        sorted_count_ = problems.size();
    }
    bool begin_row(CsvScanner& scanner);
    void sort_problems();
    void refuse_row(std::string_view code, std::string text);
    bool is_clean(std::size_t column, std::string_view field);
    bool is_id(std::size_t column, std::string_view field);
    std::string named(std::size_t column, std::string_view field) const;
    std::int64_t decimal(std::size_t column, int places, std::string_view code);
    void refuse_decimal(std::size_t column, std::string_view field, int places,
                        std::string_view code);
    std::int64_t whole_number(std::size_t column, std::int64_t minimum, std::int64_t maximum,
                              std::string_view code);
    bool read_day(std::size_t column, Day& day);

    std::span<const ColumnRule> rules_;
    FieldFormat format_;
    bool keeps_rows_, has_iso_dates_;
    Segment* segment_ = nullptr;
    const std::vector<std::string_view>* fields_ = nullptr;
    std::uint32_t row_begin_ = 0;
    bool is_good_ = true;
    std::uint64_t row_count_ = 0;
    std::size_t sorted_count_ = 0;  ///< problems of earlier rows
};

}  // namespace downline
