//! `tests:` in a campaign file: rows of its author's own, and what should come of each.

use crate::harness::project::Project;

const CAMPAIGN: &str = "\
campaign: spring
sender: { phone_number_id: \"106540352242922\" }
recipients: { file: people.csv, default_country: US, defaults: { first_name: friend } }
templates:
  - name: spring_sale
    languages: [en_US, pt_BR]
    header: { image: \"https://cdn.example.com/{{ language }}.jpg\" }
    body: { first_name: \"{{ first_name | title }}\", price: { currency: USD, amount: \"{{ price }}\" } }
    buttons: { 1: { url: \"{{ first_name }}\" }, 2: { copy_code: \"SPRING\" } }
tests:
  - row: { phone: 202-555-0101, language: pt_BR, first_name: ana, price: \"9.5\" }
    expect:
      template: spring_sale
      language: pt_BR
      header: https://cdn.example.com/pt_BR.jpg
      body: { first_name: Ana, price: USD 9.50 }
      buttons: { 1: ana, 2: SPRING }
  - row: { phone: +12025550101, language: en_US, price: \"1\" }
    expect: { body: { first_name: Friend } }
  - row: { phone: +12025550101, language: fr, price: \"1\" }
    expect: { turned_away: no template is listed in language }
";

const PEOPLE: &str = "phone,language,first_name,price\n+12025550101,en_US,ada,5\n";

fn project() -> Project {
    Project::empty().campaign(CAMPAIGN).recipients(PEOPLE)
}

#[test]
fn tests_of_a_campaign_are_tried_by_check() {
    project()
        .tidings(["check", "campaign.yaml"])
        .code(0)
        .stdout_has("1 row, 1 message, 0 turned away; no problems; 3 tests passed");
    let ran = project().campaign_with("Friend", "Fiend").tidings(["check", "campaign.yaml"]);
    ran.code(2)
        .stderr_has("body parameter `first_name` is `Friend`, and `Fiend` is expected")
        .stderr_has("campaign.yaml:19:");
    let json = project().campaign_with("Friend", "Fiend").tidings(["check", "campaign.yaml", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.code(2).stdout).expect("JSON");
    assert_eq!((&json["campaigns"][0]["tests"], &json["campaigns"][0]["tests_failed"]), (&3.into(), &1.into()));
    assert_eq!(json["problems"][0]["code"], "test-failed");
}

#[test]
fn a_test_that_fails_does_not_keep_anything_from_being_sent() {
    // The rows are what they were; what the author thought of an invented one is for `check`.
    project().campaign_with("Friend", "Fiend").run(["--sandbox", "--yes"]).code(0);
}

#[test]
fn numbered_parameters_are_expected_in_a_list() {
    let campaign = CAMPAIGN.split("tests:").next().expect("a campaign").replace(
        "{ first_name: \"{{ first_name | title }}\", price: { currency: USD, amount: \"{{ price }}\" } }",
        "[\"{{ first_name }}\", \"{{ price }}\"]",
    );
    let tests =
        "tests: [{ row: { phone: +12025550101, language: en_US, price: \"2\" }, expect: { body: [friend, \"2\"] } }]\n";
    project()
        .campaign(&format!("{campaign}{tests}"))
        .tidings(["check", "campaign.yaml"])
        .code(0)
        .stdout_has("1 test passed");
    let other = format!("{campaign}{}", tests.replace("[friend, \"2\"]", "[friend, \"2\", more]"));
    let ran = project().campaign(&other).tidings(["check", "campaign.yaml"]);
    ran.code(2).stderr_has("the message has no body parameter 3, and `more` is expected there");
}

#[test]
fn a_build_server_reads_the_tests_as_junit() {
    let project = project().campaign_with("Friend", "<Fiend> & \\\"co\\\"");
    let project =
        project.campaign_with("body: { first_name: <Fiend> & \\\"co\\\" }", "body: { first_name: '<Fiend> & \"co\"' }");
    project.tidings(["check", "campaign.yaml", "--report-junit", "tests.xml"]).code(2);
    let xml = std::fs::read_to_string(project.path("tests.xml")).expect("a file");
    insta::assert_snapshot!(xml, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="tidings check">
      <testsuite name="campaign.yaml" tests="4" failures="1">
        <testcase classname="campaign.yaml" name="campaign and recipients"/>
        <testcase classname="campaign.yaml" name="test in line 11"/>
        <testcase classname="campaign.yaml" name="test in line 18">
          <failure message="body parameter `first_name` is `Friend`, and `&lt;Fiend&gt; &amp; &quot;co&quot;` is expected">campaign.yaml:19:36: body parameter `first_name` is `Friend`, and `&lt;Fiend&gt; &amp; &quot;co&quot;` is expected</failure>
        </testcase>
        <testcase classname="campaign.yaml" name="test in line 20"/>
      </testsuite>
    </testsuites>
    "#);
    project
        .tidings(["check", "campaign.yaml", "--report-junit", "no/tests.xml"])
        .code(74)
        .stderr_has("no/tests.xml cannot be written");
}
