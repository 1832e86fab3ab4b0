// A second git implementation, as small as a push can be: makes a commit, packs it and sends it by smart HTTP.
// Usage: node push-by-hand.mjs <URL of a repository> <ref>
import { createHash } from "node:crypto";
import process from "node:process";
import { deflateSync } from "node:zlib";

const [url, ref] = process.argv.slice(2);
const sha1 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha1"));

const objects = [];
function add(type, number, content) {
  const bytes = Buffer.from(content);
  let size = bytes.length >> 4;
  const head = [(number << 4) | (bytes.length & 15) | (size > 0 ? 0x80 : 0)];
  for (; size > 0; size >>= 7) head.push((size & 0x7f) | (size > 0x7f ? 0x80 : 0));
  objects.push(Buffer.concat([Buffer.from(head), deflateSync(bytes)]));
  return sha1(`${type} ${bytes.length}\0`, bytes).digest("hex");
}

const tree = add("tree", 2, "");
const who = "second <second@example.invalid> 0 +0000";
const commit = add("commit", 1, `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nby hand\n`);
const header = Buffer.from([0x50, 0x41, 0x43, 0x4b, 0, 0, 0, 2, 0, 0, 0, objects.length]);
const pack = Buffer.concat([header, ...objects]);
const command = `${"0".repeat(40)} ${commit} ${ref}\0report-status`;
const line = `${(command.length + 4).toString(16).padStart(4, "0")}${command}0000`;
const body = Buffer.concat([Buffer.from(line), pack, sha1(pack).digest()]);

const answer = await fetch(`${url}/git-receive-pack`, {
  method: "POST",
  body,
  headers: { "content-type": "application/x-git-receive-pack-request" },
});
if (!answer.ok || !(await answer.text()).includes(`ok ${ref}`)) process.exit(1);
