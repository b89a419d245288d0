// Types that other projects have for web pages behind a login: what is open in their place.

const NO_API = "is a web page and no API: it refuses plain HTTP clients, and its terms forbid them";

/** Why a type is refused that stands for such a page, or "". */
export function whyClosed(type: string): string {
  switch (pageOf(type.toLowerCase().replaceAll("_", "-"))) {
    case "chatgpt":
      return `chatgpt.com ${NO_API}; use the type "openai" with a key of api.openai.com`;
    case "claude":
      return `claude.ai ${NO_API}; use the type "claude" with a key of api.anthropic.com`;
    case "bing":
      return 'the chat of Bing was shut down in 2024; use the type "azure" with a resource of Azure OpenAI';
    case "copilot":
      return `copilot.microsoft.com ${NO_API}; use the type "azure" with a resource of Azure OpenAI`;
    default:
      return "";
  }
}

/** The page that a type stands for in any of its spellings, or "". */
function pageOf(type: string): string {
  if (type == "openai-chat-web" || type == "openai-web" || type == "chatgpt") return "chatgpt";
  if (type.startsWith("chatgpt-web") || type == "chat-web") return "chatgpt";
  if (type == "claude-web" || type == "claude-ai") return "claude";
  if (type == "bing" || type == "sydney" || type.startsWith("bing-")) return "bing";
  return type == "copilot" || type == "copilot-web" ? "copilot" : "";
}
