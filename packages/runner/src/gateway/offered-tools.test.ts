import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { offeredTools } from "./offered-tools.ts";

describe("offeredTools", () => {
  it("tells provider tools of Responses from the client's", () => {
    const client = [
      { type: "function", name: "exec_command" },
      { type: "custom", name: "apply_patch" },
      { type: "local_shell" },
      { type: "shell", environment: { type: "local" } },
      { type: "tool_search", execution: "client" },
      { type: "namespace", name: "mcp__a", tools: [{ type: "function", name: "b" }] },
    ];
    const provider = [
      "web_search",
      "web_search_preview",
      "file_search",
      "code_interpreter",
      "computer_use_preview",
      "image_generation",
      "shell",
      "brand_new",
    ];
    expect(
      offeredTools("responses", {
        tools: [...client, ...provider.map((type) => ({ type })), { type: "mcp", server_label: "deepwiki" }],
      }),
    ).toEqual({
      tools: [
        "exec_command",
        "apply_patch",
        "local_shell",
        "shell",
        "tool_search",
        "mcp__a.b",
        ...provider,
        "deepwiki",
      ],
      providerTools: [...provider, "deepwiki"],
    });
  });

  it("tells provider tools of Chat Completions from the client's", () => {
    const tools = [
      { type: "function", function: { name: "edit" } },
      { type: "custom", custom: { name: "grammar" } },
      { type: "browser_search" },
    ];
    expect(offeredTools("chat", { tools, web_search_options: {} })).toEqual({
      tools: ["edit", "grammar", "browser_search", "web_search"],
      providerTools: ["browser_search", "web_search"],
    });
  });

  it("tells provider tools of Messages from the client's", () => {
    const tools = [
      { name: "edit", input_schema: {} },
      { type: "custom", name: "own" },
      { type: "bash_20250124", name: "bash" },
      { type: "text_editor_20250728", name: "str_replace_based_edit_tool" },
      { type: "web_search_20250305", name: "web_search" },
      { type: "web_fetch_20250910", name: "web_fetch" },
      { type: "code_execution_20250825", name: "code_execution" },
    ];
    const { tools: all, providerTools } = offeredTools("messages", {
      tools,
      mcp_servers: [{ name: "x", url: "https://x" }],
    });
    expect(all).toHaveLength(8);
    expect(providerTools).toEqual(["web_search", "web_fetch", "code_execution", "mcp:x"]);
  });

  it("does not lose a provider tool behind a long list", () => {
    const tools = [
      ...Array.from({ length: 2_000 }, (_, index) => ({ type: "function", name: `n${index}` })),
      { type: "web_search" },
    ];
    const offered = offeredTools("responses", { tools });
    expect(offered.tools).toHaveLength(1_024);
    expect(offered.tools.at(-1)).toBe("(978 more)");
    expect(offered.providerTools).toEqual(["web_search"]);
  });

  it("is total and bounded over any JSON value", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("responses", "chat", "messages", "models"),
        fc.oneof(fc.jsonValue(), fc.record({ tools: fc.jsonValue() })),
        (api, body) => {
          const { tools, providerTools } = offeredTools(api, body);
          expect(tools.length).toBeLessThanOrEqual(1_024);
          expect(providerTools.every((name) => tools.includes(name))).toBe(true);
        },
      ),
    );
  });
});
