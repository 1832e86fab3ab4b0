/** Where the segments of a log lie: each runs from after one checkpoint line to the end of the next, the rest is the last. */
export function splitSegments(log: Uint8Array): readonly Uint8Array[] {
  const bytes = Buffer.from(log.buffer, log.byteOffset, log.byteLength);
  const segments: Uint8Array[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(10, at);
    const end = newline < 0 ? bytes.length : newline + 1;
    // Source and type come before the data in a writer's line; a lane's text cannot hold an unescaped quote.
    if (bytes.subarray(at, end).includes('"src":"harness","type":"checkpoint","data":{')) {
      segments.push(log.subarray(start, end));
      start = end;
    }
    at = end;
  }
  return start < bytes.length ? [...segments, log.subarray(start)] : segments;
}
