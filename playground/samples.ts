// Recorded exchanges of every provider, made from the tests' fixtures by build.ts.

/** One exchange: what the client sent and what the provider answered. */
export interface Sample {
  /** Such as `stream-text`. */
  name: string;
  /** The plugin's configuration, with names of variables in the place of secrets. */
  config: { provider: { type: string } };
  path: string;
  request: string;
  status: number;
  contentType: string;
  /** Text, or Base64 where the answer is none. */
  answer: string;
  isBase64: boolean;
}

/** Samples by the type of the provider. */
export type Samples = Record<string, Sample[]>;
