import { sha256 } from "@stage6/evidence-interface";
import { appendLedger } from "../fs/append-ledger.ts";

// A program for tests: adds entries to the ledger named by its argument until it is killed, and tells each one it added.
// With a third argument it does so as the user of that id; its sources are read before.
const [, , file = "", name = "", user = ""] = process.argv;
if (user !== "") {
  process.setgid?.(Number(user));
  process.setuid?.(Number(user));
}
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
