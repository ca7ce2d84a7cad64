// Reference pages from the declarations: plain text for a terminal, Markdown for the site.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "config/describe_type.h"
#include "config/option.h"
#include "config/source_text.h"

namespace messina::config {
namespace {

constexpr size_t kPageColumns = 80;

struct Row {
    std::string path;  // "cache.ttl", "columns[].name", "tables.NAME.key"
    const Option* option;
};

/// Options of the section and of the sections nested in it. Variants have pages of their own.
void collect_rows(const Section& section, const std::string& prefix,
                  std::vector<const Section*>& inside, std::vector<Row>& rows) {
    inside.push_back(&section);
    for (const Option& option : section.options) {
        const std::string path = prefix + option.name;
        rows.push_back(Row{path, &option});
        const Section* nested = option.type.section;
        const bool is_inside_itself =
            std::find(inside.begin(), inside.end(), nested) != inside.end();
        if (nested == nullptr || is_inside_itself) continue;
        const std::string_view element = option.type.kind == OptionKind::NestedList  ? "[]."
                                         : option.type.kind == OptionKind::NestedMap ? ".NAME."
                                                                                     : ".";
        collect_rows(*nested, fmt::format("{}{}", path, element), inside, rows);
    }
    inside.pop_back();
}

std::vector<Row> rows_of(const Section& section) {
    std::vector<const Section*> inside;
    std::vector<Row> rows;
    collect_rows(section, "", inside, rows);
    return rows;
}

std::string presence_of(const Option& option) {
    if (!option.fallback.empty()) return "default " + option.fallback;
    return option.is_required ? "required" : "optional";
}

std::string shorthand_note(const Section& section) {
    if (section.shorthand.empty()) return {};
    return fmt::format("`{}: …` alone gives `{}`.", section.name, section.shorthand);
}

/// `text` in lines of at most kPageColumns, each indented; its own line breaks stay.
std::string wrap(std::string_view text, size_t indent) {
    std::string page;
    size_t column = 0;
    while (!text.empty()) {
        const size_t end = std::min(text.find_first_of(" \n"), text.size());
        const std::string_view word = text.substr(0, end);
        const size_t width = count_characters(word);
        if (column > 0 && column + 1 + width > kPageColumns) {
            page += '\n';
            column = 0;
        }
        if (!word.empty()) {
            page += column == 0 ? std::string(indent, ' ') : " ";
            column += (column == 0 ? indent : 1) + width;
            page += word;
        }
        if (end < text.size() && text[end] == '\n') {
            page += '\n';
            column = 0;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return column > 0 ? page + '\n' : page;
}

std::string indent_lines(std::string_view text, size_t indent) {
    std::string page;
    while (!text.empty()) {
        const size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        page += fmt::format("{:{}}{}\n", "", line.empty() ? 0 : indent, line);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return page;
}

/// Text for a cell of a Markdown table.
std::string cell(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|') escaped += '\\';
        escaped += c == '\n' ? ' ' : c;
    }
    return escaped;
}

}  // namespace

std::string document_text(const Section& section) {
    std::string page = section.name.empty() ? "" : section.name + '\n';
    page += wrap(section.summary, 2);
    const std::vector<Row> rows = rows_of(section);
    if (!rows.empty()) page += "\nOptions\n";
    for (const Row& row : rows) {
        page += fmt::format("  {}: {}; {}\n", row.path, describe_type(row.option->type),
                            presence_of(*row.option));
        page += wrap(row.option->doc, 6);
        if (!row.option->example.empty()) {
            page += wrap(fmt::format("Example: {}", row.option->example), 6);
        }
    }
    const std::string note = shorthand_note(section);
    if (!note.empty()) page += '\n' + wrap(note, 2);
    if (!section.example.empty()) page += "\nExample\n" + indent_lines(section.example, 2);
    if (!section.details.empty()) page += "\nDetails\n" + wrap(section.details, 2);
    return page;
}

std::string document_markdown(const Section& section, int heading_level) {
    std::string page;
    if (!section.name.empty()) {
        page += fmt::format("{} {}\n\n", std::string(static_cast<size_t>(heading_level), '#'),
                            section.name);
    }
    page += section.summary + '\n';
    if (!section.example.empty()) {
        const std::string_view line_end = section.example.ends_with('\n') ? "" : "\n";
        page += fmt::format("\n```yaml\n{}{}```\n", section.example, line_end);
    }
    const std::vector<Row> rows = rows_of(section);
    if (!rows.empty()) page += "\n| option | takes | default | |\n| --- | --- | --- | --- |\n";
    for (const Row& row : rows) {
        const Option& option = *row.option;
        const std::string fallback = !option.fallback.empty() ? "`" + option.fallback + "`"
                                     : option.is_required     ? "required"
                                                              : "";
        const std::string example =
            option.example.empty() ? "" : fmt::format(" Example: `{}`.", option.example);
        page += fmt::format("| `{}` | {} | {} | {} |\n", row.path, cell(describe_type(option.type)),
                            cell(fallback), cell(option.doc + example));
    }
    const std::string note = shorthand_note(section);
    if (!note.empty()) page += '\n' + note + '\n';
    if (!section.details.empty()) page += '\n' + section.details + '\n';
    return page;
}

}  // namespace messina::config
