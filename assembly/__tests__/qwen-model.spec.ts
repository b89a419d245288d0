// What names of models tell: https://www.alibabacloud.com/help/en/model-studio/models
import { QwenModel, Thinking } from "../providers/qwen/qwen-model";

function isMultimodal(names: string[], expected: bool): void {
  for (let i = 0; i < names.length; ++i) {
    expect(new QwenModel(names[i]).isMultimodal).toBe(expected, names[i]);
  }
}

function think(names: string[], expected: Thinking): void {
  for (let i = 0; i < names.length; ++i) {
    expect(<i32>new QwenModel(names[i]).thinking).toBe(<i32>expected, names[i]);
  }
}

function streamsThoughts(names: string[], expected: bool): void {
  for (let i = 0; i < names.length; ++i) {
    expect(new QwenModel(names[i]).streamsThoughts).toBe(expected, names[i]);
  }
}

describe("QwenModel", () => {
  it("knows the families with media", () => {
    isMultimodal(["qwen-vl-plus", "qwen-vl-max", "qwen-vl-ocr", "qwen2-vl-7b-instruct"], true);
    isMultimodal(["qwen2.5-vl-72b-instruct", "qwen3-vl-plus", "qvq-max", "QVQ-72B-preview"], true);
    isMultimodal(["qwen-audio-turbo", "qwen2-audio-instruct", "qwen3-asr-flash"], true);
    isMultimodal(["qwen3.5-plus", "qwen3.7-plus", "qwen3.5-35b-a3b", "qwen4-max"], true);
  });
  it("knows the families of text", () => {
    isMultimodal(["qwen-turbo", "qwen-plus", "qwen-max", "qwen-long", "qwen-flash"], false);
    isMultimodal(["qwen3-32b", "qwen3-max", "qwen2.5-72b-instruct", "qwq-32b"], false);
    isMultimodal(["qwen3-coder-plus", "deepseek-v3.2", "qwen", ""], false);
  });
  it("knows which ones think", () => {
    think(["qwen-max", "qwen-long", "qwen3-coder-plus", "qwen2.5-72b-instruct"], Thinking.Never);
    think(["qwen3-235b-a22b-instruct-2507", "qwen-vl-max"], Thinking.Never);
    think(["qwen-plus", "qwen-turbo-latest", "qwen3-max", "deepseek-v3.2", ""], Thinking.Off);
    think(["qwen3-32b", "qwen3-235b-a22b", "qwen3.5-plus"], Thinking.On);
    think(["qwq-plus", "qvq-max", "qwen3-235b-a22b-thinking-2507"], Thinking.Always);
  });
  it("knows which ones think aloud only", () => {
    streamsThoughts(["qwq-32b", "qvq-max", "qwen3-8b", "qwen3-30b-a3b-thinking-2507"], true);
    streamsThoughts(["qwen-plus", "qwen3-max", "qwen3.5-plus", "deepseek-r1"], false);
  });
  it("knows which ones repeat themselves beside tools", () => {
    expect(new QwenModel("qwen-max-2024-09-19").isCumulative).toBe(true);
    expect(new QwenModel("qwen2-72b-instruct").isCumulative).toBe(true);
    expect(new QwenModel("qwen1.5-110b-chat").isCumulative).toBe(true);
    expect(new QwenModel("qwen-plus-2025-07-28").isCumulative).toBe(false);
    expect(new QwenModel("qwen2.5-72b-instruct").isCumulative).toBe(false);
  });
});
