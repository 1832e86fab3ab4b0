import { join } from "node:path";
import { writeStrictBytes } from "@stage6/evidence-interface";
import type { FailureMatrix } from "@stage6/failure-matrix";
import { MATRIX_FILES } from "@stage6/validator";
import { writeNewFile } from "@stage6/evidence-interface/fs";

/** Writes a failure matrix into a root that has none; one that is there stays as it is. */
export async function writeMatrix(root: string, matrix: FailureMatrix): Promise<void> {
  await writeNewFile(root, join(root, MATRIX_FILES.matrix), writeStrictBytes(matrix));
}
