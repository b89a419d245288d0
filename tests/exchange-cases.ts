// Good and bad configurations of what happens around a provider.
import type { ConfigCase } from "./config-cases.ts";

/** A configuration with one provider. */
function groq(members: object): object {
  return { provider: { type: "groq", ...members } };
}

const FILE = { fileUrl: "https://a.example/b?c=d", serviceName: "files", servicePort: 443 };

/** All of them. */
export const EXCHANGE_CASES: readonly ConfigCase[] = [
  { shows: "a context", config: groq({ context: FILE }) },
  { shows: "a context with a lifetime", config: groq({ context: { ...FILE, lifetime: 1 } }) },
  {
    shows: "a context without a file",
    config: groq({ context: { ...FILE, fileUrl: null } }),
    error: "provider.context.fileUrl: expected the URL of the file",
  },
  {
    shows: "a context whose file is a path",
    config: groq({ context: { ...FILE, fileUrl: "/a" } }),
    error: "provider.context.fileUrl: expected a URL with a host",
  },
  {
    shows: "a context without a service",
    config: groq({ context: { ...FILE, serviceName: "" } }),
    error: "provider.context.serviceName: expected the name of a cluster or service",
  },
  {
    shows: "a context without a port",
    config: groq({ context: { fileUrl: "a.example/b", serviceName: "files" } }),
    error: "provider.context.servicePort: expected the port of the service",
  },
  {
    shows: "a context with a port too large",
    config: groq({ context: { ...FILE, servicePort: 65536 } }),
    error: "provider.context.servicePort: expected an integer from 1 to 65535",
  },
  {
    shows: "a context that is never fresh",
    config: groq({ context: { ...FILE, lifetime: 0 } }),
    error: "provider.context.lifetime: expected an integer from 1 to 2147483647",
  },
  {
    shows: "a context with an unknown key",
    config: groq({ context: { ...FILE, port: 443 } }),
    warnings: ["provider.context.port: unknown key"],
  },
  {
    shows: "a file of Moonshot's beside a context",
    config: { provider: { type: "moonshot", moonshotFileId: "a", context: FILE } },
    error:
      "provider.moonshotFileId: moonshotFileId and context cannot be configured at the same time",
  },
  {
    shows: "files of Qwen's beside a context",
    config: { provider: { type: "qwen", qwenFileIds: ["a"], context: FILE } },
    error: "provider.qwenFileIds: qwenFileIds and context cannot be configured at the same time",
  },
  {
    shows: "fields of another type of provider beside a context",
    config: groq({ moonshotFileId: "a", qwenFileIds: ["a"], context: FILE }),
  },
  { shows: "a path to take off", config: groq({ basePath: "/a/", basePathHandling: "" }) },
  {
    shows: "a path to take off that is none",
    config: groq({ basePath: "a" }),
    error: "provider.basePath: expected a path that begins with /",
  },
  {
    shows: "an unknown handling of a path",
    config: groq({ basePath: "/a", basePathHandling: "append" }),
    error: 'provider.basePathHandling: expected "removePrefix" or "prepend", found "append"',
  },
  {
    shows: "an unknown mode of reasoning",
    config: groq({ reasoningContentMode: "drop" }),
    error:
      'provider.reasoningContentMode: expected "passthrough" or "ignore" or "concat", found "drop"',
  },
  {
    shows: "conversations",
    config: groq({
      contextCleanupCommands: ["/clear"],
      mergeConsecutiveMessages: true,
      promoteThinkingOnEmpty: false,
      hiclawMode: true,
      reasoningContentMode: "concat",
      logUpstreamErrorResponseBody: true,
      firstByteTimeout: 5000,
    }),
  },
  {
    shows: "a timeout that lies in the past",
    config: groq({ firstByteTimeout: -1 }),
    error: "provider.firstByteTimeout: expected an integer from 0 to 2147483647",
  },
  { shows: "a header with the client's key", config: groq({ authHeaderKey: "X-Team_Key" }) },
  {
    shows: "a header that is none",
    config: groq({ authHeaderKey: "x-team: a" }),
    error: "provider.authHeaderKey: expected the name of a header",
  },
];
