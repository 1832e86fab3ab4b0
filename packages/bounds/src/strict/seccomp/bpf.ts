/** One classic BPF instruction (linux/filter.h `struct sock_filter`). */
export interface BpfInstruction {
  readonly code: number;
  /** Instructions to skip when the comparison holds. */
  readonly jt: number;
  /** Instructions to skip when it does not. */
  readonly jf: number;
  readonly k: number;
}

/** Instruction codes used here: load a word, and it with a constant, compare, return. */
export const BPF = {
  load: 0x20,
  and: 0x54,
  equals: 0x15,
  atLeast: 0x35,
  anyBit: 0x45,
  return: 0x06,
} as const;

/** A jump of a program under construction, by label; the next instruction when left out. */
export interface BpfLine {
  readonly code: number;
  readonly k: number;
  /** Name of this line, for jumps to it. */
  readonly label?: string;
  readonly hit?: string;
  readonly miss?: string;
}

/** Turns labels into offsets. Throws when a jump does not fit into its byte or goes backwards: a defect of this package. */
export function assemble(lines: readonly BpfLine[]): BpfInstruction[] {
  const places = new Map(
    lines.flatMap(({ label }, at) => (label === undefined ? [] : [[label, at] as const])),
  );
  const offset = (from: number, label: string | undefined): number => {
    if (label === undefined) return 0;
    const distance = (places.get(label) ?? -1) - from - 1;
    if (distance < 0 || distance > 255) throw new TypeError(`no jump of ${distance} to ${label}`);
    return distance;
  };
  return lines.map(({ code, k, hit, miss }, at) => ({
    code,
    jt: offset(at, hit),
    jf: offset(at, miss),
    k,
  }));
}

/** The program as the kernel reads it: 8 bytes per instruction, little-endian as both supported architectures are. */
export function encodeBpf(program: readonly BpfInstruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, { code, jt, jf, k }] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jt, index * 8 + 2);
    bytes.writeUInt8(jf, index * 8 + 3);
    bytes.writeUInt32LE(k, index * 8 + 4);
  }
  return bytes;
}
