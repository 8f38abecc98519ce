// A member's statement as one HTML page that needs nothing else.
#pragma once

#include <memory>
#include <string>

#include "storage/member_page.hpp"

namespace downline {

/// Fills the page's template; read once for all pages.
class StatementTemplate {
public:
    StatementTemplate();
    ~StatementTemplate();
    StatementTemplate(const StatementTemplate&) = delete;
    StatementTemplate& operator=(const StatementTemplate&) = delete;
    [[nodiscard]] std::string render(const MemberPage& page);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The name of a member's file: the id with every byte but a-z, 0-9, `.`, `_`, `-` as %xx; a leading
/// dot likewise. Two ids never have the same.
[[nodiscard]] std::string statement_file_name(const std::string& member_id);

}  // namespace downline
