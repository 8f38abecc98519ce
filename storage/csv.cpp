// One loop over the bytes; quoted fields leave it for a search for the next quotation mark.
#include "storage/csv.hpp"

#include <algorithm>

namespace downline {

CsvScanner::Found CsvScanner::fail(Found what, std::size_t at) {
    error_at_ = at;
    const std::size_t line_end = text_.find('\n', at);
    if (line_end == std::string_view::npos && !is_last_ &&
        text_.size() - begin_ <= record_bytes_max) {
        at_ = begin_;  // the rest of the line is in the next text
        return Found::end;
    }
    end_ = std::min(line_end, text_.size());
    at_ = line_end == std::string_view::npos ? text_.size() : line_end + 1;
    return what;
}

/// The text ends in the middle of a record: the next one has the rest, unless there is none or
/// the record is too long.
CsvScanner::Found CsvScanner::cut(Found what, std::size_t at) {
    if (is_last_) return fail(what, at);
    if (text_.size() - begin_ > record_bytes_max) return fail(Found::too_long, begin_);
    at_ = begin_;
    return Found::end;
}

CsvScanner::Found CsvScanner::next() {
    const Found found = read();
    if (found != Found::record || end_ - begin_ <= record_bytes_max) return found;
    error_at_ = begin_;
    return Found::too_long;
}

CsvScanner::Found CsvScanner::read() {
    begin_ = at_;
    fields_.clear();
    if (at_ >= text_.size()) return Found::end;
    const char* const base = text_.data();
    const char* const stop = base + text_.size();
    const char* field = base + at_;
    const char* here = field;
    const char delimiter = delimiter_;
    while (true) {
        if (here != stop && *here == '"' && here == field) {
            at_ = static_cast<std::size_t>(here - base);
            bool ends_record = false;
            const Found found = quoted_field(ends_record);
            if (found != Found::record || ends_record) return found;
            field = here = base + at_;
            continue;
        }
        while (here != stop && *here != delimiter && *here != '\n' && *here != '"') ++here;
        if (here == stop) break;
        if (*here == '"') return fail(Found::stray_quote, static_cast<std::size_t>(here - base));
        const bool ends_record = *here == '\n';
        const char* end = ends_record && here != field && here[-1] == '\r' ? here - 1 : here;
        fields_.emplace_back(field, end - field);
        field = ++here;
        if (!ends_record) continue;
        end_ = static_cast<std::size_t>(end - base);
        at_ = static_cast<std::size_t>(here - base);
        return Found::record;
    }
    if (!is_last_) return cut(Found::too_long, begin_);
    if (here != field && here[-1] == '\r') --here;
    fields_.emplace_back(field, here - field);
    end_ = static_cast<std::size_t>(here - base);
    at_ = text_.size();
    return Found::record;
}

/// Takes the quoted field at at_ and what ends it.
CsvScanner::Found CsvScanner::quoted_field(bool& ends_record) {
    const std::size_t open = at_;
    std::string* unescaped = nullptr;
    std::size_t piece = open + 1;  // from here on nothing is in `unescaped` yet
    std::size_t close = text_.find('"', piece);
    while (close != std::string_view::npos && close + 1 < text_.size() && text_[close + 1] == '"') {
        if (unescaped == nullptr) unescaped = &unescaped_.emplace_back();
        unescaped->append(text_, piece, close + 1 - piece);
        piece = close + 2;
        close = text_.find('"', piece);
    }
    const bool is_cut = close == std::string_view::npos ||
                        (!is_last_ && (close + 1 == text_.size() ||
                                       (close + 2 == text_.size() && text_[close + 1] == '\r')));
    if (is_cut) return cut(Found::open_quote, open);
    std::string_view field = text_.substr(open + 1, close - open - 1);
    if (unescaped != nullptr) field = unescaped->append(text_, piece, close - piece);
    at_ = close + 1;
    if (at_ < text_.size() && text_[at_] == delimiter_) {
        fields_.push_back(field);
        ++at_;
        return Found::record;
    }
    const std::size_t end = at_;
    if (!end_record(end)) return fail(Found::after_quote, end);
    fields_.push_back(field);
    end_ = end;
    ends_record = true;
    return Found::record;
}

/// Takes a line end, or the end of the text.
bool CsvScanner::end_record(std::size_t at) {
    const std::string_view rest = text_.substr(at);
    if (rest.starts_with('\n')) at_ = at + 1;
    else if (rest.starts_with("\r\n")) at_ = at + 2;
    else if (rest.empty() || rest == "\r") at_ = text_.size();
    else return false;
    return true;
}

std::vector<std::size_t> field_starts(std::string_view record, char delimiter) {
    std::vector<std::size_t> starts{0};
    bool is_in_quotes = false;
    for (std::size_t at = 0; at < record.size(); ++at) {
        if (record[at] == '"') is_in_quotes = !is_in_quotes;
        else if (record[at] == delimiter && !is_in_quotes) starts.push_back(at + 1);
    }
    return starts;
}

char likely_delimiter(std::string_view line, char said, std::span<const std::string_view> known) {
    for (const char candidate : {';', '\t', '|', ','}) {
        if (candidate == said) continue;
        CsvScanner scanner(line, candidate, true);
        if (scanner.next() != CsvScanner::Found::record || scanner.fields().size() < 2) continue;
        const auto is_known = [known](std::string_view field) {
            return std::find(known.begin(), known.end(), field) != known.end();
        };
        if (std::any_of(scanner.fields().begin(), scanner.fields().end(), is_known))
            return candidate;
    }
    return 0;
}

std::string delimiter_name(char delimiter) {
    return delimiter == '\t' ? "tab" : std::string{'\'', delimiter, '\''};
}

std::string csv_field(std::string_view text, char delimiter) {
    const bool is_plain = std::none_of(text.begin(), text.end(), [delimiter](char letter) {
        return letter == delimiter || letter == '"' || letter == '\n' || letter == '\r';
    });
    if (is_plain) return std::string(text);
    std::string out{'"'};
    for (const char letter : text) {
        if (letter == '"') out += '"';
        out += letter;
    }
    return out + '"';
}

}  // namespace downline
