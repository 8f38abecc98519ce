// Strings are escaped as RFC 8259 asks; bytes that are no UTF-8 become U+FFFD.
#include "cli/json_writer.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <string>

namespace downline {
namespace {

bool needs_escape(std::string_view text) {
    for (const char letter : text)
        if (letter < ' ' || letter > '~' || letter == '"' || letter == '\\') return true;
    return false;
}

void append_ascii(std::string& out, char letter) {
    switch (letter) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    if (letter < ' ' || letter == 0x7f) out += fmt::format("\\u{:04x}", static_cast<int>(letter));
    else out += letter;
}

std::string escaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::size_t taken = 1;
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            append_ascii(out, text.front());
        } else {
            utf8proc_int32_t code = -1;
            const auto length = utf8proc_iterate(
                reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                static_cast<utf8proc_ssize_t>(text.size()), &code);
            taken = length > 0 ? static_cast<std::size_t>(length) : 1;
            out += length > 0 ? text.substr(0, taken) : std::string_view("\xef\xbf\xbd");
        }
        text.remove_prefix(taken);
    }
    return out;
}

}  // namespace

void JsonWriter::before_value() {
    if (is_after_key_) {
        is_after_key_ = false;
        return;
    }
    if (has_entries_.empty()) return;
    if (has_entries_.back()) output_ << ",";
    if (has_entries_.size() == lines_depth_) output_ << "\n";
    has_entries_.back() = true;
}

void JsonWriter::open(char bracket) {
    before_value();
    output_ << std::string_view(&bracket, 1);
    has_entries_.push_back(false);
}

void JsonWriter::close(char bracket) {
    has_entries_.pop_back();
    output_ << std::string_view(&bracket, 1);
}

void JsonWriter::begin_lines() {
    open('[');
    lines_depth_ = has_entries_.size();
}

void JsonWriter::end_lines() {
    if (has_entries_.back()) output_ << "\n";
    lines_depth_ = 0;
    close(']');
}

JsonWriter& JsonWriter::key(std::string_view name) {
    before_value();
    output_ << "\"" << name << "\":";
    is_after_key_ = true;
    return *this;
}

void JsonWriter::text(std::string_view value) {
    before_value();
    output_ << "\"";
    if (needs_escape(value)) output_ << escaped(value);
    else output_ << value;
    output_ << "\"";
}

void JsonWriter::number(std::int64_t value) {
    before_value();
    output_ << fmt::format_int(value).c_str();
}

void JsonWriter::boolean(bool value) {
    before_value();
    output_ << (value ? "true" : "false");
}

void JsonWriter::null() {
    before_value();
    output_ << "null";
}

void JsonWriter::raw(std::string_view json) {
    before_value();
    output_ << json;
}

}  // namespace downline
