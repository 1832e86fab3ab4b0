export { appendLedger, appendRevocation } from "./append-ledger.ts";
export { writeRecord, type WrittenRecord } from "./write-record.ts";
export { withFolderLock } from "./folder-lock.ts";
export { writeSynced } from "./append-line.ts";
