/** One step of a page that is followed to the letter: a file to write, or commands to run. */
export type PageStep =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "commands"; readonly text: string };

/**
 * The fenced blocks of a Markdown page in their order: a block whose info string is a language and a file name is that
 * file, an `sh` block is commands. Throws for a block that is neither, since a reader could not follow it either.
 */
export function pageSteps(markdown: string): PageStep[] {
  const fences = markdown.match(/^```/gm)?.length ?? 0;
  const blocks = [...markdown.matchAll(/^```([a-z]+)(?: ([A-Za-z0-9._/-]+))?\n([\s\S]*?)^```$/gm)];
  if (blocks.length * 2 !== fences)
    throw new Error(`${fences} fences, but ${blocks.length} blocks to follow`);
  return blocks.map(([, language = "", path, text = ""]) => {
    if (path !== undefined) return { kind: "file", path, text };
    if (language === "sh") return { kind: "commands", text };
    throw new Error(`a block of ${language} names no file`);
  });
}
