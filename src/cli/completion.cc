// messina completion: what a shell may complete.
#include "cli/completion.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include <fmt/format.h>

#include "cli/reference.h"
#include "cli/templates.h"
#include "cli/verbs.h"

namespace messina::cli {
namespace {

struct Verb {
    std::string name;
    std::string summary;
    std::vector<std::pair<std::string, std::string>> options;  // "--quiet" and what it does
    std::vector<std::string> words;  // what may stand after it; none: files
};

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

std::vector<std::string> words_of(const std::string& verb) {
    if (verb == "doc") return reference_names();
    if (verb == "list") return listing_groups();
    if (verb == "completion") return {"bash", "zsh", "fish"};
    std::vector<std::string> kinds;
    if (verb == "create")
        for (const Template& starting : templates()) kinds.emplace_back(starting.kind);
    return kinds;
}

std::vector<Verb> verbs_of(const CLI::App& app) {
    std::vector<Verb> verbs;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        Verb verb{
            sub->get_name(), first_line(sub->get_description()), {}, words_of(sub->get_name())};
        for (const CLI::Option* option : sub->get_options())
            for (const std::string& name : option->get_lnames())
                verb.options.emplace_back("--" + name, first_line(option->get_description()));
        verbs.push_back(std::move(verb));
    }
    return verbs;
}

std::vector<std::string> names_of(const std::vector<Verb>& verbs) {
    std::vector<std::string> names;
    for (const Verb& verb : verbs) names.push_back(verb.name);
    return names;
}

/// Inside single quotes of a shell.
std::string quote(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'') {
            quoted += "'\\''";
        } else {
            quoted += c;
        }
    }
    return quoted + "'";
}

std::string write_bash(const std::vector<Verb>& verbs) {
    std::string text = "# messina completion bash > /etc/bash_completion.d/messina\n_messina() {\n";
    text += "    local word=\"${COMP_WORDS[COMP_CWORD]}\" words=\"\"\n    COMPREPLY=()\n";
    text += "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n";
    text += fmt::format(
        "        COMPREPLY=($(compgen -W \"{} --help\" -- \"$word\"))\n        return\n    fi\n",
        fmt::join(names_of(verbs), " "));
    text += "    case \"${COMP_WORDS[1]}\" in\n";
    for (const Verb& verb : verbs) {
        std::vector<std::string> words;
        for (const auto& [name, about] : verb.options) words.push_back(name);
        words.insert(words.end(), verb.words.begin(), verb.words.end());
        text += fmt::format("        {}) words=\"{}\" ;;\n", verb.name, fmt::join(words, " "));
    }
    text += "    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n";
    return text + "complete -o default -F _messina messina\n";
}

/// In _describe's lists a colon parts name and description.
std::string zsh_entry(std::string_view name, std::string_view about) {
    return quote(fmt::format("{}:{}", name, about));
}

std::string write_zsh(const std::vector<Verb>& verbs) {
    std::string text =
        "#compdef messina\n# messina completion zsh > \"${fpath[1]}/_messina\"\n_messina() {\n    "
        "local -a entries\n";
    text += "    if (( CURRENT == 2 )); then\n        entries=(\n";
    for (const Verb& verb : verbs)
        text += fmt::format("            {}\n", zsh_entry(verb.name, verb.summary));
    text +=
        "        )\n        _describe verb entries\n        return\n    fi\n    case $words[2] "
        "in\n";
    for (const Verb& verb : verbs) {
        text += fmt::format("        {})\n            entries=(\n", verb.name);
        for (const auto& [name, about] : verb.options)
            text += fmt::format("                {}\n", zsh_entry(name, about));
        for (const std::string& word : verb.words)
            text += fmt::format("                {}\n", quote(word));
        text += "            ) ;;\n";
    }
    return text + "    esac\n    _describe option entries\n    _files\n}\n_messina \"$@\"\n";
}

std::string write_fish(const std::vector<Verb>& verbs) {
    std::string text = "# messina completion fish > ~/.config/fish/completions/messina.fish\n";
    for (const Verb& verb : verbs) {
        text += fmt::format("complete -c messina -n __fish_use_subcommand -f -a {} -d {}\n",
                            verb.name, quote(verb.summary));
        const std::string after =
            fmt::format("complete -c messina -n '__fish_seen_subcommand_from {}'", verb.name);
        for (const auto& [name, about] : verb.options)
            text += fmt::format("{} -l {} -d {}\n", after, name.substr(2), quote(about));
        if (!verb.words.empty())
            text += fmt::format("{} -f -a '{}'\n", after, fmt::join(verb.words, " "));
    }
    return text;
}

}  // namespace

std::optional<std::string> write_completion(const CLI::App& app, std::string_view shell) {
    const std::vector<Verb> verbs = verbs_of(app);
    if (shell == "bash") return write_bash(verbs);
    if (shell == "zsh") return write_zsh(verbs);
    if (shell == "fish") return write_fish(verbs);
    return std::nullopt;
}

void add_completion(CLI::App& app, int& exit_code) {
    auto shell = std::make_shared<std::string>();
    CLI::App* verb =
        app.add_subcommand("completion",
                           "Prints a completion script for a shell\n\n"
                           "  messina completion bash > /etc/bash_completion.d/messina");
    verb->add_option("shell", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    verb->callback([&app, shell, &exit_code] {
        fmt::print("{}", *write_completion(app, *shell));
        exit_code = kOk;
    });
}

}  // namespace messina::cli
