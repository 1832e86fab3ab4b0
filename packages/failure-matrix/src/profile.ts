import { oneOf, type BoundsTier, type Limits } from "@stage6/evidence-interface";

/** Settings under which rows are driven; one plan each. */
export const PROFILES = ["ordinary", "hurried", "strict"] as const;
/** One profile. */
export const Profile = oneOf(PROFILES, "Limits and bounds tier of the trial.");
export type Profile = (typeof PROFILES)[number];

const ORDINARY: Limits = {
  totalMs: 60_000,
  idleMs: 6000,
  outputBytes: 2_000_000,
  lineBytes: 500_000,
  modelRequests: 12,
  oracleMs: 20_000,
};

/** Limits and tier of each profile; `hurried` is for what never falls silent and has to meet the total limit. */
export const PROFILE_SETTINGS: Readonly<
  Record<Profile, { readonly limits: Limits; readonly tier: BoundsTier }>
> = {
  ordinary: { limits: ORDINARY, tier: "default" },
  hurried: { limits: { ...ORDINARY, totalMs: 8000 }, tier: "default" },
  strict: { limits: { ...ORDINARY, idleMs: 20_000 }, tier: "strict" },
};
