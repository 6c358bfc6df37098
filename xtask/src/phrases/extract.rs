//! Finds the calls of `phrase!` in a source file. They begin with two string literals; anything else is not a call.

/// One sentence that the server can say.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    pub code: String,
    pub template: String,
    /// From 1.
    pub line: usize,
}

const CALL: &str = "phrase!(";

/// The calls of a file, tests left out.
pub fn calls(source: &str) -> Vec<Call> {
    let tested = source.split("#[cfg(test)]").next().unwrap_or(source);
    let mut found = Vec::new();
    for (at, _) in tested.match_indices(CALL) {
        let before = tested.get(..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        if line.trim_start().starts_with("//") {
            continue;
        }
        let rest = tested.get(at + CALL.len()..).unwrap_or_default();
        if let Some((code, template)) = arguments(rest) {
            found.push(Call { code, template, line: before.matches('\n').count() + 1 });
        }
    }
    found
}

fn arguments(rest: &str) -> Option<(String, String)> {
    let (code, rest) = literal(rest)?;
    let (template, _) = literal(rest.trim_start().strip_prefix(',')?)?;
    Some((code, template))
}

/// A string literal at the start, and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start().strip_prefix('"')?;
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, letter)) = chars.next() {
        match letter {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => value.push(match chars.next()?.1 {
                'n' => '\n',
                't' => '\t',
                same @ ('"' | '\\' | '\'') => same,
                // Nothing else stands in a sentence, and what a sentence lacks would be missed by its reader.
                _ => return None,
            }),
            letter => value.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_with_code_and_template() {
        let source = "fn a() {\n    phrase!(\n        \"said\",\n        \"it \\\"said\\\" {what}, C:\\\\x\",\n        what = 1,\n    )\n}\n";
        let call = Call { code: "said".into(), template: "it \"said\" {what}, C:\\x".into(), line: 2 };
        assert_eq!(calls(source), [call]);
    }

    #[test]
    fn comments_tests_and_the_macro_itself_are_no_calls() {
        let source = "/// `phrase!(\"a\", \"b\")`\nmacro_rules! phrase { ($c:literal) => { phrase!($c, $t) } }\n#[cfg(test)]\nmod tests { fn a() { phrase!(\"c\", \"d\"); } }\n";
        assert_eq!(calls(source), []);
    }
}
