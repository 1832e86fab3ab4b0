import { runPlan } from "../run-plan.ts";
import { stubLane } from "./stub-lane.ts";
import { planFor, runInput } from "./trial-root.ts";

// A runner as a process of its own: `node run-plan-child.ts FOLDER SCRIPT`, the root being FOLDER/root.
const [folder = "", script = ""] = process.argv.slice(2);
const lane = stubLane(folder, script);
const root = `${folder}/root`;
await runPlan(await runInput(root, await planFor(root, [lane]), [lane]));
