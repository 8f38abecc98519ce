// Blocks are read and cut at the end of a row; the rest waits for the next block.
#include "storage/import_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/errors.hpp"
#include "engine/nearest.hpp"
#include "storage/import_codes.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

constexpr std::size_t block_bytes_min = 256 << 10, block_bytes_max = 2 << 20;

/// Bytes in which nothing is out of the ordinary: no control characters but line ends, no
/// quotation marks, and not the first byte of C1 controls.
bool is_ordinary(std::string_view text) {
    if (text.empty()) return true;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const std::size_t last = text.size() - 1;
    std::uint8_t odd = 0;  // no branches: sixteen bytes at a time
    for (std::size_t i = 0; i < last; ++i) {
        const std::uint8_t byte = bytes[i], next = bytes[i + 1];
        const bool is_control = byte < 0x20 && byte != '\n' && byte != '\r';
        const bool is_lone_return = byte == '\r' && next != '\n';
        const bool is_other = byte == 0x7f || byte == 0xc2 || byte == '"';
        odd = static_cast<std::uint8_t>(odd | is_control | is_lone_return | is_other);
    }
    const std::uint8_t end = bytes[last];
    return odd == 0 && (end >= 0x20 || end == '\n') && end != 0x7f && end != 0xc2 && end != '"';
}

bool is_plain(std::string_view text) {
    return is_ordinary(text) && simdjson::validate_utf8(text.data(), text.size());
}

/// The file as a whole is wrong.
RowProblem file_problem(const std::string& file, std::string_view code, std::string text,
                        std::uint64_t column = 1) {
    return {{file, 1, column, std::string(code), std::move(text)}, 0, {}};
}

}  // namespace

std::uint64_t Segment::line_at(std::size_t at) const {
    if (at < known_at_) known_at_ = known_lines_ = 0;
    known_lines_ += static_cast<std::uint64_t>(
        std::count(text.begin() + static_cast<std::ptrdiff_t>(known_at_),
                   text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    known_at_ = at;
    return first_line + known_lines_;
}

std::string_view Segment::row_at(std::size_t begin) const {
    CsvScanner scanner(std::string_view(text).substr(begin), header->delimiter, true);
    (void)scanner.next();
    return std::string_view(text).substr(begin + scanner.begin(), scanner.end() - scanner.begin());
}

std::string Segment::field(std::size_t row_begin, int place) const {
    CsvScanner scanner(std::string_view(text).substr(row_begin), header->delimiter, true);
    (void)scanner.next();
    return std::string(scanner.fields().at(static_cast<std::size_t>(place)));
}

RowProblem Segment::problem_at(std::size_t row_begin, std::size_t at, std::string_view code,
                               std::string message, bool keeps_row) const {
    const std::uint64_t row_line = line_at(row_begin);
    const std::uint64_t line = line_at(at);
    const std::size_t line_begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    std::uint64_t column = 1;  // characters are counted by the bytes that begin one
    for (std::size_t i = line_begin; i < at; ++i)
        column += (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
    return {{header->file, line, column, std::string(code), std::move(message)},
            row_line,
            keeps_row ? std::string(row_at(row_begin)) : std::string{}};
}

RowProblem Segment::problem(std::size_t row_begin, int place, std::string_view code,
                            std::string message, bool keeps_row) const {
    std::size_t at = row_begin;
    if (place > 0) {
        const std::vector<std::size_t> starts = field_starts(row_at(row_begin), header->delimiter);
        at += starts[std::min(static_cast<std::size_t>(place), starts.size() - 1)];
    }
    return problem_at(row_begin, at, code, std::move(message), keeps_row);
}

SourceFile::SourceFile(const ImportOptions& options, std::size_t number, ReadProgress& progress)
    : options_(options), progress_(progress) {
    header_.delimiter = options.delimiter;
    if (number >= options.files.size()) {
        given_text_ = options.texts[number - options.files.size()];
        name_ = import_kind_name(options.kind);
        header_.file = name_;
        return;
    }
    name_ = options.files[number];
    header_.file = name_ == "-" ? "(standard input)" : name_;
    descriptor_ = name_ == "-" ? STDIN_FILENO : open(name_.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat found {};
    if (descriptor_ < 0 || fstat(descriptor_, &found) != 0)
        throw StorageError(
            fmt::format("cannot read {}: {}", harmless(name_, 4096), std::strerror(errno)));
    if (S_ISDIR(found.st_mode))
        throw StorageError(harmless(name_, 4096) + " is a directory; name the files in it");
}

SourceFile::~SourceFile() {
    if (descriptor_ > STDIN_FILENO) close(descriptor_);
}

/// Adds the next bytes of the file.
void SourceFile::read_more(std::string& text, std::size_t bytes) {
    if (descriptor_ < 0) {
        const std::string_view piece = given_text_.substr(0, bytes);
        text += piece;
        given_text_.remove_prefix(piece.size());
        is_at_end_ = given_text_.empty();
        digest_.add(piece);
        bytes_ += piece.size();
        return;
    }
    const std::size_t before = text.size();
    text.resize(before + bytes);
    std::size_t got = 0;
    while (got < bytes) {
        const ssize_t piece = read(descriptor_, text.data() + before + got, bytes - got);
        if (piece < 0 && errno == EINTR) continue;
        if (piece < 0)
            throw StorageError(
                fmt::format("cannot read {}: {}", harmless(name_, 4096), std::strerror(errno)));
        if (piece == 0) break;
        got += static_cast<std::size_t>(piece);
    }
    is_at_end_ = got < bytes;
    text.resize(before + got);
    digest_.add(std::string_view(text).substr(before));
    bytes_ += got;
    progress_.bytes_done += got;
    if (options_.progress)
        options_.progress(progress_.bytes_done,
                          std::max(progress_.bytes_total, progress_.bytes_done));
}

/// What only looks like a CSV file, by its first bytes.
std::optional<RowProblem> SourceFile::wrong_encoding(std::string_view text) const {
    const std::string& file = header_.file;
    if (text.empty())
        return file_problem(
            file, code::empty_file,
            "the file is empty; it needs a header row with the names of its columns");
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
        return file_problem(file, code::not_utf8, "the file is UTF-16; save it as CSV UTF-8");
    if (text.starts_with("PK\x03\x04") || text.starts_with("\xd0\xcf\x11\xe0"))
        return file_problem(file, code::not_text,
                            "the file is a spreadsheet document; save it as CSV UTF-8");
    if (text.starts_with("\x1f\x8b") || text.starts_with("BZh") ||
        text.starts_with("\xfd"
                         "7zXZ") ||
        text.starts_with("\x28\xb5\x2f\xfd"))
        return file_problem(file, code::not_text,
                            "the file is compressed; unpack it, or pipe it: gzip -dc FILE | "
                            "downline import KIND -");
    const std::string_view beginning = text.substr(0, 4096);
    if (beginning.substr(0, beginning.find('\n')).find('\0') != std::string_view::npos)
        return file_problem(file, code::not_text,
                            "the file is no text: it begins with NUL bytes; "
                            "save it as CSV UTF-8");
    const std::size_t bare = beginning.find('\r');
    if (beginning.find('\n') == std::string_view::npos && bare != std::string_view::npos &&
        bare + 1 < text.size())
        return file_problem(file, code::old_line_ends,
                            "lines end with CR alone; save the file with LF or CRLF line ends");
    return std::nullopt;
}

bool SourceFile::read_header(RowProblems& problems) {
    read_more(rest_, descriptor_ == STDIN_FILENO ? 1 << 16 : block_bytes_min);
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.erase(0, 3);
    if (auto problem = wrong_encoding(rest_)) {
        problems.add(std::move(*problem));
        return false;
    }
    CsvScanner scanner(rest_, header_.delimiter, true);
    const CsvScanner::Found found = scanner.next();
    const std::string_view line = std::string_view(rest_).substr(0, scanner.end());
    const bool is_record = found == CsvScanner::Found::record && line.size() <= record_bytes_max;
    if (!is_record || scanner.fields().size() == 1)
        if (auto text = other_delimiter(line)) {
            problems.add(file_problem(header_.file, code::wrong_delimiter, std::move(*text)));
            return false;
        }
    if (!is_record) {
        problems.add(file_problem(header_.file, code::stray_quote,
                                  "the header row is not CSV: its quotation marks do not match; "
                                  "write the names of the columns without them",
                                  scanner.error_at() + 1));
        return false;
    }
    if (!is_plain(line) && !simdjson::validate_utf8(line.data(), line.size())) {
        problems.add(file_problem(header_.file, code::not_utf8,
                                  "the header row is not UTF-8; save the file as CSV UTF-8"));
        return false;
    }
    bool is_good = true;
    find_columns(scanner.fields(), field_starts(line, header_.delimiter), problems, is_good);
    problems.header(header_.file, line);
    next_line_ += static_cast<std::uint64_t>(std::count(
        rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(scanner.next_begin()), '\n'));
    rest_.erase(0, scanner.next_begin());
    return is_good;
}

std::unique_ptr<Segment> SourceFile::next() {
    if (is_at_end_ && rest_.empty()) return nullptr;
    auto segment = std::make_unique<Segment>();
    segment->header = &header_;
    segment->first_line = next_line_;
    segment->text = std::move(rest_);
    rest_.clear();
    // Blocks begin small, so that whoever takes the rows need not wait long for the first.
    const auto bytes =
        static_cast<std::size_t>(std::clamp<std::uint64_t>(bytes_, block_bytes_min, block_bytes_max));
    if (!is_at_end_ && segment->text.size() < block_bytes_max) {
        segment->text.reserve(segment->text.size() + bytes);
        read_more(segment->text, bytes);
    }
    segment->is_last = is_at_end_;
    const std::string_view text = segment->text;
    // A character may be cut at the end of a block: what is behind the last line end waits.
    const std::size_t whole = is_at_end_ ? text.size() : text.rfind('\n') + 1;
    segment->is_plain = is_plain(text.substr(0, whole));
    return segment;
}

void SourceFile::give_back(const Segment& segment, std::size_t from) {
    rest_ = segment.text.substr(from);
    next_line_ = segment.line_at(from);
}

}  // namespace downline
