//! Figures in Prometheus' text format, collected when somebody asks: every part already keeps its own.

use std::fmt::Write as _;

/// Builds the text; each metric is described once.
#[derive(Default)]
pub struct Exposition {
    text: String,
}

impl Exposition {
    pub fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, help, "counter");
        let _ = writeln!(self.text, "smartsecurity_{name} {value}");
    }

    pub fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, help, "gauge");
        let _ = writeln!(self.text, "smartsecurity_{name} {value}");
    }

    /// One figure per value of a label.
    pub fn labelled<'a>(
        &mut self,
        name: &str,
        help: &str,
        kind: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'a str, u64)>,
    ) {
        self.head(name, help, kind);
        for (of, value) in values {
            let of = of.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = writeln!(self.text, "smartsecurity_{name}{{{label}=\"{of}\"}} {value}");
        }
    }

    pub fn finish(self) -> String {
        self.text
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.text, "# HELP smartsecurity_{name} {help}\n# TYPE smartsecurity_{name} {kind}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped() {
        let mut exposition = Exposition::default();
        exposition.labelled("lag", "Behind.", "gauge", "reader", [("a\"b", 1)]);
        assert!(exposition.finish().ends_with("smartsecurity_lag{reader=\"a\\\"b\"} 1\n"));
    }
}
