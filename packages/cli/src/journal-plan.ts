import type { CommandContext } from "./command-context.ts";
import { writeJournaled } from "./journal-documents.ts";
import type { OpenRoot } from "./open-root.ts";
import { writePlan, type ChosenPlan } from "./plan-root.ts";

/** Writes a plan, new or kept, and puts it into the journal. */
export async function journalPlan(context: CommandContext, root: OpenRoot, plan: ChosenPlan): Promise<void> {
  await writeJournaled(context, root, async () => {
    const written = await writePlan(root, plan);
    return { written, documents: [written] };
  });
}
