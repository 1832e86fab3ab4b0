export { appendLedger, appendRevocation } from "./append-ledger.ts";
export { writeRecord, type WrittenRecord } from "./write-record.ts";
