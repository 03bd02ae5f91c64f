//! One pass over the text before it is parsed: a document that is only there to cost time is refused for the price of
//! reading it once. The parser never sees more tokens or deeper brackets than the limits allow.

mod repeats;

use entities::Refusal;

use super::limits::{ALIASES, BRACKETS, DIRECTIVES_AT_ONE_PLACE, FRAGMENTS, Limits, OPERATIONS, REPEATS, VARIABLES};
use super::refusals;
use repeats::Repeats;

/// What a text is made of.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Counts {
    /// Lexical tokens.
    pub(super) tokens: usize,
    /// Brackets of any kind open at once, at most.
    pub(super) brackets: usize,
    /// Selections with another name.
    pub(super) aliases: usize,
    /// Directives at one place, at most.
    pub(super) directives: usize,
    /// Definitions of operations.
    pub(super) operations: usize,
    /// Definitions of fragments.
    pub(super) fragments: usize,
    /// Definitions of variables.
    pub(super) variables: usize,
    /// Times that one name answers at one place, at most.
    pub(super) repeats: usize,
}

impl Counts {
    /// Refuses what goes beyond a limit, by the most telling one.
    ///
    /// # Errors
    /// A refusal with the code of the limit.
    pub(super) fn check(&self, limits: &Limits) -> Result<(), Refusal> {
        let checks = [
            (self.brackets, BRACKETS, refusals::too_deep as fn(usize) -> Refusal),
            (self.operations, OPERATIONS, refusals::too_many_operations),
            (self.fragments, FRAGMENTS, refusals::too_many_fragments),
            (self.variables, VARIABLES, refusals::too_many_variables),
            (self.directives, DIRECTIVES_AT_ONE_PLACE, refusals::too_many_directives),
            (self.aliases, ALIASES, refusals::too_many_aliases),
            (self.tokens, limits.tokens, refusals::too_many_tokens),
            (self.repeats, REPEATS, refusals::too_many_repeats),
        ];
        checks
            .into_iter()
            .find(|(found, limit, _)| found > limit)
            .map_or(Ok(()), |(_, limit, refuse)| Err(refuse(limit)))
    }
}

/// Counts what a text is made of, without judging whether it is GraphQL.
#[must_use]
pub(super) fn count(text: &str) -> Counts {
    let mut scan = Scan::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        at += match bytes[at] {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => 1,
            b'#' => run(&bytes[at..], |byte| byte != b'\n' && byte != b'\r'),
            b'"' => scan.other(string(&bytes[at..])),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                let length = run(&bytes[at..], |byte| byte == b'_' || byte.is_ascii_alphanumeric());
                scan.name(&bytes[at..at + length]);
                length
            }
            b'-' | b'0'..=b'9' => {
                scan.other(run(&bytes[at..], |byte| matches!(byte, b'-' | b'+' | b'.') || byte.is_ascii_alphanumeric()))
            }
            b'.' => scan.spread(run(&bytes[at..], |byte| byte == b'.').min(3)),
            punctuator => {
                scan.punctuator(punctuator);
                1
            }
        };
    }
    Counts { repeats: scan.repeats.most, ..scan.counts }
}

/// Where in a document the pass is.
#[derive(Default)]
struct Scan<'t> {
    counts: Counts,
    repeats: Repeats<'t>,
    round: usize,
    curly: usize,
    square: usize,
    here: usize,
    after_name: bool,
    after_at: bool,
    /// Behind a colon or a spread, where a name is not that of an answer.
    elsewhere: bool,
    after_directive: bool,
    /// Within the arguments of a directive, where a variable is used and none is defined.
    in_directive: bool,
}

impl<'t> Scan<'t> {
    fn name(&mut self, name: &'t [u8]) {
        self.counts.tokens += 1;
        let is_directive = std::mem::take(&mut self.after_at);
        let is_elsewhere = std::mem::take(&mut self.elsewhere);
        self.elsewhere = is_elsewhere && name == b"on";
        if self.curly > 0 && self.round == 0 && !is_directive && !is_elsewhere {
            self.repeats.name(name);
        }
        if self.open() == 0 && !is_directive {
            match name {
                b"query" | b"mutation" | b"subscription" => self.counts.operations += 1,
                b"fragment" => self.counts.fragments += 1,
                _ => {}
            }
        }
        if !is_directive && self.round == 0 {
            self.here = 0;
        }
        self.after_name = true;
        self.after_directive = is_directive;
    }

    fn spread(&mut self, length: usize) -> usize {
        self.other(length);
        self.elsewhere = true;
        length
    }

    fn other(&mut self, length: usize) -> usize {
        self.counts.tokens += 1;
        self.elsewhere = false;
        self.after_name = false;
        if self.round == 0 {
            self.here = 0;
        }
        length
    }

    fn punctuator(&mut self, punctuator: u8) {
        self.counts.tokens += 1;
        match punctuator {
            b'(' => {
                self.in_directive |= self.after_directive;
                self.round += 1;
            }
            b')' => {
                self.in_directive = false;
                self.round = self.round.saturating_sub(1);
            }
            b'[' => self.square += 1,
            b']' => self.square = self.square.saturating_sub(1),
            b'{' => {
                self.counts.operations +=
                    usize::from(self.open() == 0 && self.counts.operations + self.counts.fragments == 0);
                self.curly += 1;
                self.repeats.open();
            }
            b'}' => {
                self.curly = self.curly.saturating_sub(1);
                self.repeats.close();
            }
            b'$' if self.round == 1 && self.curly == 0 && !self.in_directive => {
                self.counts.variables += 1;
                self.here = 0;
            }
            b':' => self.counts.aliases += usize::from(self.after_name && self.round == 0),
            b'@' => {
                self.here += 1;
                self.counts.directives = self.counts.directives.max(self.here);
            }
            _ => {}
        }
        self.after_at = punctuator == b'@';
        self.elsewhere = punctuator == b':';
        self.after_name = false;
        self.after_directive = false;
        if matches!(punctuator, b'{' | b'}') && self.round == 0 {
            self.here = 0;
        }
        self.counts.brackets = self.counts.brackets.max(self.open());
    }

    fn open(&self) -> usize {
        self.round + self.curly + self.square
    }
}

/// The length of the run at the front whose bytes `belong`; at least the first byte.
fn run(bytes: &[u8], belong: impl Fn(u8) -> bool) -> usize {
    1 + bytes[1..].iter().take_while(|byte| belong(**byte)).count()
}

/// The length of the string at the front, a block string or a plain one; one without an end goes on to the end of the text.
fn string(bytes: &[u8]) -> usize {
    let (mut at, is_block) = if bytes.starts_with(b"\"\"\"") { (3, true) } else { (1, false) };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += if is_block && bytes[at..].starts_with(b"\\\"\"\"") { 4 } else { 2 - usize::from(is_block) },
            b'"' if !is_block => return at + 1,
            b'"' if bytes[at..].starts_with(b"\"\"\"") => return at + 3,
            b'\n' if !is_block => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_counted_as_the_grammar_reads_it() {
        let text = r#"query Q($a: Int = 1, $b: [X!]) @d(x: 1) @e {
            one: schools(first: $a, filter: { code: "a{b\"c" }) @include(if: true) @skip(if: false) { ...F } # a: b
        } fragment F on School { code text(x: """ } " \""" : """) }"#;
        let counts = count(text);
        assert_eq!((counts.operations, counts.fragments, counts.variables), (1, 1, 2));
        assert_eq!((counts.aliases, counts.directives), (1, 2));
        assert_eq!(counts.brackets, 3);
        assert_eq!(count("{ a b }").operations, 1);
        assert_eq!(count("{ a } { b }").tokens, 6);
        assert_eq!(count("").tokens, 0);
    }

    #[test]
    fn directives_add_up_only_at_one_place() {
        assert_eq!(count("{ a @x b @x c @x }").directives, 1);
        assert_eq!(count("{ a @x(y: [1]) @x @x }").directives, 3);
        assert_eq!(count("query ($a: Int @x @x, $b: Int @x) { a }").directives, 2);
        assert_eq!(count("query Q @x(a: $v) @x(a: $v) { __typename @x }").directives, 2);
        assert_eq!(count("{ a @x(a: { b: $v }) @x(a: $v) @x }").directives, 3);
    }

    #[test]
    fn repeats_are_those_of_one_place() {
        for (text, repeats) in [
            ("{ a a { a a a } a }", 3),
            ("{ x: a y: a z: a x }", 2),
            ("{ ... on X { a } ... on X { a } ...F ...F }", 1),
            ("{ a(b: 1, c: {b: 1, b: 2}) @b b @b b }", 2),
            ("query b { b { b } } fragment b on b { b b }", 2),
        ] {
            assert_eq!(count(text).repeats, repeats, "{text}");
        }
    }

    #[test]
    fn nothing_makes_the_pass_stumble() {
        for text in
            ["\"", "\"\"\"", "\"\\", "}}})))", "\u{feff}{a}", "{a(b:\"\u{0}\")}", "🎒", "@", "...", "-", "\"\"\"\\"]
        {
            let _ = count(text);
        }
    }
}
