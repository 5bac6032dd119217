use super::*;

fn laid(text: &str) -> String {
    match format(text, 0) {
        Ok(out) => out,
        Err(errors) => panic!("{errors:?}\n{text}"),
    }
}
