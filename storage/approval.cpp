// Two-person approval: see the header.
#include "storage/approval.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"
#include "storage/messages.hpp"

namespace downline {

bool needs_second_person(Database& database) {
    return database.setting("approval") == "two-person";
}

void set_approval(Database& database, bool is_two_person, const std::string& by,
                  const std::string& at) {
    const std::string_view value = is_two_person ? "two-person" : "one";
    Transaction transaction(database);
    database.set_setting("approval", value);
    database
        .query(
            "INSERT INTO setting_change(name, value, made_by, made_at)"
            " VALUES ('approval', ?1, ?2, ?3)")
        .bind(1, value)
        .bind(2, by)
        .bind(3, at)
        .run();
    transaction.commit();
}

void check_second_person(Database& database, const std::string& prepared_by, const std::string& by,
                         std::string_view prepared, std::string_view does) {
    if (prepared_by != by || !needs_second_person(database)) return;
    throw Refusal(Refusal::Kind::state, fmt::format("{} {}; another person has to {} (--by)",
                                                    shown_value(by), prepared, does));
}

}  // namespace downline
