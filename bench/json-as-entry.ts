// The same texts through json-as, typed and generic: https://github.com/JairusSW/json-as

import { JSON } from "json-as";


@json
class Message {
  role: string = "";
  content: string = "";
}


@json
class Conversation {
  model: string = "";
  temperature: f64 = 0;
  stream: bool = false;
  messages: Message[] = [];
}


@json
class ImageUrl {
  url: string = "";
}


@json
class Part {
  type: string = "";


  @optional text: string = "";


  @optional image_url: ImageUrl | null = null;
}


@json
class ImageMessage {
  role: string = "";
  content: Part[] = [];
}


@json
class ImageRequest {
  model: string = "";
  messages: ImageMessage[] = [];
}


@json
class Delta {
  content: string = "";
}


@json
class Choice {
  index: i32 = 0;
  delta: Delta = new Delta();
  logprobs: JSON.Raw | null = null;
  finish_reason: string | null = null;
}


@json
class Chunk {
  id: string = "";
  object: string = "";
  created: i64 = 0;
  model: string = "";
  system_fingerprint: string = "";
  choices: Choice[] = [];
}


@json
class Embedding {
  object: string = "";
  index: i32 = 0;
  embedding: f64[] = [];
}


@json
class EmbeddingUsage {
  prompt_tokens: i32 = 0;
  total_tokens: i32 = 0;
}


@json
class Embeddings {
  object: string = "";
  data: Embedding[] = [];
  model: string = "";
  usage: EmbeddingUsage = new EmbeddingUsage();
}

/** Makes room for a text of `length` bytes. */
export function allocate(length: i32): usize {
  return heap.alloc(length);
}

/** Decodes and parses a text `rounds` times as its class; answers how often its end was there. */
export function parseTyped(shape: i32, ptr: usize, length: i32, rounds: i32): i32 {
  let complete = 0;
  for (let i = 0; i < rounds; ++i) complete += typed(shape, String.UTF8.decodeUnsafe(ptr, length));
  return complete;
}

/** Decodes and parses a text `rounds` times without a class; answers how often it was an object. */
export function parseValue(ptr: usize, length: i32, rounds: i32): i32 {
  let objects = 0;
  for (let i = 0; i < rounds; ++i) {
    const value = JSON.parse<JSON.Value>(String.UTF8.decodeUnsafe(ptr, length));
    objects += value.type == JSON.Types.Object ? 1 : 0;
  }
  return objects;
}

function typed(shape: i32, text: string): i32 {
  switch (shape) {
    case 0: {
      const messages = JSON.parse<ImageRequest>(text).messages;
      return messages[0].content[1].image_url != null ? 1 : 0;
    }
    case 1: {
      const messages = JSON.parse<Conversation>(text).messages;
      return messages[messages.length - 1].content.length > 0 ? 1 : 0;
    }
    case 2:
      return JSON.parse<Chunk>(text).choices[0].delta.content.length > 0 ? 1 : 0;
    default:
      return JSON.parse<Embeddings>(text).usage.total_tokens > 0 ? 1 : 0;
  }
}
