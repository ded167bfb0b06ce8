mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "archive" {}

run "two_environments_share_no_name" {
  command = plan

  variables {
    project_id = "demo-project"
    bundles    = "../../tests/bundles"
  }

  assert {
    condition = output.names == {
      production = { NAME_PREFIX = "", FIRESTORE_DATABASE = "(default)", FIRESTORE_LETTERS_DATABASE = "eventmend-letters" }
      staging    = { NAME_PREFIX = "staging-", FIRESTORE_DATABASE = "staging-events", FIRESTORE_LETTERS_DATABASE = "staging-letters" }
    }
    error_message = "The probe finds each environment."
  }
}
