import { oneOf, type BoundsTier, type Limits } from "@stage6/evidence-interface";

/** Settings under which rows are driven; one plan each. */
export const PROFILES = ["ordinary", "silent", "hurried", "strict"] as const;
/** One profile. */
export const Profile = oneOf(PROFILES, "Limits and bounds tier of the trial.");
export type Profile = (typeof PROFILES)[number];

const ORDINARY: Limits = {
  totalMs: 120_000,
  idleMs: 20_000,
  outputBytes: 2_000_000,
  lineBytes: 500_000,
  modelRequests: 24,
  oracleMs: 20_000,
};

/** Limits and tier of each profile: `silent` is for what falls silent and has to meet the idle limit, `hurried` for what never does and has to meet the total one. */
export const PROFILE_SETTINGS: Readonly<
  Record<Profile, { readonly limits: Limits; readonly tier: BoundsTier }>
> = {
  ordinary: { limits: ORDINARY, tier: "default" },
  silent: { limits: { ...ORDINARY, idleMs: 5000 }, tier: "default" },
  hurried: { limits: { ...ORDINARY, totalMs: 8000 }, tier: "default" },
  strict: { limits: ORDINARY, tier: "strict" },
};
