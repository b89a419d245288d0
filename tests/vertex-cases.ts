// Good and bad configurations of Vertex AI, each with what the parser says of it.
import type { ConfigCase } from "./config-cases.ts";

function vertex(members: object): object {
  return { provider: { type: "vertex", ...members } };
}

/** The key of a service account; a member of null is left out. */
function keyOf(members: Record<string, unknown>, indent?: number): string {
  const key: Record<string, unknown> = {
    type: "service_account",
    project_id: "p-1",
    private_key_id: "k",
    private_key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    client_email: "svc@p-1.iam.gserviceaccount.com",
    ...members,
  };
  const kept = Object.entries(key).filter(([, value]) => value !== null);
  return JSON.stringify(Object.fromEntries(kept), null, indent);
}

const ACCOUNT = {
  vertexAuthKey: keyOf({}),
  vertexRegion: "us-central1",
  vertexAuthServiceName: "google-auth",
};

export const VERTEX_CASES: readonly ConfigCase[] = [
  { shows: "Vertex AI with keys", config: vertex({ apiTokens: ["a"] }) },
  { shows: "Vertex AI with the keys of its clients", config: vertex({}) },
  { shows: "Vertex AI with a service account", config: vertex(ACCOUNT) },
  {
    shows: "a service account in one variable of several lines",
    config: vertex({ ...ACCOUNT, vertexAuthKey: "${GCP_SA_JSON}" }),
    environment: { GCP_SA_JSON: keyOf({}, 2) },
  },
  {
    shows: "a service account whose key names no project",
    config: vertex({ ...ACCOUNT, vertexAuthKey: keyOf({ project_id: null }) }),
    error: "provider.vertexProjectId: expected a project, since the key names none",
    beyondSchema: true,
  },
  {
    shows: "a service account whose project is named beside its key",
    config: vertex({
      ...ACCOUNT,
      vertexAuthKey: keyOf({ project_id: null }),
      vertexProjectId: "example.com:p-1",
    }),
  },
  {
    shows: "a region without a service account",
    config: vertex({ vertexRegion: "us-central1", vertexProjectId: "p-1" }),
    error: "provider.vertexAuthKey: expected the JSON text of a service account's key",
    beyondSchema: true,
  },
  {
    shows: "a service account that is no JSON",
    config: vertex({ ...ACCOUNT, vertexAuthKey: "key.json" }),
    error: "provider.vertexAuthKey: expected the JSON text of a service account's key",
    beyondSchema: true,
  },
  {
    shows: "a service account without an address",
    config: vertex({ ...ACCOUNT, vertexAuthKey: keyOf({ client_email: 1 }) }),
    error: "provider.vertexAuthKey: expected a JSON object with client_email",
    beyondSchema: true,
  },
  {
    shows: "a service account without a private key",
    config: vertex({ ...ACCOUNT, vertexAuthKey: keyOf({ private_key: "AAAA" }) }),
    error: "provider.vertexAuthKey: expected private_key to be a PEM text in PKCS #8",
    beyondSchema: true,
  },
  {
    shows: "a service account with a token server without TLS",
    config: vertex({ ...ACCOUNT, vertexAuthKey: keyOf({ token_uri: "http://a/token" }) }),
    error: "provider.vertexAuthKey: expected token_uri to be an https URL",
    beyondSchema: true,
  },
  {
    shows: "a service account without a region",
    config: vertex({ ...ACCOUNT, vertexRegion: "a/b" }),
    error: "provider.vertexRegion: expected a region such as us-central1, or global",
    beyondSchema: true,
  },
  {
    shows: "a service account without a token server",
    config: vertex({ ...ACCOUNT, vertexAuthServiceName: "" }),
    error:
      "provider.vertexAuthServiceName: expected the cluster that leads to oauth2.googleapis.com",
    beyondSchema: true,
  },
  {
    shows: "Vertex AI's compatible endpoint with keys",
    config: vertex({ apiTokens: ["a"], vertexOpenAICompatible: true }),
    error: "provider.vertexOpenAICompatible: expected no apiTokens beside it, but a vertexAuthKey",
    beyondSchema: true,
  },
  {
    shows: "Vertex AI's compatible endpoint without a service account",
    config: vertex({ vertexOpenAICompatible: true }),
    error: "provider.vertexAuthKey: expected the JSON text of a service account's key",
    beyondSchema: true,
  },
  {
    shows: "a version that Vertex AI cannot have",
    config: vertex({ apiTokens: ["a"], apiVersion: "1/x" }),
    error: "provider.apiVersion: expected a version such as v1",
    beyondSchema: true,
  },
  {
    shows: "an unknown threshold of harm at Vertex AI",
    config: vertex({ vertexGeminiSafetySetting: { HARM: "OFF" } }),
    error:
      "provider.geminiSafetySetting: expected names such as HARM_CATEGORY_HARASSMENT, " +
      'found "HARM"',
    beyondSchema: true,
  },
];
