// JSON as it goes out: keys in the order they are written, nothing kept, ten million lines or one.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "cli/output.hpp"

namespace downline {

/// Writes one value to an output; commas and nesting are its own. A key stands before every value
/// inside an object.
class JsonWriter {
public:
    explicit JsonWriter(Output& output) : output_(output) {}
    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    /// An array with each entry on its own line: for long lists.
    void begin_lines();
    void end_lines();
    JsonWriter& key(std::string_view name);
    void text(std::string_view value);
    void text(const std::string& value) { text(std::string_view(value)); }
    void text(const char* value) { text(std::string_view(value)); }
    void text(const std::optional<std::string>& value) {
        value ? text(std::string_view(*value)) : null();
    }
    void number(std::int64_t value);
    void boolean(bool value);
    void null();
    void raw(std::string_view json);  ///< a value that is JSON already
    /// key and value at once
    template <typename Value>
    void text(std::string_view name, const Value& value) { key(name).text(value); }
    void number(std::string_view name, std::int64_t value) { key(name).number(value); }
    void boolean(std::string_view name, bool value) { key(name).boolean(value); }
    void end() { output_ << "\n"; }  ///< the line feed after the whole value

private:
    void before_value();
    void open(char bracket);
    void close(char bracket);
    Output& output_;
    std::vector<bool> has_entries_;  ///< one entry per open bracket
    bool is_after_key_ = false;
    std::size_t lines_depth_ = 0;    ///< depth of the array whose entries have lines of their own
};

}  // namespace downline
