export { codexLane } from "./lane.ts";
