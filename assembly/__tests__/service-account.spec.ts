// Service accounts: https://developers.google.com/identity/protocols/oauth2/service-account#httprest
import { ServiceAccount } from "../auth/service-account";
import { ByteWriter } from "../text/byte-writer";
import { toHex } from "./hex-text";

const PEM = "-----BEGIN PRIVATE KEY-----\\nAAEC\\nAwQF\\n-----END PRIVATE KEY-----\\n";

/** A key's text, with members that replace or complete the usual ones. */
function account(more: string = ""): ServiceAccount {
  return new ServiceAccount(
    `{"private_key_id":"test-key-1","private_key":"${PEM}",` +
      `"client_email":"svc@example-project.iam.gserviceaccount.com"${more}}`,
  );
}

describe("ServiceAccount", () => {
  it("writes header and claims", () => {
    const out = new ByteWriter();
    account().writeUnsigned(1735787045, out);
    expect(out.toString()).toBe(
      "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InRlc3Qta2V5LTEifQ." +
        "eyJpc3MiOiJzdmNAZXhhbXBsZS1wcm9qZWN0LmlhbS5nc2VydmljZWFjY291bnQuY29tIiwic2NvcGUiOiJodHRw" +
        "czovL3d3dy5nb29nbGVhcGlzLmNvbS9hdXRoL2Nsb3VkLXBsYXRmb3JtIiwiYXVkIjoiaHR0cHM6Ly9vYXV0aDIu" +
        "Z29vZ2xlYXBpcy5jb20vdG9rZW4iLCJleHAiOjE3MzU3OTA2NDUsImlhdCI6MTczNTc4NzA0NX0",
    );
    out.release();
  });
  it("decodes the key", () => {
    const out = new ByteWriter();
    account().writeKey(out);
    expect(toHex(out.ptr, out.length)).toBe("000102030405");
    out.release();
  });
  it("knows where tokens are", () => {
    expect(account().tokenHost + account().tokenPath).toBe("oauth2.googleapis.com/token");
    const other = account(',"token_uri":"https://a.example:8443/b/c?d"');
    expect(other.tokenHost).toBe("a.example:8443");
    expect(other.tokenPath).toBe("/b/c?d");
    expect(account(',"token_uri":"https://a.example"').tokenPath).toBe("/");
  });
  it("takes the project", () => {
    expect(account(',"project_id":"p"').projectId).toBe("p");
    expect(account().projectId).toBe("");
  });
  it("says what is wrong", () => {
    const pem = "expected private_key to be a PEM text in PKCS #8";
    expect(account().error).toBe("");
    expect(new ServiceAccount("{").error).toBe("expected the JSON text of a service account's key");
    expect(new ServiceAccount("[]").error).toBe("expected a JSON object with client_email");
    expect(account(',"client_email":null').error).toBe("expected a JSON object with client_email");
    expect(account(',"private_key":"AAEC"').error).toBe(pem);
    const broken = PEM.replace("AAEC", "A*EC");
    expect(account(`,"private_key":"${broken}"`).error).toBe(pem);
    expect(account(',"token_uri":"http://a/token"').error).toBe(
      "expected token_uri to be an https URL",
    );
  });
});
