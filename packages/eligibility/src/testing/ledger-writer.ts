import { sha256 } from "@stage6/evidence-interface";
import { appendLedger } from "../fs/append-ledger.ts";

// A program for tests: adds entries to the ledger named by its argument until it is killed, and tells each one it added.
const [, , file = "", name = ""] = process.argv;
for (let at = 0; ; at += 1) {
  const { seq } = await appendLedger(file, {
    recordType: "rehearsal",
    recordDigest: sha256(`record ${name} ${at}`),
    proofDigest: sha256(`proof ${name} ${at}`),
    acceptanceDigest: sha256(`acceptance ${name} ${at}`),
    revocations: 1,
    recordedAt: "2026-06-05T00:00:00.000Z",
  });
  process.stdout.write(`${seq}\n`);
}
