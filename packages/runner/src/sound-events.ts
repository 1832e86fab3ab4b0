import { EventLogChecker, type Event } from "@stage6/evidence-interface";
import { UnsafeFileError, type HeldFolder } from "@stage6/evidence-interface/fs";

/** Longest log that is taken up again, bytes. */
const MAX_LOG_BYTES = 2 * 1024 ** 3;

/** Hands on the events of a staged log up to its last sound line; nothing for a log that cannot be read. */
export function soundEvents(staging: HeldFolder, onEvent: (event: Event) => void): void {
  let found: Event | null = null;
  const checker = new EventLogChecker("events.jsonl", (event) => {
    found = event;
  });
  let open: Buffer = Buffer.alloc(0);
  const takeLine = (line: Buffer): boolean => {
    found = null;
    checker.push(line);
    const event = found;
    if (!checker.isSound || event === null) return false;
    onEvent(event);
    return true;
  };
  try {
    staging.readChunks("events.jsonl", { maxBytes: MAX_LOG_BYTES }, (chunk) => {
      const bytes = Buffer.concat([open, chunk]);
      let start = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        if (!takeLine(bytes.subarray(start, end + 1))) throw new Unsound();
        start = end + 1;
      }
      open = Buffer.from(bytes.subarray(start));
    });
  } catch (error) {
    if (!(error instanceof Unsound) && !(error instanceof UnsafeFileError)) throw error;
  }
}

class Unsound extends Error {}
