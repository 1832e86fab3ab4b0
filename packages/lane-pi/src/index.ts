export { piLane } from "./lane.ts";
