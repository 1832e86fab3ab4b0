/** A value that a step passes to the kernel; addresses are those of the running program. */
export type Operand =
  | { readonly kind: "number"; readonly value: bigint }
  /** Address of bytes that lie in the program. */
  | { readonly kind: "data"; readonly bytes: Buffer }
  /** What an earlier call gave. */
  | { readonly kind: "result"; readonly slot: Slot }
  /** Address in the scratch memory, by its offset. */
  | { readonly kind: "scratch"; readonly offset: number }
  /** The program's argument of this index, a pointer to its text. */
  | { readonly kind: "argument"; readonly index: number }
  /** Address of the list of arguments from this index on. */
  | { readonly kind: "arguments-from"; readonly index: number }
  /** Address of the environment. */
  | { readonly kind: "environment" };

/** One of the places that keep the result of a call. */
export type Slot = 0 | 1 | 2;

/** One step of a program; the steps run in order. */
export type Step =
  | {
      readonly step: "call";
      /** Number of the system call on the program's architecture. */
      readonly number: number;
      readonly operands: readonly Operand[];
      readonly into?: Slot;
      /** Where to go when the kernel answers with an error; goes on when left out. */
      readonly onError?: string;
    }
  /** Writes a value of 8 bytes into the scratch memory. */
  | { readonly step: "store"; readonly offset: number; readonly value: Operand }
  /** Writes the low 4 bytes of a result into the scratch memory. */
  | { readonly step: "store-result"; readonly offset: number; readonly slot: Slot }
  /** Writes the low 4 bytes of what the last call gave into the scratch memory. */
  | { readonly step: "store-answer"; readonly offset: number }
  | { readonly step: "jump-if-zero"; readonly slot: Slot; readonly to: string }
  | { readonly step: "label"; readonly name: string };

/** Bytes of scratch memory that a program has below its stack; zero when it starts is not promised. */
export const SCRATCH_BYTES = 4096;

/** A number as an operand. */
export const number = (value: number | bigint): Operand => ({ kind: "number", value: BigInt(value) });

/** A text as an operand: the address of its bytes, ended by NUL. */
export const text = (value: string): Operand => ({ kind: "data", bytes: Buffer.from(`${value}\0`) });
