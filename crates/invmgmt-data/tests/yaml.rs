//! YAML as documents: what words mean, where things stand, what is too much.

use invmgmt_data::{Content, MAX_DEPTH, Value};

fn read(text: &str) -> Value {
    Value::from_yaml(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"))
}

fn refused(text: &str) -> String {
    Value::from_yaml(text).expect_err("refused").message
}

/// A document without its lines.
fn bare(mut value: Value) -> Value {
    (value.line, value.column, value.plain) = (None, None, false);
    value.content = match value.content {
        Content::List(items) => Content::List(items.into_iter().map(bare).collect()),
        Content::Map(entries) => {
            Content::Map(entries.into_iter().map(|(key, value)| (bare(key), bare(value))).collect())
        }
        other => other,
    };
    value
}

#[test]
fn every_key_and_value_knows_its_line_and_column() {
    let document = read("a: 1\nb:\n  - x\n  - {c: true}\n");
    let place = |value: &Value| (value.line.unwrap(), value.column.unwrap());
    let (key, list) = document.entry("b").expect("a key");
    assert_eq!(place(key), (2, 1));
    let Content::List(items) = &list.content else { panic!("a list") };
    assert_eq!(place(&items[0]), (3, 5));
    let (key, value) = items[1].entry("c").expect("a key");
    assert_eq!((place(key), place(value)), ((4, 6), (4, 9)));
    assert_eq!(value.content, Content::Bool(true));
}

#[test]
fn quotes_make_texts() {
    let document = bare(read("- '1'\n- \"true\"\n- 'null'\n- \"a\\nb\"\n- |-\n  2\n"));
    let texts = ["1", "true", "null", "a\nb", "2"].map(Value::from);
    assert_eq!(document, Value::from(texts.to_vec()));
}

#[test]
fn a_core_tag_decides_the_type() {
    let document = bare(read("[!!str 1, !!float 1, !!int 7, !!null ~]"));
    let expected = vec![Value::from("1"), Value::from(1.0), Value::from(7), Value::null()];
    assert_eq!(document, Value::from(expected));
    assert!(refused("!!int x").contains("the tag !!int does not fit here"));
}

#[test]
fn aliases_and_merge_keys_are_carried_out() {
    let document = bare(read("base: &base {h: 1, I0: 2}\nnode: {<<: *base, I0: 3}\nsame: *base\n"));
    let base = || Value::map([("h", 1), ("I0", 2)]);
    let merged = Value::map([("I0", 3), ("h", 1)]);
    assert_eq!(document, Value::map([("base", base()), ("node", merged), ("same", base())]));
    let both = bare(read("- &a {x: 1}\n- &b {x: 2, y: 2}\n- {<<: [*a, *b]}\n"));
    let Content::List(items) = both.content else { panic!("a list") };
    assert_eq!(items[2], Value::map([("x", 1), ("y", 2)]));
    assert_eq!(bare(read("'<<': 1")), Value::map([("<<", 1)]));
}

#[test]
fn an_alias_bomb_is_refused() {
    let level = |level: usize| {
        let inside = if level == 0 { "1".to_owned() } else { format!("*a{}", level - 1) };
        format!("a{level}: &a{level} [{}]\n", [inside.as_str(); 10].join(", "))
    };
    assert!(
        refused(&(0..12).map(level).collect::<String>()).contains("aliases copy more than 2000000 values")
    );
}

#[test]
fn a_bomb_of_long_texts_is_refused() {
    let text = format!("- &a \"{}\"\n{}", "x".repeat(1 << 20), "- *a\n".repeat(1 << 10));
    assert!(refused(&text).contains("aliases copy more than 2000000 values"));
}

#[test]
fn endless_nesting_is_refused() {
    for text in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)] {
        assert!(Value::from_yaml(&text).is_err());
    }
    let fits = format!("{}1{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(Value::from_yaml(&fits).is_ok());
}

#[test]
fn nesting_by_aliases_is_refused() {
    let levels = (1..2 * MAX_DEPTH).map(|level| format!("- &a{level} [*a{}]\n", level - 1));
    let text: Vec<String> = std::iter::once("- &a0 [1]\n".to_owned()).chain(levels).collect();
    assert!(refused(&text.concat()).contains("nested more than 64 levels deep (aliases expanded)"));
}
