//! Each kind of bad input gets its own answer, that says where and what to do.

use ingest::{FieldNames, Limits, parse_event, parse_telemetry};
use model::ProblemCode;

use crate::world::NOW;

fn refused(payload: &[u8]) -> (ProblemCode, String) {
    let refusal = parse_telemetry(payload, NOW, &Limits::default(), &mut FieldNames::default()).unwrap_err();
    (refusal.code, refusal.explanation.to_string())
}

#[track_caller]
fn says(payload: &str, code: ProblemCode, words: &[&str]) {
    let (found, explanation) = refused(payload.as_bytes());
    assert_eq!(found, code, "{payload}: {explanation}");
    for word in words {
        assert!(explanation.contains(word), "{payload}: {explanation}");
    }
}

#[test]
fn malformed_json_is_placed() {
    use ProblemCode::MalformedJson;
    says("", MalformedJson, &["empty"]);
    says("{\"a\":1,\n \"b\" 2}", MalformedJson, &["line 2 column 6", "'2'", "a colon"]);
    says("{\"a\":1", MalformedJson, &["ends too early", "line 1 column 7"]);
    says("{\"a\":1,}", MalformedJson, &["comma after the last"]);
    says("{\"a\":1}{\"a\":2}", MalformedJson, &["one JSON value per message"]);
    says("{temperature:21.5}", MalformedJson, &["shell", "line 1 column 2"]);
    says("{'a':1}", MalformedJson, &["double quotes"]);
    says("{\"a\":True}", MalformedJson, &["Python"]);
    says("{\"a\":1,5}", MalformedJson, &["field name"]);
    says("{\"a\":01}", MalformedJson, &["leading zeros"]);
    says("{\"a\":\"x\ny\"}", MalformedJson, &["control character"]);
    says("{\"a\":\"x", MalformedJson, &["closing quote"]);
    says("{\"a\":\"\\q\"}", MalformedJson, &["escape"]);
    says("{\"a\":\"\\ud800\"}", MalformedJson, &["surrogate"]);
    says("\u{feff}{\"a\":1}", MalformedJson, &["byte order mark"]);
    let (code, explanation) = refused(b"{\"a\":\"\xff\"}");
    assert_eq!(code, MalformedJson);
    assert!(explanation.contains("not UTF-8") && explanation.contains("byte 7"), "{explanation}");
}

#[test]
fn what_is_no_number_is_named() {
    use ProblemCode::NotANumber;
    for word in ["NaN", "nan", "Infinity", "-Infinity", "inf"] {
        says(&format!("{{\"humidity\":{word}}}"), NotANumber, &["\"humidity\"", word, "line 1 column 13"]);
    }
    says("{\"a\":1e999}", NotANumber, &["\"a\"", "too large"]);
    says("[{\"a\":1},{\"b\":NaN}]", NotANumber, &["\"b\"", "element 1"]);
}

#[test]
fn wrong_shapes_are_shown_the_right_ones() {
    use ProblemCode::WrongShape;
    says("21.5", WrongShape, &["bare number", "{\"temperature\":21.5}"]);
    says("\"hot\"", WrongShape, &["bare text"]);
    says("null", WrongShape, &["bare null"]);
    says("{}", WrongShape, &["without a value"]);
    says("[]", WrongShape, &["empty array"]);
    says("[1,2]", WrongShape, &["element 0", "(number)"]);
    says("[[1]]", WrongShape, &["(array)"]);
    says("[null]", WrongShape, &["(null)"]);
    says("{\"ts\":1700000000000,\"values\":{}}", WrongShape, &["\"values\" without a value"]);
    says("{\"ts\":\"2026-01-01\",\"a\":1}", WrongShape, &["ts", "text", "milliseconds"]);
    says(
        &format!("{}1{}", "{\"a\":".repeat(40), "}".repeat(40)),
        WrongShape,
        &["more than 32", "inside one another"],
    );
}

#[test]
fn too_much_is_counted() {
    let fields: Vec<_> = (0..10_000).map(|n| format!("\"f{n}\":1")).collect();
    says(&format!("{{{}}}", fields.join(",")), ProblemCode::TooManyFields, &["more than 1000 fields"]);
    says(
        &format!("{{\"note\":\"{}\"}}", "x".repeat(9_000)),
        ProblemCode::TooLarge,
        &["\"note\"", "9000 bytes"],
    );
    says(&format!("{{\"a\":\"{}\"}}", "x".repeat(300_000)), ProblemCode::TooLarge, &["payload", "262144"]);
}

#[test]
fn impossible_times_are_explained() {
    use ProblemCode::TimestampOutOfRange;
    says(
        "{\"ts\":1700000000,\"values\":{\"a\":1}}",
        TimestampOutOfRange,
        &["looks like seconds", "2023-11-14"],
    );
    says("{\"ts\":1,\"values\":{\"a\":1}}", TimestampOutOfRange, &["before the year 2000"]);
    says("{\"ts\":4102444800000,\"a\":1}", TimestampOutOfRange, &["more than a day after the server's time"]);
    says("[{\"ts\":1,\"a\":1},{\"ts\":2,\"a\":1}]", TimestampOutOfRange, &["1 more elements"]);
}

#[test]
fn a_hundred_thousand_brackets_do_no_harm() {
    for payload in ["[".repeat(100_000), "{\"a\":".repeat(40_000), format!("{{\"a\":{}", "[".repeat(100_000))]
    {
        says(&payload, ProblemCode::WrongShape, &[]);
    }
}

#[test]
fn events_are_objects_and_kept_to_the_letter() {
    let limits = Limits::default();
    let json = "{ \"action\" : \"login\",\"ts\":1700000000000, \"deep\":{\"a\":[1,{\"b\":null}]}}";
    let event = parse_event(json.as_bytes(), NOW, &limits).unwrap();
    assert_eq!(event.json, json);
    assert_eq!(event.ts.unwrap().as_millis(), 1_700_000_000_000);
    let late = parse_event(b"{\"ts\":5,\"a\":1}", NOW, &limits).unwrap();
    assert_eq!((late.ts, late.bad_ts.unwrap().code), (None, ProblemCode::TimestampOutOfRange));
    for (payload, code) in [
        (&b"[1]"[..], ProblemCode::WrongShape),
        (b"{}", ProblemCode::WrongShape),
        (b"5", ProblemCode::WrongShape),
        (b"{\"a\":NaN}", ProblemCode::NotANumber),
        (b"{\"a\"", ProblemCode::MalformedJson),
    ] {
        assert_eq!(parse_event(payload, NOW, &limits).unwrap_err().code, code);
    }
}

#[test]
fn what_cannot_be_seen_is_named_and_not_repeated() {
    use ProblemCode::MalformedJson;
    says("\u{feff}{\"a\":1}", MalformedJson, &["U+FEFF", "starts with a byte order mark"]);
    says("{\u{feff}\"a\":1}", MalformedJson, &["U+FEFF", "This is a byte order mark"]);
    for (letter, name) in [('\u{ffff}', "U+FFFF"), ('\u{202e}', "U+202E"), ('\u{e000}', "U+E000")] {
        says(&format!("{letter}{{}}"), MalformedJson, &[name]);
        let (_, explanation) = refused(format!("{{\"{letter}\":NaN}}").as_bytes());
        assert!(explanation.contains(name) && !explanation.contains(letter), "{explanation}");
    }
}
