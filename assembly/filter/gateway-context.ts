// The gateway in front of the providers: reads a request once, says which providers shall be asked, and
// leaves the rest to the routes and to the same plugin in each provider's cluster.
import { GatewayConfig } from "../config/gateway-config";
import { PluginConfig } from "../config/plugin-config";
import { Document, jsonErrorText } from "../json/document";
import { ApiError, invalidRequest, invalidType, missingParameter } from "../openai/api-error";
import { getBuffer } from "../proxy-wasm/buffers";
import { StreamContext } from "../proxy-wasm/contexts";
import { Headers, removeHeader, setHeader } from "../proxy-wasm/headers";
import { randomBits } from "../proxy-wasm/system";
import {
  BufferType,
  FilterBodyStatus,
  FilterHeadersStatus,
  FilterTrailersStatus,
  HeaderMapType,
} from "../proxy-wasm/types";
import { Capability } from "../routing/capability";
import { BodyKind } from "../routing/endpoint";
import { findEndpoint } from "../routing/endpoint-table";
import { ModelRule } from "../routing/model-router";
import { boundaryOf, MultipartForm } from "../stream/multipart-form";
import { hasControlCharacters } from "../text/control-characters";
import { MODELS_HEADER } from "./attempt";
import { ConsumerGate, openGate, unknownClient } from "./consumer-gate";
import { putSettings, releaseSettings } from "./consumer-settings";
import { GatewayAnswer } from "./gateway-answer";
import { bodyTooLarge } from "./gateway-error";
import { replyWithError } from "./local-reply";
import { speaksAnthropic } from "./messages-client";
import { replyWithModel, replyWithModels } from "./model-list";
import { chooseProvider, dropOrder } from "./provider-choice";
import { UsageMeter } from "./usage-meter";

const HEADERS: Headers = new Headers();
const REQUEST: Document = new Document();
const PARAMETERS: string[] = [];

const enum Step {
  /** Nothing is to be done any more. */
  Done,
  /** The body is being gathered. */
  Gathering,
  /** A provider's answer is awaited. */
  Sent,
}

/** One exchange in front of the providers. */
export class GatewayContext extends StreamContext {
  private step: Step = Step.Done;
  /** The rules that the request's headers allow. */
  private candidates: ModelRule[] = [];
  private capability: Capability = Capability.Unknown;
  private expected: i32 = -1;
  /** The client speaks Anthropic's protocol: errors are told in it. */
  private forAnthropic: bool = false;
  private form: MultipartForm | null = null;
  private readonly answer: GatewayAnswer = new GatewayAnswer();
  /** Null: the gateway is open to everybody. */
  private gate: ConsumerGate | null = null;
  /** Null where no tokens are to be counted. */
  private meter: UsageMeter | null = null;

  constructor(
    id: u32,
    private readonly config: PluginConfig,
    private readonly gateway: GatewayConfig,
  ) {
    super(id);
  }

  onRequestHeaders(endOfStream: bool): FilterHeadersStatus {
    const headers = HEADERS;
    headers.read(HeaderMapType.RequestHeaders);
    this.forAnthropic = speaksAnthropic(headers.get(":path"));
    dropOrder(headers);
    const error = this.begin(headers, endOfStream);
    if (error !== null) return this.refuse(error);
    return this.step == Step.Sent
      ? FilterHeadersStatus.Continue
      : FilterHeadersStatus.StopIteration;
  }

  private refuse(error: ApiError): FilterHeadersStatus {
    this.step = Step.Done;
    const gate = this.gate;
    if (gate !== null && error.status == 429) gate.replyWithLimit(error, this.forAnthropic);
    else replyWithError(error, this.forAnthropic);
    return FilterHeadersStatus.StopIteration;
  }

  /** Finds out who the client is, where that matters. */
  private identify(headers: Headers): ApiError | null {
    const consumers = this.gateway.consumers;
    if (consumers === null) return null;
    const gate = openGate(consumers, headers);
    if (gate === null) return unknownClient(headers);
    this.gate = gate;
    // Rules may look at the consumer's name, but not at one that the client has made up.
    headers.read(HeaderMapType.RequestHeaders);
    return null;
  }

  private begin(headers: Headers, endOfStream: bool): ApiError | null {
    const stranger = this.identify(headers);
    if (stranger !== null) return stranger;
    const target = headers.get(":path");
    const mark = target.indexOf("?");
    const path = mark < 0 ? target : target.substring(0, mark);
    const method = headers.get(":method");
    PARAMETERS.length = 0;
    const endpoint = findEndpoint(path, PARAMETERS);
    if (endpoint === null || !endpoint.takes(method)) {
      const status = endpoint === null ? 404 : 405;
      const message = `Invalid URL (${method} ${path})`;
      return new ApiError(status, "invalid_request_error", "", message);
    }
    this.capability = endpoint.capability;
    this.findCandidates(headers);
    if (endpoint.capability == Capability.Models) {
      replyWithModels(this.modelNames());
      return null;
    }
    if (endpoint.capability == Capability.Model) {
      return replyWithModel(this.modelNames(), PARAMETERS[0]);
    }
    const type = headers.get("content-type");
    if (type.startsWith("multipart/form-data")) this.form = new MultipartForm(boundaryOf(type));
    else if (endpoint.body != BodyKind.Json) return this.choose("", null);
    if (method != "POST") return this.choose("", null);
    if (endOfStream) return emptyBody();
    const length = headers.integer("content-length");
    if (length > this.config.requestBodyLimit) return bodyTooLarge(this.config.requestBodyLimit);
    this.expected = <i32>length;
    this.step = Step.Gathering;
    return null;
  }

  private modelNames(): string[] {
    const names = this.gateway.modelNames();
    const gate = this.gate;
    return gate === null ? names : gate.allowed(names);
  }

  private findCandidates(headers: Headers): void {
    const rules = this.gateway.rules;
    for (let i = 0; i < rules.length; ++i) {
      if (fitsHeaders(rules[i], headers)) this.candidates.push(rules[i]);
    }
  }

  onRequestBody(length: i32, endOfStream: bool): FilterBodyStatus {
    if (this.step == Step.Done) return FilterBodyStatus.StopIterationNoBuffer;
    if (this.step == Step.Sent) return FilterBodyStatus.Continue;
    if (length > this.config.requestBodyLimit) {
      this.refuse(bodyTooLarge(this.config.requestBodyLimit));
      return FilterBodyStatus.StopIterationNoBuffer;
    }
    if (!endOfStream && length != this.expected) return FilterBodyStatus.StopIterationAndBuffer;
    const error = this.takeBody(length);
    if (error === null) return FilterBodyStatus.Continue;
    this.refuse(error);
    return FilterBodyStatus.StopIterationNoBuffer;
  }

  onRequestTrailers(): FilterTrailersStatus {
    if (this.step != Step.Gathering) return FilterTrailersStatus.Continue;
    const error = this.takeBody(i32.MAX_VALUE);
    if (error === null) return FilterTrailersStatus.Continue;
    this.refuse(error);
    return FilterTrailersStatus.StopIteration;
  }

  private takeBody(length: i32): ApiError | null {
    const error = this.readBody(length);
    REQUEST.release();
    if (this.gate !== null) releaseSettings();
    return error;
  }

  private readBody(length: i32): ApiError | null {
    const bytes = getBuffer(BufferType.HttpRequestBody, 0, length);
    const form = this.form;
    if (form !== null) {
      if (form.find(bytes.ptr, bytes.length, "model")) return this.choose(form.value(), null);
      return invalidRequest("We could not parse the multipart form of your request.");
    }
    let doc = REQUEST;
    if (!doc.parse(bytes.ptr, bytes.length)) {
      const reason = jsonErrorText(doc.error);
      return invalidRequest(
        `We could not parse the JSON body of your request: ${reason} at byte ${doc.errorOffset}.`,
      );
    }
    if (!doc.isObject(doc.root())) {
      return invalidRequest("We could not parse the JSON body of your request: it is no object.");
    }
    const gate = this.gate;
    if (gate !== null) doc = putSettings(gate.consumer.settings, this.capability, doc);
    const model = doc.get(doc.root(), "model");
    if (!doc.absent(model) && !doc.isString(model)) return invalidType("model", "a string");
    return this.choose(doc.string(model), doc);
  }

  /** Tells the routes who shall be asked. `doc` is null where there is no body to look at. */
  private choose(model: string, doc: Document | null): ApiError | null {
    // The name goes into a header.
    if (hasControlCharacters(model)) return unknownModel(model);
    const rule = this.find(model, doc);
    if (rule === null) return unknownModel(model);
    const gate = this.gate;
    if (gate !== null) {
      const refusal = gate.admit(model);
      if (refusal !== null) return refusal;
      const budget = gate.consumer.budget;
      if (budget !== null && budget.limitsTokens) this.meter = new UsageMeter(gate);
    }
    const first = chooseProvider(rule, randomBits());
    setHeader(HeaderMapType.RequestHeaders, "x-llm-route", rule.name);
    setHeader(HeaderMapType.RequestHeaders, "x-llm-provider", first.id);
    const models = rule.models;
    if (models.length > 0) setHeader(HeaderMapType.RequestHeaders, MODELS_HEADER, models);
    else removeHeader(HeaderMapType.RequestHeaders, MODELS_HEADER);
    if (model.length > 0) setHeader(HeaderMapType.RequestHeaders, "x-llm-model", model);
    else removeHeader(HeaderMapType.RequestHeaders, "x-llm-model");
    const streams = doc !== null && doc.isTrue(doc.get(doc.root(), "stream"));
    if (streams) setHeader(HeaderMapType.RequestHeaders, "x-llm-stream", "true");
    else removeHeader(HeaderMapType.RequestHeaders, "x-llm-stream");
    this.step = Step.Sent;
    return null;
  }

  private find(model: string, doc: Document | null): ModelRule | null {
    for (let i = 0; i < this.candidates.length; ++i) {
      const rule = this.candidates[i];
      if (rule.namesModels && (model.length == 0 || !rule.takes(model))) continue;
      if (rule.members.length == 0) return rule;
      if (doc === null) continue;
      if (fitsBody(rule, doc)) return rule;
    }
    return null;
  }

  onResponseHeaders(endOfStream: bool): FilterHeadersStatus {
    if (this.step != Step.Sent) return FilterHeadersStatus.Continue;
    const gate = this.gate;
    if (gate !== null) gate.writeLimits();
    const limit = this.config.requestBodyLimit;
    const status = this.answer.begin(HEADERS, endOfStream, limit, this.forAnthropic);
    const meter = this.meter;
    if (meter !== null) meter.begin(this.capability, <i32>HEADERS.integer(":status"));
    return status;
  }

  onResponseBody(length: i32, endOfStream: bool): FilterBodyStatus {
    const meter = this.meter;
    if (meter !== null) meter.push(length);
    return this.answer.push(length, endOfStream);
  }

  onDelete(): void {
    const meter = this.meter;
    if (meter === null) return;
    // A client that leaves early has still used what is known by now.
    meter.count();
    meter.release();
  }
}

function emptyBody(): ApiError {
  return invalidRequest("We could not parse the JSON body of your request: it is empty.");
}

function unknownModel(model: string): ApiError {
  if (model.length == 0) return missingParameter("model");
  const message = `The model '${model}' does not exist or you do not have access to it.`;
  return new ApiError(404, "invalid_request_error", "model_not_found", message, "model");
}

function fitsHeaders(rule: ModelRule, headers: Headers): bool {
  for (let i = 0; i < rule.headers.length; ++i) {
    const match = rule.headers[i];
    if (headers.get(match.name) != match.value) return false;
  }
  return true;
}

function fitsBody(rule: ModelRule, doc: Document): bool {
  for (let i = 0; i < rule.members.length; ++i) {
    if (!rule.members[i].matches(doc)) return false;
  }
  return true;
}
