// What the options of an import change, and what a closed period takes no more.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/errors.hpp"
#include "tests/storage/importing.hpp"

namespace downline {
namespace {

namespace fs = std::filesystem;

/// A folder that is gone when the test is.
struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "downline-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    [[nodiscard]] std::string file(const std::string& name) const { return path / name; }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path / name, std::ios::binary) << text;
        return file(name);
    }
    fs::path path;
};

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Database with_member() {
    Database database = Database::in_memory();
    import_good(database, ImportKind::members, "member_id,sponsor_id,joined_on\nA,,2026-01-01\n");
    return database;
}

const std::string header = "order_id,member_id,ordered_on,amount\n";

/// As a run and a close leave it behind, with nothing else.
void close_october(Database& database) {
    database.execute(
        "INSERT INTO run(number, plan, period, first_day, last_day, state, last_import, currency,"
        " plan_text, plan_digest, inputs_digest, result_digest, program_version, made_by, made_at,"
        " order_count, volume, sales, line_count, earner_count, active_count, affiliate_count,"
        " paid) VALUES (1, 'demo', '2026-10', unixepoch('2026-10-01') / 86400,"
        " unixepoch('2026-10-31') / 86400, 'final', (SELECT max(number) FROM import), 'USD', '',"
        " '', '', '', '', '', '', 0, 0, 0, 0, 0, 0, 0, 0)");
}

const std::string closed = "plan demo has closed 2026-10, and 2026-11 takes what comes now";

}  // namespace

TEST_CASE("delimiter, decimal sign and dates are as the options say") {
    Database database = with_member();
    ImportOptions options = options_for(
        ImportKind::orders, "order_id;member_id;ordered_on;amount\n1;A;5/1/2026;12,5\n");
    options.delimiter = ';';
    options.decimal = ',';
    options.dates = "%d/%m/%Y";
    CHECK(said(import_files(database, options)) == "1 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(database.text("SELECT date(ordered_on * 86400, 'unixepoch') || ' ' || amount FROM"
                        " order_line") == "2026-01-05 1250");
    options.texts = {
        "order_id;member_id;ordered_on;amount\n2;A;2026-01-05;12.5\n3;A;1/1/26;1.000,5\n"};
    CHECK(said(import_files(database, options)) ==
          "0 new, 0 changed, 0 unchanged, 2 rejected\n"
          "orders:2:5: error bad_date: ordered_on \"2026-01-05\" is not a date like 31/10/2026\n"
          "orders:2:16: error bad_amount: amount \"12.5\" is not a number; write 12,5\n"
          "orders:3:5: error bad_date: ordered_on \"1/1/26\" is not a date like 31/10/2026\n"
          "orders:3:12: error bad_amount: amount \"1.000,5\" is not a number; write 1000,5");
}

TEST_CASE("dates need year, month and day, and nothing else") {
    Database database = with_member();
    ImportOptions options = options_for(ImportKind::orders, header);
    options.dates = "%d/%m";
    CHECK_THROWS_WITH_AS(import_files(database, options),
                         "--dates \"%d/%m\" must have %Y, %m and %d once each, such as %d/%m/%Y",
                         UsageError);
    options.dates = "%d/%m/%Y %H";
    CHECK_THROWS_WITH_AS(import_files(database, options),
                         "--dates \"%d/%m/%Y %H\" may have %Y, %m and %d only, such as %d/%m/%Y",
                         UsageError);
}

TEST_CASE("columns are renamed by the map, and unknown ones left out only when told") {
    Database database = with_member();
    ImportOptions options = options_for(
        ImportKind::orders, "No.,who,ordered_on,amount,note\n1,A,2026-01-05,1,\"a\nb\"\n");
    options.map = {{"No.", "order_id"}, {"who", "member_id"}, {"absent", "sku"}};
    CHECK(said(import_files(database, options)) ==
          "0 new, 0 changed, 0 unchanged, 0 rejected\n"
          "orders:1:27: error unknown_column: a file of orders has no column \"note\"; --map "
          "THEIRS=OURS renames it, --ignore-unknown leaves it out");
    options.ignore_unknown = true;
    CHECK(said(import_files(database, options)) == "1 new, 0 changed, 0 unchanged, 0 rejected");
    options.map = {{"who", "membre_id"}};
    CHECK_THROWS_WITH_AS(
        import_files(database, options),
        "--map who=membre_id: there is no column \"membre_id\"; did you mean \"member_id\"?",
        UsageError);
}

TEST_CASE("a byte order mark, CRLF, quotes and a missing last line end are no matter") {
    Database database = with_member();
    CHECK(import_text(database, ImportKind::orders,
                      "\xef\xbb\xbf\"order_id\",member_id,ordered_on,amount,sku\r\n"
                      "\"1\",\"A\",2026-01-05,\"1\",\"a,\"\"b\"\"\"\r\n2,A,2026-01-05,1,") ==
          "2 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(database.text("SELECT sku FROM order_line WHERE order_id = '1'") == "a,\"b\"");
}

TEST_CASE("a file that was cut off is refused by its rows or its total") {
    Database database = with_member();
    ImportOptions options =
        options_for(ImportKind::orders, header + "1,A,2026-01-05,1\n2,A,2026-01-05,2.50\n");
    options.expect_rows = 3;
    options.expect_total = "4";
    CHECK(said(import_files(database, options)) ==
          "0 new, 0 changed, 0 unchanged, 0 rejected\n"
          "orders:1:1: error row_count: 2 rows were read, 3 are expected; is a file cut off?\n"
          "orders:1:1: error total: the amounts add up to 3.50, 4.00 is expected; is a file cut "
          "off?");
    options.expect_rows = 2;
    options.expect_total = "3.5";
    CHECK(import_files(database, options).applied);
    options.expect_total = "all";
    CHECK_THROWS_WITH_AS(import_files(database, options),
                         "--expect-total \"all\" is not an amount in USD", UsageError);
    options.kind = ImportKind::members;
    CHECK_THROWS_WITH_AS(import_files(database, options),
                         "--expect-total means the sum of the amount column; members have none",
                         UsageError);
}

TEST_CASE("a dry run does everything but commit") {
    Database database = with_member();
    ImportOptions options = options_for(ImportKind::orders, header + "1,A,2026-01-05,1\n");
    options.dry_run = true;
    const ImportReport report = import_files(database, options);
    CHECK(said(report) == "1 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK_FALSE(report.applied);
    CHECK(report.import_number == 0);
    CHECK(database.integer("SELECT count(*) FROM order_line") == 0);
}

TEST_CASE("a failed or a dry first import leaves no file behind") {
    const Folder folder;
    for (const bool is_dry : {true, false}) {
        ImportOptions options =
            options_for(ImportKind::members, std::string("member_id,sponsor_id,joined_on\nA,") +
                                                 (is_dry ? "" : "X") + ",2026-01-01\n");
        options.dry_run = is_dry;
        {
            Database database(folder.file("a.db"), Database::Access::create);
            CHECK(import_files(database, options).error_count == (is_dry ? 0 : 1));
        }
        CHECK(fs::is_empty(folder.path));
    }
}

TEST_CASE("bad rows are written unchanged, good ones are applied") {
    const Folder folder;
    Database database = with_member();
    ImportOptions options = options_for(ImportKind::orders, "");
    options.texts.clear();
    options.files = {
        folder.write("a.csv", header + "1,A,2026-01-05,1\n2,\"A\",2026-01-05,\"1,5\"\n3,Z,x,1\n"),
        folder.write("b.csv", header + "4,A,2026-01-05,4\r\n5,A\r\n")};
    options.skip_bad = folder.file("rejects.csv");
    const ImportReport report = import_files(database, options);
    CHECK(report.applied);
    CHECK(report.new_rows == 2);
    CHECK(report.rejected_rows == 3);
    CHECK(
        content_of(folder.file("rejects.csv")) ==
        "order_id,member_id,ordered_on,amount,error_code,error\n"
        "2,\"A\",2026-01-05,\"1,5\",bad_amount,\"amount \"\"1,5\"\" is not a number; write 1.5\"\n"
        "3,Z,x,1,bad_date,\"ordered_on \"\"x\"\" is not a date like 2026-10-31; --dates says how a "
        "file writes them\"\n"
        "5,A,too_few_columns,\"the row has 2 columns, the header 4; is it cut off?\"\n");
    struct stat found {};
    REQUIRE(stat(folder.file("rejects.csv").c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
    CHECK_THROWS_WITH_AS(
        import_files(database, options),
        (folder.file("rejects.csv") + " is already there; another name, or --force to overwrite it")
            .c_str(),
        Refusal);
}

TEST_CASE("members below a rejected one are rejected with it") {
    const Folder folder;
    Database database = Database::in_memory();
    ImportOptions options = options_for(ImportKind::members,
                                        "member_id,sponsor_id,joined_on\n"
                                        "C,B,2026-01-01\nA,,2026-01-01\nB,A,tomorrow\n"
                                        "D,C,2026-01-01\nE,A,2026-01-01\nF,G,2026-01-01\n"
                                        "G,F,2026-01-01\n");
    options.skip_bad = folder.file("rejects.csv");
    CHECK(said(import_files(database, options)) ==
          "2 new, 0 changed, 0 unchanged, 5 rejected\n"
          "members:2:3: error depends_on_rejected: sponsor_id \"B\" is a member whose row was "
          "rejected; correct that one\n"
          "members:4:5: error bad_date: joined_on \"tomorrow\" is not a date like 2026-10-31; "
          "--dates says how a file writes them\n"
          "members:5:3: error depends_on_rejected: member_id \"D\" stands below a member whose row "
          "was rejected; correct that one\n"
          "members:7:3: error sponsor_cycle: sponsor links form a cycle of 2: F -> G -> F; correct "
          "one of them\n"
          "members:8:3: error depends_on_rejected: member_id \"G\" stands below a member whose row "
          "was rejected; correct that one");
    CHECK(database.text("SELECT group_concat(member_id) FROM member") == "A,E");
    CHECK(database.integer("SELECT count(*) FROM pragma_foreign_key_check") == 0);
    CHECK(list_imports(database).front().rejected_rows == 5);
}

TEST_CASE("a file that is wrong as a whole is not skipped, and headers must agree") {
    const Folder folder;
    Database database = with_member();
    ImportOptions options = options_for(ImportKind::orders, header + "1,A,2026-01-05,1\n");
    options.texts.push_back("order_id\n");
    options.skip_bad = folder.file("rejects.csv");
    CHECK_THROWS_AS(import_files(database, options), Refusal);
    options.texts = {header + "1,A,2026-01-05,1\n"};
    options.expect_rows = 2;
    const ImportReport report = import_files(database, options);
    CHECK_FALSE(report.applied);
    CHECK(database.integer("SELECT count(*) FROM order_line") == 0);
}

TEST_CASE("all errors are written where told, the first thousand are shown") {
    const Folder folder;
    Database database = with_member();
    std::string text = header;
    for (int i = 0; i < 1500; ++i) text += std::to_string(i) + ",A,2026-01-05,x\n";
    ImportOptions options = options_for(ImportKind::orders, text);
    options.errors = folder.file("errors.txt");
    const ImportReport report = import_files(database, options);
    CHECK(report.error_count == 1500);
    CHECK(report.errors.size() == 1000);
    const std::string errors = content_of(folder.file("errors.txt"));
    CHECK(std::count(errors.begin(), errors.end(), '\n') == 1500);
    CHECK(errors.starts_with("orders:2:16: error bad_amount: amount \"x\" is not a number; "));
    CHECK(errors.find("\norders:1501:19: error bad_amount: ") != std::string::npos);
}

TEST_CASE("a database has one currency") {
    Database database = Database::in_memory();
    ImportOptions options =
        options_for(ImportKind::members, "member_id,sponsor_id,joined_on\nA,,2026-01-01\n");
    options.currency = "JPY";
    const ImportReport report = import_files(database, options);
    CHECK(report.created_currency);
    CHECK(report.currency == "JPY");
    CHECK(import_text(database, ImportKind::orders, header + "1,A,2026-01-05,1.5\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "orders:2:16: error too_many_places: amount \"1.5\" has more places than JPY has (0); "
          "round "
          "it");
    options.currency = "EUR";
    CHECK_THROWS_WITH_AS(import_files(database, options),
                         "the database is in JPY; EUR needs a database of its own", Refusal);
    options.currency = "EURO";
    CHECK_THROWS_WITH_AS(import_files(database, options),
                         "unknown currency \"EURO\"; give an ISO 4217 code, such as USD",
                         UsageError);
}

TEST_CASE("a file with a header alone is a warning") {
    Database database = with_member();
    const ImportReport report = import_files(database, options_for(ImportKind::orders, header));
    CHECK(report.applied);
    CHECK(report.import_number == 0);
    CHECK(report.warnings == std::vector<std::string>{"orders has a header and no rows"});
}

TEST_CASE("a column that --map names must be there, one of a profile need not") {
    Database database = with_member();
    ImportOptions options = options_for(ImportKind::orders, header + "1,A,2026-10-05,10\n");
    options.map = {{"preis", "amount"}};
    CHECK(said(import_files(database, options)) == "1 new, 0 changed, 0 unchanged, 0 rejected");
    options.needed = {"preis"};
    CHECK(said(import_files(database, options)) ==
          "0 new, 0 changed, 0 unchanged, 0 rejected\n"
          "orders:1:1: error missing_column: --map preis=amount: the file has no column "
          "\"preis\"");
}

TEST_CASE("what is dated in a closed period names the period that takes it") {
    const std::string late = "; add --late and it takes this too";
    Database database = with_member();
    import_good(database, ImportKind::orders, header + "1,A,2026-10-05,10\n2,A,2026-11-05,10\n");
    close_october(database);
    CHECK(import_text(database, ImportKind::orders,
                      header + "1,A,2026-10-05,10\n3,A,2026-10-31,10\n4,A,2026-11-01,10\n") ==
          "0 new, 0 changed, 1 unchanged, 1 rejected\n"
          "orders:3:5: error closed_period: ordered_on 2026-10-31 lies in a closed period: " +
              closed + late);
    CHECK(import_text(
              database, ImportKind::returns,
              "return_id,order_id,returned_on,amount\nR,1,2026-10-31,1\nR,1,2026-11-01,1\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "returns:2:5: error closed_period: returned_on 2026-10-31 lies in a closed period: " +
              closed + late);
    CHECK(import_text(database, ImportKind::members,
                      "member_id,sponsor_id,joined_on,status,status_on\nA,,2026-01-01,terminated,"
                      "2026-10-31\nB,A,2026-10-31,,\n") ==
          "0 new, 0 changed, 0 unchanged, 2 rejected\n"
          "members:2:26: error closed_period: status_on 2026-10-31 lies in a closed period: " +
              closed + late +
              "\nmembers:3:5: error closed_period: joined_on 2026-10-31 lies in a closed period: " +
              closed + late);
    CHECK(import_text(database, ImportKind::products, "sku,valid_from\nS,2026-10-01\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "products:2:3: error closed_period: valid_from 2026-10-01 lies in a closed period: " +
              closed + "; choose a later day, what was computed stays");
    CHECK(import_text(database, ImportKind::orders, header + "1,A,2026-10-05,11\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "orders:2:1: error conflict: order_id \"1\" line 1 is known with other content: amount "
          "is \"10.00\", here \"11.00\"; it counted in a closed period, of which nothing is "
          "replaced; a correction is a return and a new order");
    CHECK(import_text(database, ImportKind::orders,
                      "order_id,line,member_id,ordered_on,amount\n1,2,A,2026-10-05,5\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "orders:2:7: error closed_period: ordered_on 2026-10-05 lies in a closed period: " +
              closed +
              "; an order that is there takes no further line in it, also not with --late: give "
              "the line an order_id of its own");
    ImportOptions options =
        options_for(ImportKind::orders, header + "1,A,2026-10-05,11\n2,A,2026-11-05,11\n");
    options.replace = true;
    CHECK(
        said(import_files(database, options)) ==
        "0 new, 0 changed, 0 unchanged, 1 rejected\n"
        "orders:2:1: error closed_period: order_id \"1\" is known with ordered_on 2026-10-05, in a "
        "closed period: " +
            closed + "; a correction is a return and a new order");
    options.late = true;  // takes what is new, and changes nothing that was counted
    CHECK(import_files(database, options).errors.front().code == "closed_period");
}

TEST_CASE("an import that a closed period saw, or that others need, is not withdrawn") {
    Database database = with_member();
    import_good(database, ImportKind::orders, header + "1,A,2026-10-05,10\n");
    import_good(database, ImportKind::orders, header + "2,A,2026-11-05,10\n");
    const auto error_of = [&](std::int64_t number) -> std::string {
        try {
            undo_import(database, number, "tester", "2026-11-22T00:00:00Z");
        } catch (const Refusal& refusal) {
            return refusal.what();
        }
        return "";
    };
    CHECK(error_of(1) ==
          "import 1 cannot be withdrawn: import 2 has orders of members of it; withdraw that one "
          "first");
    close_october(database);
    CHECK(
        error_of(2) ==
        "import 2 cannot be withdrawn: plan demo has closed 2026-10 with it; correct it by returns "
        "or new rows in an open period");
    CHECK(error_of(3) == "");  // its orders are of November
    CHECK(error_of(3) ==
          "import 3 cannot be withdrawn: tester has withdrawn it already, 2026-11-22T00:00:00Z");
    CHECK(error_of(4) == "there is no import 4; downline imports lists them");
}

TEST_CASE("a file that cannot be read says why") {
    const Folder folder;
    Database database = with_member();
    ImportOptions options = options_for(ImportKind::orders, "");
    options.texts.clear();
    options.files = {folder.file("absent.csv")};
    CHECK_THROWS_WITH_AS(
        import_files(database, options),
        ("cannot read " + folder.file("absent.csv") + ": No such file or directory").c_str(),
        StorageError);
    options.files = {folder.path.string()};
    CHECK_THROWS_WITH_AS(import_files(database, options),
                         (folder.path.string() + " is a directory; name the files in it").c_str(),
                         StorageError);
}

}  // namespace downline
