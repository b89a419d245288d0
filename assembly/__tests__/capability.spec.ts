// The endpoints of the client's API: https://platform.openai.com/docs/api-reference
import { Capability } from "../routing/capability";
import { capabilityKeys, findEndpoint, findEndpointByKey } from "../routing/endpoint-table";

/** The endpoint's key, and its parameters joined by commas. "-": there is none. */
function found(path: string): string {
  const parameters: string[] = [];
  const endpoint = findEndpoint(path, parameters);
  if (endpoint === null) return "-";
  return parameters.length > 0 ? `${endpoint.key} ${parameters.join(",")}` : endpoint.key;
}

/** Whether the endpoint of a path takes a method. */
function takes(path: string, method: string): bool {
  const endpoint = findEndpoint(path, []);
  return endpoint !== null && endpoint.takes(method);
}

/** The path with `p0`, `p1` … for its parameters, and `v0` for a version. */
function example(template: string): string {
  const segments = template.split("/");
  let parameters = 0;
  for (let i = 0; i < segments.length; ++i) {
    const segment = segments[i];
    if (!segment.startsWith("{")) continue;
    const letter = segment == "{version}" ? "v" : "p";
    segments[i] = `${letter}${parameters++}` + segment.substring(segment.indexOf("}") + 1);
  }
  return segments.join("/");
}

function parametersOf(template: string): string {
  const count = template.split("{").length - 1;
  const first = template.includes("{version}") ? " v0" : " p0";
  return count == 0 ? "" : count == 1 ? first : first + ",p1";
}

describe("findEndpoint", () => {
  it("finds every endpoint at its own path, behind any prefix", () => {
    const keys = capabilityKeys();
    expect(keys.length).toBe(<i32>Capability.Count - 1);
    for (let i = 0; i < keys.length; ++i) {
      const endpoint = findEndpointByKey(keys[i]);
      if (endpoint === null) continue;
      const path = example(endpoint.path);
      const expected = endpoint.key + parametersOf(endpoint.path);
      expect(found("/v1" + path)).toBe(expected);
      expect(found("/some/prefix/v1" + path)).toBe(expected);
      expect(found("/v1/v1" + path)).toBe(expected);
    }
  });
  it("takes parameters as they stand", () => {
    expect(found("/v1/models/gpt-4o")).toBe("openai/v1/retrievemodel gpt-4o");
    expect(found("/v1/models/org%2Fmodel:free")).toBe("openai/v1/retrievemodel org%2Fmodel:free");
    expect(found("/v1/files/file-1/content")).toBe("openai/v1/retrievefilecontent file-1");
    expect(found("/v1/fine_tuning/checkpoints/ft:a/permissions/cp_1")).toBe(
      "openai/v1/deletefine-tuningjobcheckpointpermission ft:a,cp_1",
    );
  });
  it("takes Gemini's own endpoints with their version", () => {
    const key = "gemini/v1beta/generatecontent";
    expect(found("/v1beta/models/gemini-2.5-flash:generateContent")).toBe(
      key + " v1beta,gemini-2.5-flash",
    );
    expect(found("/a/models/v1/models/b:c:generateContent")).toBe(key + " v1,b:c");
    expect(found("/v1/models/a:streamGenerateContent")).toBe(
      "gemini/v1beta/streamgeneratecontent v1,a",
    );
    expect(found("/v1/models/:generateContent")).toBe("-");
    expect(
      found("/v1beta1/projects/p/locations/l/publishers/google/models/m:generateContent"),
    ).toBe("vertex/raw google,m:generateContent");
    expect(found("/v1/publishers/google/models")).toBe("-");
    expect(found("/v1/google/models/m")).toBe("-");
    expect(found("/v1/models/..:generateContent")).toBe("-");
    expect(found("/v1/models/a:regenerateContent")).toBe("-");
    expect(found("/v1/models/a/b:generateContent")).toBe("-");
    expect(found("/models/a:generateContent")).toBe("-");
    expect(found("/x/models/a:generateContent")).toBe("-");
    expect(found(":generateContent")).toBe("-");
  });
  it("forgets the parameters of endpoints that did not fit", () => {
    expect(found("/v1/responses/resp_1/cancel")).toBe("openai/v1/cancelresponse resp_1");
    expect(found("/v1/videos/v_1/content")).toBe("openai/v1/retrievevideocontent v_1");
  });
  it("prefers a fixed name to a parameter", () => {
    expect(found("/v1/responses/input_tokens")).toBe("openai/v1/responsesinputtokens");
    expect(found("/v1/responses/compact")).toBe("openai/v1/responsescompact");
    expect(found("/v1/messages/count_tokens")).toBe("anthropic/v1/messages/count_tokens");
  });
  it("finds nothing else", () => {
    expect(found("")).toBe("-");
    expect(found("/")).toBe("-");
    expect(found("/v1")).toBe("-");
    expect(found("/v1/")).toBe("-");
    expect(found("/chat/completions")).toBe("-");
    expect(found("/v1/chat")).toBe("-");
    expect(found("/v1/chat/completions/more")).toBe("-");
    expect(found("/v1/Chat/Completions")).toBe("-");
    expect(found("/v2/chat/completions")).toBe("-");
    expect(found("/av1/chat/completions")).toBe("-");
    expect(found("/v1x/chat/completions")).toBe("-");
    expect(found("/v1//chat/completions")).toBe("-");
    expect(found("/v1/files/file-1/other")).toBe("-");
  });
  it("takes neither a trailing slash nor an empty parameter", () => {
    expect(found("/v1/chat/completions/")).toBe("-");
    expect(found("/v1/models/")).toBe("-");
    expect(found("/v1/files//content")).toBe("-");
    expect(found("/v1/models/gpt-4o/")).toBe("-");
  });
});

describe("Endpoint", () => {
  it("takes its own methods", () => {
    expect(takes("/v1/chat/completions", "POST")).toBe(true);
    expect(takes("/v1/chat/completions", "GET")).toBe(false);
    expect(takes("/v1/models", "GET")).toBe(true);
    expect(takes("/v1/models", "POST")).toBe(false);
    expect(takes("/v1/models/m", "DELETE")).toBe(true);
    expect(takes("/v1/files", "GET")).toBe(true);
    expect(takes("/v1/files", "POST")).toBe(true);
    expect(takes("/v1/files", "PUT")).toBe(false);
  });
  it("takes no part of a method's name", () => {
    expect(takes("/v1/chat/completions", "POS")).toBe(false);
    expect(takes("/v1/chat/completions", "")).toBe(false);
    expect(takes("/v1/files", "T")).toBe(false);
    expect(takes("/v1/files", "GET POST")).toBe(false);
  });
});

describe("path parameters", () => {
  it("never climb", () => {
    expect(found("/v1/files/..")).toBe("-");
    expect(found("/v1/files/%2e%2E/content")).toBe("-");
    expect(found("/v1/files/.")).toBe("-");
    expect(found("/v1/files/...")).toBe("openai/v1/retrievefile ...");
    expect(found("/v1/files/a..b")).toBe("openai/v1/retrievefile a..b");
  });
});

describe("Capability", () => {
  it("has one endpoint each, and one key each", () => {
    const keys = capabilityKeys();
    expect(keys.length).toBe(<i32>Capability.Count - 1);
    let seen: u64 = 0;
    for (let i = 0; i < keys.length; ++i) {
      const endpoint = findEndpointByKey(keys[i]);
      expect(endpoint !== null).toBe(true, keys[i]);
      if (endpoint === null) continue;
      const bit = (<u64>1) << (<i32>endpoint.capability);
      expect((seen & bit) == 0).toBe(true, keys[i]);
      seen |= bit;
    }
    expect(findEndpointByKey("openai/v1/no-such") === null).toBe(true);
  });
});
