use super::{Failure, print};

/// Prints the document in one fixed order, so that it can be committed and compared.
pub fn run() -> Result<(), Failure> {
    print(&format!("{}\n", api::document_json()?))
}
