// Regular expressions: syntax of https://github.com/google/re2/wiki/Syntax, priorities as in Perl,
// linear time.
import { Regex } from "../text/regex/regex";
import { ReplaceTemplate } from "../text/regex/replace-template";

/** The matched text, or "-" for no match, and after it each group, "-" where it took no part. */
function found(pattern: string, text: string): string {
  const regex = new Regex(pattern);
  if (regex.error.length > 0) return "error: " + regex.error;
  if (!regex.search(text)) return "-";
  const parts: string[] = [];
  for (let i = 0; i < regex.groupNames.length; ++i) {
    parts.push(regex.start(i) < 0 ? "-" : text.substring(regex.start(i), regex.end(i)));
  }
  return parts.join("|");
}

function replaced(pattern: string, template: string, text: string): string {
  const regex = new Regex(pattern);
  const replacement = new ReplaceTemplate(template, regex);
  if (regex.error.length > 0) return "error: " + regex.error;
  if (replacement.error.length > 0) return "error: " + replacement.error;
  return regex.replaceAll(text, replacement);
}

describe("regex characters", () => {
  it("finds literals anywhere", () => {
    expect(found("gpt", "my-gpt-4")).toBe("gpt");
    expect(found("gpt", "claude")).toBe("-");
    expect(found("", "x")).toBe("");
    expect(found("é+", "caféé")).toBe("éé");
  });
  it("takes a code point for a dot, but no line feed", () => {
    expect(found("^.$", "😀")).toBe("😀");
    expect(found("a.c", "a\nc")).toBe("-");
    expect(found("(?s)a.c", "a\nc")).toBe("a\nc");
  });
  it("knows escapes", () => {
    expect(found("gpt-4\\.1", "gpt-4.1")).toBe("gpt-4.1");
    expect(found("gpt-4\\.1", "gpt-4x1")).toBe("-");
    expect(found("\\x41\\x{1f600}\\t\\$\\\\", "A😀\t$\\")).toBe("A😀\t$\\");
    expect(found("\\Qa.*b\\E+c", "a.*bbbc")).toBe("a.*bbbc");
    expect(found("\\Q(", "x(")).toBe("(");
  });
  it("knows classes", () => {
    expect(found("[a-c]+", "xxabcabd")).toBe("abcab");
    expect(found("[^a-c]+", "abxyz")).toBe("xyz");
    expect(found("[]a]+", "b]a]")).toBe("]a]");
    expect(found("[^]a]", "]ab")).toBe("b");
    expect(found("[a-]+", "b-a-")).toBe("-a-");
    expect(found("[\\d.]+", "v1.25x")).toBe("1.25");
    expect(found("[^\\d]+", "12ab")).toBe("ab");
    expect(found("[[:alpha:]_]+", "1ab_C2")).toBe("ab_C");
    expect(found("[[:^digit:]]+", "12ab3")).toBe("ab");
    expect(found("\\w+", "--ab_9--")).toBe("ab_9");
    expect(found("\\W+", "ab -/ c")).toBe(" -/ ");
    expect(found("\\D+\\d+\\S+\\s", "ab12xy z")).toBe("ab12xy ");
    expect(found("[\\]\\-a]+", "x]-a")).toBe("]-a");
  });
  it("ignores case of ASCII letters", () => {
    expect(found("(?i)GPT-[a-c]", "my gPt-B")).toBe("gPt-B");
    expect(found("(?i:g)pt", "Gpt")).toBe("Gpt");
    expect(found("(?i:g)pt", "GPT")).toBe("-");
    expect(found("(?i)a(?-i)b", "AB")).toBe("-");
    expect(found("(?i)[^a]", "A")).toBe("-");
    expect(found("((?i)a)b", "AB")).toBe("-");
  });
});

describe("regex positions", () => {
  it("anchors", () => {
    expect(found("^a", "ba")).toBe("-");
    expect(found("a$", "ab")).toBe("-");
    expect(found("^a$", "a")).toBe("a");
    expect(found("^b", "a\nb")).toBe("-");
    expect(found("(?m)^b$", "a\nb\nc")).toBe("b");
    expect(found("a$", "a\n")).toBe("-");
    expect(found("\\Aab\\z", "ab")).toBe("ab");
    expect(found("^*a", "ba")).toBe("a");
  });
  it("knows word boundaries", () => {
    expect(found("\\bgpt\\b", "a gpt-4")).toBe("gpt");
    expect(found("\\bgpt\\b", "agpt gpts")).toBe("-");
    expect(found("\\Bpt", "gpt")).toBe("pt");
  });
});

describe("regex repetitions and groups", () => {
  it("takes much or little", () => {
    expect(found("a+", "caaab")).toBe("aaa");
    expect(found("a+?", "caaab")).toBe("a");
    expect(found("<(.*)>", "<a><b>")).toBe("<a><b>|a><b");
    expect(found("<(.*?)>", "<a><b>")).toBe("<a>|a");
    expect(found("a{2}", "aaa")).toBe("aa");
    expect(found("a{2,}", "aaaa")).toBe("aaaa");
    expect(found("a{1,2}", "aaa")).toBe("aa");
    expect(found("a{1,2}?", "aaa")).toBe("a");
    expect(found("^a{0}b", "b")).toBe("b");
    expect(found("ab?c", "ac")).toBe("ac");
    expect(found("(?U)a+", "aaa")).toBe("a");
    expect(found("(?U)a+?", "aaa")).toBe("aaa");
  });
  it("takes other braces as they are", () => {
    expect(found("a{,2}", "a{,2}")).toBe("a{,2}");
    expect(found("{x}", "{x}")).toBe("{x}");
    expect(found("a{1", "a{1")).toBe("a{1");
  });
  it("captures", () => {
    expect(found("(\\w+)-(\\d+)", "gpt-4")).toBe("gpt-4|gpt|4");
    expect(found("(?:a|b)(c)?", "b")).toBe("b|-");
    expect(found("(?P<name>a)(?<other>b)", "ab")).toBe("ab|a|b");
    expect(found("(a|ab)(c|bcd)(d*)", "abcd")).toBe("abcd|a|bcd|");
    expect(found("(a*)*", "b")).toBe("|-");
    expect(found("(a+)(b+)?", "aab")).toBe("aab|aa|b");
    expect(found("(?:(a)|b)+", "ab")).toBe("ab|a");
    expect(found("x()y", "xy")).toBe("xy|");
  });
  it("prefers the first alternative of the leftmost match", () => {
    expect(found("a|ab", "ab")).toBe("a");
    expect(found("b|abc", "abc")).toBe("abc");
    expect(found("|a", "a")).toBe("");
    expect(found("a||b", "b")).toBe("");
  });
});

describe("regex replacement", () => {
  it("replaces every match and keeps the rest", () => {
    expect(replaced("a", "x", "banana")).toBe("bxnxnx");
    expect(replaced("z", "x", "banana")).toBe("banana");
    expect(replaced("gpt-4", "claude", "openai/gpt-4-turbo")).toBe("openai/claude-turbo");
    expect(replaced("a*", "x", "baac")).toBe("xbxcx");
    expect(replaced("", "-", "ab😀")).toBe("-a-b-😀-");
    expect(replaced("\\b", "|", "ab cd")).toBe("|ab| |cd|");
    expect(replaced("^a", "x", "aaa")).toBe("xaa");
  });
  it("puts groups in", () => {
    expect(replaced("^qwen/(.*)$", "$1", "qwen/qwen-max")).toBe("qwen-max");
    expect(replaced("(\\w)(\\w)", "${2}$1", "abcd")).toBe("badc");
    expect(replaced("(?P<first>a)(b)?", "[$first$2$0]", "a")).toBe("[aa]");
    expect(replaced("a", "$$1", "a")).toBe("$1");
    expect(replaced("a", "1$", "a")).toBe("1$");
    expect(replaced("a", "$-${x", "a")).toBe("$-${x");
    expect(replaced("(a)", "${1}x", "a")).toBe("ax");
  });
  it("refuses groups that do not exist", () => {
    expect(replaced("(a)", "$2", "a")).toBe("error: the pattern has no group 2");
    expect(replaced("(a)", "$1x", "a")).toBe("error: the pattern has no group 1x");
    expect(replaced("(a)", "${name}", "a")).toBe("error: the pattern has no group name");
  });
});

describe("regex errors", () => {
  it("says what is wrong and where", () => {
    expect(found("a(b", "")).toBe("error: missing ) at character 3");
    expect(found("a)b", "")).toBe("error: unexpected ) at character 1");
    expect(found("[a", "")).toBe("error: unexpected end at character 2");
    expect(found("[b-a]", "")).toBe("error: a range that ends before it begins at character 4");
    expect(found("[[:no:]]", "")).toBe("error: unknown class at character 1");
    expect(found("*a", "")).toBe("error: nothing to repeat at character 1");
    expect(found("a|+", "")).toBe("error: nothing to repeat at character 3");
    expect(found("a**", "")).toBe("error: a repetition of a repetition at character 3");
    expect(found("a{2}{3}", "")).toBe("error: a repetition of a repetition at character 7");
    expect(found("a{3,2}", "")).toBe("error: invalid repeat count at character 6");
    expect(found("a{1001}", "")).toBe("error: invalid repeat count at character 7");
    expect(found("a{99999999999}", "")).toBe("error: invalid repeat count at character 14");
    expect(found("\\", "")).toBe("error: unexpected end at character 1");
    expect(found("\\y", "")).toBe("error: unknown escape at character 2");
    expect(found("\\1", "")).toBe("error: unknown escape at character 2");
    expect(found("\\pL", "")).toBe("error: unknown escape at character 2");
    expect(found("\\x{110000}", "")).toBe("error: no such character at character 9");
    expect(found("\\xg0", "")).toBe("error: expected a hexadecimal digit at character 3");
    expect(found("(?=a)", "")).toBe("error: unknown kind of group at character 3");
    expect(found("(?<=a)", "")).toBe("error: expected a group name and > at character 3");
    expect(found("(?P<a>x)(?P<a>y)", "")).toBe("error: the group a is there twice at character 14");
    expect(found("(?i", "")).toBe("error: unexpected end at character 3");
  });
  it("bounds the program", () => {
    expect(found("(a{1000}){1000}", "")).toBe("error: the pattern is too large");
    expect(found("(?:(?:(?:){1000}){1000}){1000}", "")).toBe("error: the pattern is too large");
    expect(found("(".repeat(65) + ")".repeat(65), "")).toBe(
      "error: more than 32 groups at character 33",
    );
    expect(found("(?:".repeat(65) + ")".repeat(65), "")).toBe(
      "error: groups are nested too deep at character 193",
    );
    expect(found("(?i)".repeat(1000) + "A", "a")).toBe("a");
    expect(found("a{1000}", "a".repeat(1000)).length).toBe(1000);
  });
});

describe("regex time", () => {
  // Each of these takes longer than the age of the universe with backtracking.
  it("stays linear on nested repetitions", () => {
    const text = "a".repeat(2000) + "!";
    expect(found("^(a+)+$", text)).toBe("-");
    expect(found("^(a|aa)+$", text)).toBe("-");
    expect(found("^(a*)*b", text)).toBe("-");
    expect(found("(x+x+)+y", "x".repeat(2000))).toBe("-");
    expect(found("a?".repeat(100) + "a".repeat(100), "a".repeat(100)).length).toBe(100);
    expect(found("(?:.*.*.*=.*)$", text)).toBe("-");
  });
});
