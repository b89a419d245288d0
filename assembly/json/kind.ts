// The kinds of JSON values and of JSON errors: https://www.rfc-editor.org/rfc/rfc8259

/** What a node of a parsed document is; `Key` is the name of an object's member. */
export const enum JsonKind {
  Missing,
  Null,
  False,
  True,
  Number,
  String,
  Array,
  Object,
  Key,
}

/** Why a text is not a JSON document that can be read here. */
export const enum JsonError {
  None,
  UnexpectedEnd,
  UnexpectedByte,
  InvalidUtf8,
  InvalidEscape,
  InvalidNumber,
  ControlCharacter,
  TooDeep,
  TooManyValues,
  TrailingBytes,
}

/** Says an error in short lower-case English. */
export function jsonErrorText(error: JsonError): string {
  switch (error) {
    case JsonError.None:
      return "no error";
    case JsonError.UnexpectedEnd:
      return "unexpected end";
    case JsonError.UnexpectedByte:
      return "unexpected byte";
    case JsonError.InvalidUtf8:
      return "invalid UTF-8";
    case JsonError.InvalidEscape:
      return "invalid escape";
    case JsonError.InvalidNumber:
      return "invalid number";
    case JsonError.ControlCharacter:
      return "control character in a string";
    case JsonError.TooDeep:
      return "nested too deep";
    case JsonError.TooManyValues:
      return "too many values";
    default:
      return "bytes after the end";
  }
}
