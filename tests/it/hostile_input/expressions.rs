//! Expressions that would go on for ever, or make something huge of little.

use super::limits::{HEAD, PEOPLE, check, problems, told};
use crate::harness::project::Project;

const TOO_MUCH: &str = "it does too much work for one parameter";

const ONE_ROW: &str = "phone,a,b\n+12025550101,quill,9999\n";

fn with_body<T: AsRef<str>>(texts: &[T]) -> String {
    let listed: Vec<String> = texts.iter().map(|text| serde_json::to_string(text.as_ref()).expect("a text")).collect();
    format!("{HEAD}    body: [{}]\n", listed.join(", "))
}

/// Whatever is said of these texts, it is said.
#[track_caller]
fn endures<T: AsRef<str>>(name: &str, texts: &[T]) {
    check(name, &Project::empty().campaign(&with_body(texts)).recipients(ONE_ROW));
}

/// There is this problem with each of the texts.
#[track_caller]
fn each_is<T: AsRef<str>>(texts: &[T], words: &str) {
    let found = problems(words, &Project::empty().campaign(&with_body(texts)).recipients(ONE_ROW));
    let said = found.iter().filter(|problem| problem.contains(words)).count();
    assert_eq!(said, texts.len(), "{found:#?}");
}

#[test]
fn loops_run_out_of_fuel() {
    each_is(
        &[
            "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}{{ a }}",
            "{% for i in range(b | int) %}{% for j in range(b | int) %}{{ a }}{% endfor %}{% endfor %}",
            "{{ range(99999) | list | length }}",
        ],
        TOO_MUCH,
    );
    each_is(&["{% for i in range(10**6) %}x{% endfor %}{{ a }}", "{{ range(10**12) }}"], "cannot be made");
}

#[test]
fn nothing_calls_itself() {
    each_is(
        &[
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{% include 'hello' %}",
            "{% import 'hello' as m %}",
            "{% extends '1' %}",
            "{% block x %}{{ self.x() }}{% endblock %}",
        ],
        "this expression cannot be read",
    );
    each_is(&["{{ dict(a=1) }}", "{{ debug() }}", "{% set n = namespace(a=a) %}{{ n.a }}"], "has no column");
}

#[test]
fn texts_grow_only_as_far_as_fuel_goes() {
    let doubled = format!("{{% set c = 'x' %}}{}{{{{ c ~ a }}}}", "{% set c = c ~ c %}".repeat(60));
    let captured = format!("{{% set c = 'x' %}}{}{{{{ c ~ a }}}}", "{% set c %}{{ c }}{{ c }}{% endset %}".repeat(60));
    each_is(
        &[
            "{{ 'x' * 10**9 }}",
            "{{ a ~ 'x' * 99999999 }}",
            "{{ a | replace('', 'x' * 99999) | replace('x', 'x' * 99999) }}",
            "{{ ('x' * 9999) | list | join('x' * 9999) }}",
            "{{ '%99999999d' | format(1) }}",
            "{{ a * 99999999 }}",
            "{{ ('%' * 99999) | urlencode | urlencode | urlencode | urlencode | urlencode | urlencode | urlencode }}",
            &*doubled,
            &captured,
        ],
        TOO_MUCH,
    );
    endures(
        "widths",
        &[
            "{{ '%.99999999f' | format(1.5) }}",
            "{{ a | indent(99999999) }}",
            "{{ [1, 2] | tojson(indent=99999999) }}",
            "{{ [1] | batch(99999999, 1) | list | length }}",
            "{{ [1] | slice(99999999, 1) | list | length }}",
            "{{ 1 | number(255) }}",
            "{{ 10 ** 10 ** 10 }}",
            "{{ 1.5 | round(999999999) }}",
            "{{ ('9' * 60000) | number }}",
            "{{ 1e308 | number }}",
            "{{ a | truncate(99999999) }}",
        ],
    );
}

#[test]
fn lists_are_no_text() {
    let several = "there are several values in one place";
    let lists = ["range(9)", "[a, b]", "{'x': a}", "a | list", "(a | split('i'))[:]"];
    let printed = lists.iter().flat_map(|list| {
        ["{{ (LIST) }}", "{{ a }} {{ (LIST) }}", "{{ (LIST) | date }}", "{{ (LIST) | number }}"]
            .map(|text| text.replace("LIST", list))
    });
    each_is(&printed.collect::<Vec<_>>(), several);
    each_is(&["{{ a | utm(source=[b]) }}", "{% set c %}{{ [a] }}{% endset %}{{ c }}"], several);
}

/// `[0] * 99999999` is made of nothing, and only while it is printed, joined or compared; no fuel is paid for it, and `check`
/// did not end.
#[test]
fn lists_do_not_grow() {
    let list = "[[0] * 9999999] * 9999999";
    let uses = ["(LIST) ~ a", "(LIST) | string", "'%s' | format(LIST)", "(LIST) | tojson", "(LIST) is eq(LIST)"];
    let uses = uses.map(|text| format!("{{{{ {} }}}}", text.replace("LIST", list)));
    each_is(&uses, "what stands beside `*` may be a list");
    each_is(
        &[
            "{{ 2 * [a] }}",
            "{{ 2 * (a | list) }}",
            "{{ a | list * 9 }}",
            "{% set c = [a] %}{{ c * 9 }}",
            "{{ 9 * a | split }}",
        ],
        "what stands beside `*` may be a list",
    );
    let doubled =
        |by: &str| format!("{{% set c = [1] %}}{}{{{{ c ~ a }}}}", format!("{{% set c = {by} %}}").repeat(60));
    each_is(&[doubled("c + c")], "what stands beside `+` may be a list");
    let with = format!("{}{{{{ c ~ a }}}}{}", "{% with c = [c, c] %}".repeat(60), "{% endwith %}".repeat(60));
    let each = format!("{}{{{{ c ~ a }}}}{}", "{% for c in [[c, c]] %}".repeat(60), "{% endfor %}".repeat(60));
    let once = format!("{{{{ [{}a] | tojson }}}}", "a, ".repeat(40));
    each_is(&[doubled("[c, c]"), doubled("c | zip(c)"), with, each, once], "hold more than 32 names");
    let recursive = "{% for x in [[1]] recursive %}{{ loop([[x, x]]) }}{{ x ~ a }}{% endfor %}";
    // What hides behind the quote would not be looked at.
    let hidden = "{% raw %}{{ '{% endraw %}{{ [0] * 99999999 }}";
    each_is(&[recursive, hidden, "{% for x in [[a]] %}{{ loop.changed(x) }}{% endfor %}"], "does not work here");
}

#[test]
fn what_is_usual_beside_a_list_still_works() {
    let texts = [
        "{{ [a, b] | join(', ') }}",
        "{{ ['Ms', 'Mr'][b | int % 2] }} {{ a }}",
        "{% set parts = a | split('i') %}{{ parts[0] ~ ' ' ~ parts[1] }}",
        "{{ (b | split('-'))[0] | int * 2 }}",
        "{% if a in ['quill', 'sol'] %}dear{% else %}hello{% endif %} {{ b | int + 1 }}",
        "{% for x in range(3) %}{{ loop.index }}{{ a }}{{ x | int + 1 }}{% endfor %}",
        "{{ {'quill': 'Q'}[a] }}{{ b | float | round(2) * 3 }}",
    ];
    let folder = Project::empty().campaign(&with_body(&texts[..])).recipients(ONE_ROW);
    assert_eq!(problems("usual", &folder), Vec::<String>::new());
}

#[test]
fn what_is_nested_or_chained_far_is_refused() {
    let repeated = [
        ("(", "a", ")"),
        ("[", "a", "]"),
        ("not ", "a", ""),
        ("-", "1", ""),
        ("{'x':", "a", "}"),
        ("", "a", "|upper"),
        ("", "a", ".x"),
        ("", "a", "[0]"),
        ("", "a", "()"),
        ("", "a", "~a"),
        ("", "a", " and a"),
        ("", "1", "**1"),
        ("", "a", " if a else a"),
        ("", "1", "<2"),
        ("", "a", " is string"),
    ];
    let far = |times: usize| {
        move |(before, inner, after): (&str, &str, &str)| {
            format!("{{{{ {}{inner}{} }}}}", before.repeat(times), after.repeat(times))
        }
    };
    // The stack of the compiler ran over.
    each_is(&repeated.map(far(5_000)), "goes on for more than 400 words and signs");
    each_is(&[format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}".repeat(5_000))], "more than 100 branches");
    endures("as far as may be", &repeated.map(far(75)));
    endures("branches", &[format!("{{% if a %}}{}{{{{ a }}}}{{% endif %}}", "{% elif a %}".repeat(100))]);
    let deep = |end: &str| format!("{{% set c = [1] %}}{}{end}", "{% set c = [c] %}".repeat(6_000));
    each_is(&["{{ a }}", "{{ c ~ a }}"].map(deep), "hold more than 32 names");
    let blocks = [
        ("{% if a %}", "{% endif %}"),
        ("{% for x in a %}", "{% endfor %}"),
        ("{% with x = 1 %}", "{% endwith %}"),
        ("{% set c %}", "{% endset %}"),
        ("{% filter upper %}", "{% endfilter %}"),
    ];
    endures("blocks", &blocks.map(|(before, after)| format!("{}{}", before.repeat(5_000), after.repeat(5_000))));
    let marks =
        ["{{", "{{}}", "{", "{x}", "{#", "{%", "{{a}}", "{{1}}", "{{nope}}", "{{a|nope}}", "{{a is nope}}", "{{ '"];
    endures("marks", &marks.map(|text| text.repeat(60_000 / text.len())));
}

#[test]
fn many_expressions_have_little_fuel_each() {
    let busy = "{%for x in range(b|int)%}{%for y in range(b|int)%}{%endfor%}{%endfor%}{{a}}";
    told("busy", &with_body(&[busy; 5_000]), TOO_MUCH);
    let distinct: Vec<String> = (0..5_001).map(|n| format!("{{{{ a }}}} and {{{{ b }}}} {n}")).collect();
    told("distinct", &with_body(&distinct), "more than 5000 texts with expressions");
}

/// Each name was compared with each column.
#[test]
fn columns_that_nobody_knows_are_not_looked_for_for_ever() {
    let unknown: Vec<String> = (0..300).map(|n| format!("{{{{ column_{n} }}}}")).collect();
    let columns: String = (0..16_000).map(|n| format!(",colum_{n}")).collect();
    let folder = Project::empty().campaign(&with_body(&unknown)).recipients(format!("phone{columns}\n1\n"));
    check("unknown columns", &folder).code(2).stderr_has("the columns are: phone, colum_0");
}

#[test]
fn fuel_runs_out_wherever_an_expression_may_stand() {
    let busy = "{% for x in range(9999) %}{% for y in range(9999) %}{% endfor %}{% endfor %}x";
    let huge = "{{ ('x' * 99999) | replace('x', 'x' * 99999) }}";
    for text in [busy, huge] {
        let phone = format!("recipients: {{ file: people.csv, phone: \"{text}\" }}");
        told("phone", &HEAD.replace("recipients: people.csv", &phone), "cannot be made");
        let language = format!("recipients: {{ file: people.csv, language: \"{text}\" }}");
        told("language", &HEAD.replace("recipients: people.csv", &language), "cannot be made");
        let raw = format!("raw_components: [{{ type: body, parameters: [{{ type: text, text: \"{text}\" }}] }}]");
        let button = format!("buttons: {{ 0: {{ url: \"{text}\" }} }}");
        told("raw and button", &format!("{HEAD}    {raw}\n    {button}\n"), "cannot be made");
        told("header", &format!("{HEAD}    header: {{ text: \"{text}\" }}\n"), "cannot be made");
    }
}

/// Each of these rows takes all the fuel that there is: a file of many would take minutes.
#[test]
fn nobody_waits_for_the_rest_of_a_file_whose_rows_do_too_much_work() {
    let rest = "those that follow were not looked at";
    let rows: String = (0..3_000).map(|n| format!("+120255501{:02},x,99999\n", n % 100)).collect();
    let header = &PEOPLE[..=PEOPLE.find('\n').expect("a header")];
    let campaign = with_body(&["{% for x in range(b | int) %}{% endfor %}{{ a }}"]);
    let folder = Project::empty().campaign(&campaign).recipients(format!("{header}{rows}"));
    assert!(problems("rows", &folder).iter().any(|problem| problem.contains(rest)));
    let skipping = campaign.replace("recipients: people.csv", "recipients: { file: people.csv, on_invalid: skip }");
    assert!(problems("skipped rows", &folder.campaign(&skipping)).iter().any(|problem| problem.contains(rest)));
}
