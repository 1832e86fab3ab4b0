/** The change that changes nothing: the input has to be taken. */
export const SOUND = "sound";

/** Judges an input of the gate that is spoiled in one way: the codes it is refused with; null for a change it does not know. */
export type GateCase = (change: string) => readonly string[] | null;
