import { expect, test } from "vitest";
import { policyDrift } from "./effective-policy.ts";

const planned = {
  approval_policy: "never",
  sandbox_policy: {
    type: "workspace-write",
    network_access: false,
    exclude_tmpdir_env_var: true,
    exclude_slash_tmp: true,
  },
};

test("the planned policy is no drift, and what is not stated is not judged", () => {
  expect(policyDrift(planned)).toBeNull();
  expect(policyDrift({})).toBeNull();
  expect(policyDrift({ sandbox_policy: { type: "workspace-write" } })).toBeNull();
});

test.each([
  [{ ...planned, approval_policy: "on-request" }, "/approval_policy"],
  [{ ...planned, sandbox_policy: { type: "danger-full-access" } }, "/sandbox_policy/type"],
  [
    { ...planned, sandbox_policy: { ...planned.sandbox_policy, network_access: true } },
    "/sandbox_policy/network_access",
  ],
  [
    { ...planned, sandbox_policy: { ...planned.sandbox_policy, exclude_slash_tmp: false } },
    "/sandbox_policy/exclude_slash_tmp",
  ],
])("a weaker policy in force is named", (context, pointer) => {
  expect(policyDrift(context)).toContain(pointer);
});

test("inside strict bounds full access is what was planned, and any other policy is drift", () => {
  const open = { approval_policy: "never", sandbox_policy: { type: "danger-full-access" } };
  expect(policyDrift(open, "strict")).toBeNull();
  expect(policyDrift(open, "default")).toContain("/sandbox_policy/type");
  expect(policyDrift({ sandbox_policy: { type: "workspace-write" } }, "strict")).toContain(
    "/sandbox_policy/type",
  );
});
