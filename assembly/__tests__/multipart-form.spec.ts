// Fields of a form: https://www.rfc-editor.org/rfc/rfc7578
import { boundaryOf, MultipartForm } from "../stream/multipart-form";
import { ByteWriter } from "../text/byte-writer";

const TEXT: ByteWriter = new ByteWriter();

/** The value of `model`, "-" where there is none, "!" where the form is broken. */
function modelIn(text: string, boundary: string = "b"): string {
  TEXT.clear();
  TEXT.text(text);
  const form = new MultipartForm(boundary);
  if (!form.find(TEXT.ptr, TEXT.length, "model")) return "!";
  return form.valueStart < 0 ? "-" : form.value();
}

function part(headers: string, value: string): string {
  return "--b\r\n" + headers + "\r\n\r\n" + value + "\r\n";
}

const NAMED = 'Content-Disposition: form-data; name="model"';
const FILE = 'Content-Disposition: form-data; name="model"; filename="a"';
const END = "--b--\r\n";

describe("boundaryOf", () => {
  test("reads the parameter", () => {
    expect(boundaryOf("multipart/form-data; boundary=abc")).toBe("abc");
    expect(boundaryOf('multipart/form-data; charset=utf-8; Boundary="a b"')).toBe("a b");
    expect(boundaryOf("multipart/form-data")).toBe("");
    expect(boundaryOf("multipart/form-data; boundary=")).toBe("");
  });
});

describe("MultipartForm", () => {
  test("finds the field wherever it stands", () => {
    expect(modelIn(part(NAMED, "m") + END)).toBe("m");
    expect(modelIn("preamble\r\n" + part("A: b", "x") + part(NAMED, "é") + END)).toBe("é");
    expect(modelIn(part("a: b\r\n" + NAMED, "m") + END)).toBe("m");
    expect(modelIn(part("content-disposition:form-data;name=model", "m") + END)).toBe("m");
    expect(modelIn(part(NAMED, "") + END)).toBe("");
  });

  test("knows lines that end in LF alone", () => {
    expect(modelIn("--b\n" + NAMED + "\n\nm\n--b--")).toBe("m");
  });

  test("takes no other field for it", () => {
    expect(modelIn(part(FILE, "m") + END)).toBe("-");
    expect(modelIn(part('Content-Disposition: form-data; name="models"', "m") + END)).toBe("-");
    expect(modelIn(part("X: y", NAMED + "\r\n\r\nm") + END)).toBe("-");
    expect(modelIn(END)).toBe("-");
  });

  test("takes no other line for a delimiter", () => {
    const lines = "--bc\r\n-b\r\n --b\r\nx--b\r\n";
    expect(modelIn(part("X: y", lines) + part(NAMED, "m") + END)).toBe("m");
  });

  test("the first of several counts", () => {
    expect(modelIn(part(NAMED, "one") + part(NAMED, "two") + END)).toBe("one");
  });

  test("refuses what is no form", () => {
    expect(modelIn("")).toBe("!");
    expect(modelIn("{}")).toBe("!");
    expect(modelIn("--b")).toBe("!");
    expect(modelIn("--b\r\n")).toBe("!");
    expect(modelIn("--b\r\n" + NAMED)).toBe("!");
    expect(modelIn(part("X: y", "z"))).toBe("!");
    expect(modelIn(part(NAMED, "m") + END, "")).toBe("!");
    expect(modelIn(part("X: " + "y".repeat(9000), "z") + END)).toBe("!");
  });

  test("reads no byte behind its end", () => {
    const whole = part("X: y", "z") + part(NAMED, "m") + END;
    TEXT.clear();
    TEXT.text(whole);
    for (let length = 0; length < TEXT.length; ++length) {
      const form = new MultipartForm("b");
      form.find(TEXT.ptr, length, "model");
      expect(form.valueEnd <= length).toBe(true);
    }
  });
});
