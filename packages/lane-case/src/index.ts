export { caseLane } from "./lane.ts";
export { renderResult, type AgentResult } from "./result-block.ts";
