import { MatrixBlock } from "@stage6/failure-matrix";
import { readDocument } from "../read-document.ts";
import type { RootFinding } from "../root-finding.ts";
import type { RootInput } from "../root-input.ts";
import { listFolder } from "./list-folder.ts";
import { MATRIX_FILES } from "./matrix-files.ts";

/** Blocks of a root's matrix as far as they could be read. */
export interface ReadBlocks {
  readonly blocks: readonly MatrixBlock[];
  readonly findings: readonly RootFinding[];
  readonly inputs: readonly RootInput[];
}

/** Reads every `matrix/blocked/<row>.<lane>.json`; a block under another name blocks nothing. */
export async function readBlocks(root: string): Promise<ReadBlocks> {
  const { names, findings: faults } = await listFolder(root, MATRIX_FILES.blocked);
  const findings: RootFinding[] = [...faults];
  const blocks: MatrixBlock[] = [];
  const inputs: RootInput[] = [];
  for (const name of names) {
    const path = `${MATRIX_FILES.blocked}/${name}`;
    const { value, sha256, findings: own } = await readDocument(root, path, MatrixBlock);
    findings.push(...own);
    if (sha256 !== null) inputs.push({ role: "matrix-block", path, sha256 });
    if (value === null) continue;
    const expected = `${value.row}.${value.lane}.json`;
    if (name === expected) blocks.push(value);
    else findings.push({ code: "TRIAL_MISMATCH", rule: "block-name", file: path, found: name, expected });
  }
  return { blocks, findings, inputs };
}
