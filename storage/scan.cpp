// A scan is an aggregate function that keeps nothing: see the header.
#include "storage/scan.hpp"

#include <fmt/format.h>

namespace downline {

Scan::Scan(Database& database, const std::string& name, std::string_view columns,
           std::string_view from_where, Take take)
    : take_(std::move(take)) {
    const int code = sqlite3_create_function_v2(database.handle(), name.c_str(), -1,
                                                SQLITE_UTF8 | SQLITE_DIRECTONLY, this, nullptr,
                                                step, finish, nullptr);
    if (code != SQLITE_OK) throw_sqlite_error(database.handle(), code, "reading");
    query_.emplace(database.handle(),
                   fmt::format("SELECT {}({}) FROM {}", name, columns, from_where));
}

void Scan::step(sqlite3_context* context, int, sqlite3_value** values) {
    auto* scan = static_cast<Scan*>(sqlite3_user_data(context));
    if (scan->failure_) return;
    try {
        scan->take_(ScannedRow{values});
    } catch (...) {
        scan->failure_ = std::current_exception();
        sqlite3_result_error(context, "stopped", -1);
    }
}

void Scan::run() {
    failure_ = nullptr;
    try {
        query_->step();
    } catch (...) {
        if (!failure_) throw;
    }
    query_->reset();
    if (failure_) std::rethrow_exception(failure_);
}

}  // namespace downline
