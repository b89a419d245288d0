// The gateway in front of the providers: reads a request once, says which providers shall be asked, and
// leaves the rest to the routes and to the same plugin in each provider's cluster.
import { ClientDialect } from "../clients/client-dialect";
import { GatewayConfig } from "../config/gateway-config";
import { PluginConfig } from "../config/plugin-config";
import { Document, jsonErrorText } from "../json/document";
import { ApiError, invalidRequest, invalidType } from "../openai/api-error";
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
import { Capability, modelInPath } from "../routing/capability";
import { BodyKind } from "../routing/endpoint";
import { findEndpoint } from "../routing/endpoint-table";
import { ModelRule } from "../routing/model-router";
import { boundaryOf, MultipartForm } from "../stream/multipart-form";
import { hasControlCharacters } from "../text/control-characters";
import { decodePathSegment } from "../text/url";
import { MODELS_HEADER, noteLeft } from "./attempt";
import { dialectOf, isStored, notStored } from "./client-protocol";
import { ConsumerGate, openGate, unknownClient } from "./consumer-gate";
import { putSettings, releaseSettings } from "./consumer-settings";
import { OPENAI } from "./exchange";
import { GatewayAnswer } from "./gateway-answer";
import { bodyTooLarge, emptyBody, unknownModel } from "./gateway-error";
import { replyWithError } from "./local-reply";
import { isAboutModels, replyFromNames } from "./model-list";
import { chooseProvider, dropOrder } from "./provider-choice";
import { ProviderMember, unknownProvider } from "./provider-member";
import { modelOfTarget } from "./request-target";
import { candidatesFor, findListRule, findRule } from "./rule-match";
import { tellLastError, tellRefusal } from "./telemetry";
import { UsageMeter } from "./usage-meter";

const HEADERS: Headers = new Headers();
const REQUEST: Document = new Document();
const MEMBER: ProviderMember = new ProviderMember();
const PARAMETERS: string[] = [];
/** Headers that not every request gets here. */
const TOLD: StaticArray<string> = [MODELS_HEADER, "x-llm-model", "x-llm-stream"];

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
  /** The model that is asked for, or "". */
  private model: string = "";
  /** What the client speaks: errors are told in it. */
  private dialect: ClientDialect = OPENAI;
  private form: MultipartForm | null = null;
  /** The last of the answer has passed. */
  private isAnswered: bool = false;
  private readonly answer: GatewayAnswer = new GatewayAnswer();
  /** The provider that the client wants, or "". */
  private wanted: string = "";
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
    this.dialect = dialectOf(headers.get(":path"));
    dropOrder(headers);
    this.dropForged(headers);
    const error = this.begin(headers, endOfStream);
    if (error !== null) return this.refuse(error);
    return this.step == Step.Sent
      ? FilterHeadersStatus.Continue
      : FilterHeadersStatus.StopIteration;
  }

  /** What the gateway tells the routes, a client must not. */
  private dropForged(headers: Headers): void {
    for (let i = 0; i < TOLD.length; ++i) {
      if (headers.has(TOLD[i])) removeHeader(HeaderMapType.RequestHeaders, TOLD[i]);
    }
  }

  private refuse(error: ApiError): FilterHeadersStatus {
    this.step = Step.Done;
    const gate = this.gate;
    const consumer = gate === null ? "" : gate.consumer.name;
    tellRefusal(this.config.telemetry, error, this.capability, this.model, consumer);
    if (gate !== null && error.status == 429) gate.replyWithLimit(error, this.dialect);
    else replyWithError(error, this.dialect);
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
    const target = headers.get(":path");
    const mark = target.indexOf("?");
    const path = mark < 0 ? target : target.substring(0, mark);
    const method = headers.get(":method");
    PARAMETERS.length = 0;
    const endpoint = findEndpoint(path, PARAMETERS);
    // The log of a stranger's request says what it was about, too.
    if (endpoint !== null) this.capability = endpoint.capability;
    const stranger = this.identify(headers);
    if (stranger !== null) return stranger;
    if (endpoint === null || !endpoint.takes(method)) {
      const status = endpoint === null ? 404 : 405;
      const message = `Invalid URL (${method} ${path})`;
      return new ApiError(status, "invalid_request_error", "", message);
    }
    this.candidates = candidatesFor(this.gateway.rules, headers);
    if (isAboutModels(endpoint.capability)) {
      return this.tellModels(PARAMETERS.length > 0 ? PARAMETERS[0] : "", method);
    }
    const type = headers.get("content-type");
    if (type.startsWith("multipart/form-data")) this.form = new MultipartForm(boundaryOf(type));
    else if (endpoint.body != BodyKind.Json || method != "POST") {
      return this.choose(modelOfTarget(endpoint.capability, target, PARAMETERS), null);
    }
    if (endOfStream) return emptyBody();
    const length = headers.integer("content-length");
    if (length > this.config.requestBodyLimit) return bodyTooLarge(this.config.requestBodyLimit);
    this.expected = <i32>length;
    this.step = Step.Gathering;
    return null;
  }

  /** Answers which models there are, or asks a provider. `name` "": all of them. It costs nothing. */
  private tellModels(name: string, method: string): ApiError | null {
    const gate = this.gate;
    const isLimited = gate !== null && gate.consumer.models.namesModels;
    let rule: ModelRule | null = null;
    const model = decodePathSegment(name);
    // The name goes into a header.
    if (hasControlCharacters(model)) return unknownModel(model);
    if (!this.config.listsModels && !isLimited) rule = findListRule(this.candidates, model);
    if (rule !== null) {
      this.send(rule, model, null);
      return null;
    }
    const names = this.gateway.modelNames();
    return replyFromNames(gate === null ? names : gate.allowed(names), name, method);
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
    if (this.config.takesProvider) MEMBER.release();
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
    if (this.config.takesProvider) {
      doc = MEMBER.take(doc);
      if (MEMBER.error !== null) return MEMBER.error;
      this.wanted = MEMBER.id;
    }
    const model = doc.get(doc.root(), "model");
    if (!doc.absent(model) && !doc.isString(model)) return invalidType("model", "a string");
    return this.choose(doc.string(model), doc);
  }

  /** Tells the routes who shall be asked. `doc` is null where there is no body to look at. */
  private choose(model: string, doc: Document | null): ApiError | null {
    this.model = model;
    // The name goes into a header.
    if (hasControlCharacters(model)) return unknownModel(model);
    const rule = findRule(this.candidates, model, this.wanted, doc);
    if (rule === null && this.wanted.length > 0) return unknownProvider(this.wanted);
    if (rule === null) return isStored(this.capability) ? notStored() : unknownModel(model);
    const gate = this.gate;
    if (gate !== null) {
      const refusal = gate.admit(model);
      if (refusal !== null) return refusal;
      const budget = gate.consumer.budget;
      if (budget !== null && budget.limitsTokens) this.meter = new UsageMeter(gate);
    }
    this.send(rule, model, doc);
    return null;
  }

  private send(rule: ModelRule, model: string, doc: Document | null): void {
    const first = chooseProvider(rule, randomBits(), this.wanted);
    setHeader(HeaderMapType.RequestHeaders, "x-llm-route", rule.name);
    setHeader(HeaderMapType.RequestHeaders, "x-llm-provider", first.id);
    const models = rule.models;
    if (models.length > 0) setHeader(HeaderMapType.RequestHeaders, MODELS_HEADER, models);
    if (model.length > 0) setHeader(HeaderMapType.RequestHeaders, "x-llm-model", model);
    const isAsked = doc !== null && doc.isTrue(doc.get(doc.root(), "stream"));
    const streams = isAsked || this.capability == Capability.StreamGenerateContent;
    if (streams) setHeader(HeaderMapType.RequestHeaders, "x-llm-stream", "true");
    this.step = Step.Sent;
  }

  onResponseHeaders(endOfStream: bool): FilterHeadersStatus {
    if (this.step != Step.Sent) return FilterHeadersStatus.Continue;
    const gate = this.gate;
    if (gate !== null) gate.writeLimits();
    const limit = this.config.requestBodyLimit;
    const status = this.answer.begin(endOfStream, limit, this.dialect);
    this.isAnswered = endOfStream;
    tellLastError(this.config.telemetry, this.answer.error);
    const meter = this.meter;
    if (meter !== null) meter.begin(this.capability, this.answer.status);
    return status;
  }

  onResponseBody(length: i32, endOfStream: bool): FilterBodyStatus {
    this.isAnswered = endOfStream;
    const meter = this.meter;
    if (meter !== null) meter.push(length);
    return this.answer.push(length, endOfStream);
  }

  onResponseTrailers(): FilterTrailersStatus {
    this.isAnswered = true;
    return FilterTrailersStatus.Continue;
  }

  onDelete(): void {
    // Envoy ends the attempts of a request behind the filters in front of them.
    if (this.step == Step.Sent && !this.isAnswered) noteLeft();
    const meter = this.meter;
    if (meter === null) return;
    // A client that leaves early has still used what is known by now.
    meter.count();
    meter.release();
  }
}
